"""In charge of scores: factors whose weights add up, tiers in their order, fields that receive the outcome."""

import re

from tenon.compiler.crons import read_cron
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.referring import audience, draft_of, own_field, seconds, timezone, writable_field
from tenon.compiler.work import Draft, Work
from tenon.expressions import NUMBER, Expression
from tenon.model.insight import Factor, Scale, Score, Tier
from tenon.model.names import Names
from tenon.texts import say

WHOLE = 100
_TOP = re.compile(r"top\s+([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%")
_FROM = re.compile(r"from\s+(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)")
_REST = "rest"
_NUMBERS = ("integer", "decimal", "percent", "money", "rating")


def resolve_scores(work: Work) -> dict[str, Score]:
    made = {name: _score(work, name, node) for name, node in work.things("scores").items()}
    return {name: score for name, score in made.items() if score is not None}


def _score(work: Work, name: str, node: Node) -> Score | None:
    path = ("scores", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    factors = _factors(work, draft, node, path)
    tiers = _tiers(work, draft, node, path)
    result = node.get("result") or Node({}, node.source)
    score_field = own_field(
        work, draft, result.get("score"), (*path, "result", "score"), keys=_NUMBERS, wanted=say("number", "数字字段")
    )
    for key in result.map:
        writable_field(work, draft, result.map[key], str(result.pick(key)), (*path, "result", key))
    return Score(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        roles=audience(work, node, path),
        entity=draft.name,
        where=work.expression(node.get("where"), (*path, "where"), work.scope(draft.name, needs_sql=True)),
        schedule=read_cron(work, node.get("schedule"), (*path, "schedule")),
        timezone=timezone(work, node, path),
        factors=Names(factors, kind="factor"),
        tiers=Names(tiers, kind="tier"),
        score_field=None if score_field is None else score_field.name,
        tier_field=_tier_field(work, draft, tiers, result, path),
        keep=seconds(node, "keep"),
        origin=node.location,
    )


def _factors(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, Factor]:
    items = ordered(node.get("factors"), ".".join((*path, "factors")), work.problems)
    total = sum(item.pick("weight", 0) for item in items.values())
    if abs(total - WHOLE) > 1e-6:
        message = say(
            "The weights add up to {total}, not to 100.", "权重合计为 {total}，而不是 100。", total=f"{total:g}"
        )
        work.report("wrong_weights", message, node.get("factors"), (*path, "factors"))
    made = {key: _factor(work, draft, item, (*path, "factors", key)) for key, item in items.items()}
    return {key: factor for key, factor in made.items() if factor is not None}


def _factor(work: Work, draft: Draft, node: Node, path: TreePath) -> Factor | None:
    value = work.expression(node.get("value"), (*path, "value"), work.scope(draft.name, needs_sql=True), NUMBER)
    scale = _scale(work, node.get("scale"), (*path, "scale"))
    if value is None:
        return None
    return Factor(
        name=path[-1],
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        value=value,
        weight=node.pick("weight", 0),
        scale=scale,
        empty=node.pick("empty", 0),
    )


def _scale(work: Work, node: Node | None, path: TreePath) -> Scale:
    if node is None or node.value == "rank":
        return Scale(kind="rank")
    if node.value == "as_is":
        return Scale(kind="as_is")
    steps = tuple((step["from"], step["points"]) for step in node.pick("steps", ()))
    if steps:
        limits = [limit for limit, _points in steps]
        if limits != sorted(set(limits)):
            message = say("Steps ascend.", "steps 须按升序排列。")
            work.report("wrong_order", message, node.get("steps"), (*path, "steps"))
        return Scale(kind="steps", steps=steps)
    if "from" not in node.map or "to" not in node.map or node.pick("from") == node.pick("to"):
        message = say(
            "A scale needs “from” and “to” that differ, or “steps”.", "scale 需要不同的 from 与 to，或 steps。"
        )
        work.report("missing_key", message, node, path)
    return Scale(kind="between", start=node.pick("from", 0), end=node.pick("to", WHOLE))


def _tiers(work: Work, draft: Draft, node: Node, path: TreePath) -> dict[str, Tier]:
    items = ordered(node.get("tiers"), ".".join((*path, "tiers")), work.problems)
    tiers = {key: _tier(work, draft, item, (*path, "tiers", key)) for key, item in items.items()}
    _check_order(work, tiers, items, path)
    return tiers


def _tier(work: Work, draft: Draft, node: Node, path: TreePath) -> Tier:
    written, here = (node.get("is"), (*path, "is")) if node.map else (node, path)
    words = "" if written is None else str(written.value).strip()
    top, least = _TOP.fullmatch(words), _FROM.fullmatch(words)
    when: Expression | None = None
    if top is None and least is None and words != _REST:
        when = work.expression(written, here, work.scope(draft.name, needs_sql=True))
    return Tier(
        name=path[-1],
        label=work.label(node, path),
        color=node.pick("color", ""),
        top=None if top is None else float(top[1]),
        least=None if least is None else float(least[1]),
        when=when,
        set=sets(work, draft, node.get("set"), (*path, "set")),
    )


def sets(work: Work, draft: Draft, node: Node | None, path: TreePath) -> dict[str, Expression]:
    """Field → what is written into it, of the field's own type."""
    made = {}
    for name, item in ({} if node is None else node.map).items():
        field = writable_field(work, draft, item, name, (*path, name))
        if field is not None:
            expected = work.type_in(draft.name, field.type)
            value = work.expression(item, (*path, name), work.scope(draft.name), expected)
            if value is not None:
                made[name] = value
    return made


def _check_order(work: Work, tiers: dict[str, Tier], items: dict[str, Node], path: TreePath) -> None:
    """Tiers are tried one after the other, so one that an earlier one takes everything from is never reached."""
    top, least, ended = 0.0, float("inf"), ""
    for name, tier in tiers.items():
        here = (*path, "tiers", name)
        if ended:
            message = say(
                "Nobody is left for “{name}”: “{other}” takes the rest.",
                "“{other}”已包含其余全部，“{name}”不会有记录。",
                name=name,
                other=ended,
            )
            work.report("wrong_order", message, items[name], here)
        if tier.top is not None:
            if not top < tier.top <= WHOLE:
                message = say("The percents of tiers ascend, up to 100.", "等级的百分比须递增，最大 100。")
                work.report("wrong_order", message, items[name], here)
            top = tier.top
        elif tier.least is not None:
            if tier.least >= least:
                message = say("The points of tiers descend.", "等级的分数须递减。")
                work.report("wrong_order", message, items[name], here)
            least = tier.least
        written = items[name].pick("is") if items[name].map else items[name].value
        if str(written).strip() == _REST:
            ended = name


def _tier_field(work: Work, draft: Draft, tiers: dict[str, Tier], result: Node, path: TreePath) -> str | None:
    given, here = result.get("tier"), (*path, "result", "tier")
    field = own_field(work, draft, given, here, keys=("choice", "text"), wanted=say("choice or text", "选项或文本字段"))
    if field is None:
        return None
    keys = [option.key for option in field.type.settings.options]
    for name in tiers:
        if field.type.key == "choice" and name not in keys:
            message = say(
                "“{field}” has no option “{name}”.", "“{field}”没有选项“{name}”。", field=field.name, name=name
            )
            work.report("not_a_choice", message, given, here)
    return field.name
