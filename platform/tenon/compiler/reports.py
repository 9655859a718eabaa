"""In charge of reports: what they show, what the reader is asked for, when they are sent."""

from dataclasses import dataclass, replace

from tenon.compiler.crons import read_cron
from tenon.compiler.figures import columns, figures, order, period, segment_of, sort_keys
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.paths import follow_path, read_path
from tenon.compiler.referring import (
    audience,
    draft_of,
    refer,
    refer_all,
    refuse_keys,
    required_keys,
    timezone,
)
from tenon.compiler.work import Draft, Work
from tenon.expressions import BOOLEAN, DATE, NUMBER, TEXT, Expression, Path, Scope, Type, choice_of
from tenon.model.analysis import Delivery, Figures
from tenon.model.entities import Entity
from tenon.model.insight import Parameter, Report
from tenon.model.names import Names
from tenon.model.scopes import ValuesShape, reader_scope
from tenon.texts import say

PARAMETERS = "parameters"
_NEEDED = {
    "table": ("columns",),
    "grouped": ("groups",),
    "matrix": ("groups", "across", "measures"),
    "chart": ("chart",),
}
_FOREIGN = {
    "table": ("groups", "across", "measures", "keep", "chart", "details"),
    "grouped": ("across",),
    "matrix": ("columns", "details"),
    "chart": ("columns", "details", "across"),
}
_PLAIN = {"text": TEXT, "number": NUMBER, "boolean": BOOLEAN, "date": DATE}


def resolve_reports(work: Work, entities: dict[str, Entity]) -> dict[str, Report]:
    made = {name: _report(work, entities, name, node) for name, node in work.things("reports").items()}
    return {name: report for name, report in made.items() if report is not None}


@dataclass(frozen=True)
class _Asked:
    """Parameters, and the scope of a record in which they can be read."""

    parameters: dict[str, Parameter]
    shape: ValuesShape
    scope: Scope


def _report(work: Work, entities: dict[str, Entity], name: str, node: Node) -> Report | None:
    path = ("reports", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    kind = node.pick("type")
    required_keys(work, node, path, kind, _NEEDED[kind])
    refuse_keys(work, node, path, kind, _FOREIGN[kind])
    asked = _asked(work, draft, node, path)
    shown = figures(work, draft, node, path, asked.shape)
    _check_chart(work, node, path, kind, shown)
    known = (*shown.groups, *shown.across, *shown.measures)
    drill_view, drill_columns = _drill(work, entities, draft, node.get("drill"), (*path, "drill"))
    return Report(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        icon=node.pick("icon", "report"),
        roles=audience(work, node, path),
        entity=draft.name,
        type=kind,
        where=work.expression(node.get("where"), (*path, "where"), asked.scope),
        segment=segment_of(work, draft, node, path),
        period=period(work, node.get("period"), (*path, "period"), draft),
        parameters=Names(asked.parameters, kind="parameter"),
        columns=columns(work, draft, node, path, asked.scope),
        figures=shown,
        keep=_keep(work, node, path, shown),
        sort=sort_keys(work, draft, node, path) if kind == "table" else (),
        order=order(work, node, path, known) if kind != "table" else (),
        limit=node.pick("limit"),
        totals=node.pick("totals", True),
        details=node.pick("details", False),
        drill_view=drill_view,
        drill_columns=drill_columns,
        deliveries=Names(_deliveries(work, node, path), kind="schedule"),
        origin=node.location,
    )


def _check_chart(work: Work, node: Node, path: TreePath, kind: str, shown: Figures) -> None:
    if kind == "chart" and not shown.measures and "measures" not in node.map:
        message = say("A chart needs “measures”: the numbers it draws.", "图表需要 measures：所绘制的数字。")
        work.report("missing_key", message, node, path)


def _asked(work: Work, draft: Draft, node: Node, path: TreePath) -> _Asked:
    items = ordered(node.get(PARAMETERS), ".".join((*path, PARAMETERS)), work.problems)
    types: dict[str, Type] = {}
    parameters = {}
    for name, item in items.items():
        here = (*path, PARAMETERS, name)
        kind = _type(work, item, here)
        if kind is not None:
            types[name] = kind
            parameters[name] = _parameter(work, item, here, kind)
    shape = ValuesShape(PARAMETERS, types)
    plain = work.scope(draft.name)
    scope = replace(plain, needs_sql=True, roots={PARAMETERS: shape}, bound=frozenset((PARAMETERS,)))
    return _Asked(parameters, shape, scope)


def _type(work: Work, node: Node, path: TreePath) -> Type | None:
    kind = node.pick("type")
    if kind in _PLAIN:
        return _PLAIN[kind]
    key, part = ("to", "entities") if kind == "record" else ("from", "choices")
    if not required_keys(work, node, path, kind, (key,)):
        return None
    name = refer(work, part, node.get(key), (*path, key))
    if name is None:
        return None
    if kind == "choice":
        return choice_of(option.key for option in work.choices[name].options)
    return Type("record", record=work.scope(name).record)


def _parameter(work: Work, node: Node, path: TreePath, kind: Type) -> Parameter:
    return Parameter(
        name=path[-1],
        label=work.label(node, path),
        type=node.pick("type"),
        to=node.pick("to"),
        choices=node.pick("from"),
        required=node.pick("required", False),
        default=work.expression(node.get("default"), (*path, "default"), reader_scope(work.drafts), kind),
    )


def _keep(work: Work, node: Node, path: TreePath, shown: Figures) -> Expression | None:
    values = ValuesShape("measures", dict.fromkeys(shown.measures, NUMBER))
    return work.expression(node.get("keep"), (*path, "keep"), Scope(record=values))


def _drill(
    work: Work, entities: dict[str, Entity], draft: Draft, node: Node | None, path: TreePath
) -> tuple[str | None, tuple[Path, ...]]:
    if node is None:
        return None, ()
    view, views = node.get("view"), entities[draft.name].views
    if view is not None and view.value not in views:
        work.unknown(say("view", "视图"), view.value, views, view, (*path, "view"))
    given = node.get("columns")
    found = []
    for item in [] if given is None else given.entries:
        if follow_path(work, draft, read_path(item), item, (*path, "columns")) is not None:
            found.append(read_path(item))
    return node.pick("view"), tuple(found)


def _deliveries(work: Work, node: Node, path: TreePath) -> dict[str, Delivery]:
    items = ordered(node.get("schedule"), ".".join((*path, "schedule")), work.problems)
    return {name: _delivery(work, item, (*path, "schedule", name)) for name, item in items.items()}


def _delivery(work: Work, node: Node, path: TreePath) -> Delivery:
    if not any(key in node.map for key in ("roles", "people", "emails")):
        message = say("Nobody gets it: “roles”, “people” or “emails”.", "没有收件人：请写 roles、people 或 emails。")
        work.report("missing_key", message, node, path)
    if "emails" in node.map:
        required_keys(work, node, path, "emails", ("seen_as",))
    return Delivery(
        name=path[-1],
        at=read_cron(work, node.get("at"), (*path, "at")),
        timezone=timezone(work, node, path),
        roles=refer_all(work, "roles", node.get("roles"), (*path, "roles")),
        people=work.expression(node.get("people"), (*path, "people"), reader_scope(work.drafts), None),
        emails=tuple(node.pick("emails", ())),
        seen_as=refer(work, "roles", node.get("seen_as"), (*path, "seen_as")),
        format=node.pick("format", "html"),
        when=node.pick("when", "always"),
        template=refer(work, "templates", node.get("template"), (*path, "template")),
    )
