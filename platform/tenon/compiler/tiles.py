"""In charge of the tiles of a dashboard: what each type needs, and that all it names is there."""

from collections.abc import Mapping

from tenon.compiler.figures import columns, figures, measure, measured, segment_of, sort_keys
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.referring import audience, draft_of, far_field, refer, refuse_keys, required_keys
from tenon.compiler.work import Draft, Work
from tenon.expressions import BOOLEAN, NUMBER, Expression, Path, Scope
from tenon.model.analysis import Figures, Measure
from tenon.model.entities import Entity
from tenon.model.insight import TargetPlan, Tile, TileLink
from tenon.model.scopes import ValuesShape
from tenon.texts import say

_NEEDED = {
    "figure": ("value",),
    "chart": ("entity", "groups", "measures", "chart"),
    "list": ("entity",),
    "funnel": ("entity",),
    "ranking": ("by", "value"),
    "target": ("target", "measure"),
    "report": ("report",),
    "text": ("text",),
}
_RECORDS = ("where", "segment", "period", "unfiltered")
_ALLOWED = {
    "figure": ("entity", "compare", "good", "colors", "target", "measure", *_RECORDS),
    "chart": ("limit", *_RECORDS),
    "list": ("view", "columns", "sort", "limit", *_RECORDS),
    "funnel": ("value", "pipeline", *_RECORDS),
    "ranking": ("entity", "limit", "order", "target", "measure", *_RECORDS),
    "target": ("of", "period", "unfiltered"),
    "report": ("chart", "unfiltered"),
    "text": (),
}
_ALWAYS = ("type", "label", "help", "icon", "roles", "width", "height", "link", "after", "before")


def resolve_tile(
    work: Work, entities: dict[str, Entity], targets: Mapping[str, TargetPlan], node: Node, path: TreePath
) -> Tile:
    kind = node.pick("type")
    known = (*_ALWAYS, *_NEEDED[kind], *_ALLOWED[kind])
    required_keys(work, node, path, kind, _NEEDED[kind])
    refuse_keys(work, node, path, kind, [key for key in node.map if key not in known])
    value = measure(work, node.get("value"), (*path, "value"))
    draft = _about(work, node, path, value)
    view, pipeline = _view(work, entities, draft, node, path), _pipeline(work, draft, node, path)
    target = refer(work, "targets", node.get("target"), (*path, "target"))
    return Tile(
        name=path[-1],
        type=kind,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        icon=node.pick("icon", ""),
        roles=audience(work, node, path),
        width=node.pick("width", 4),
        height=node.pick("height", 1),
        entity=None if draft is None else draft.name,
        where=_where(work, draft, node, path),
        segment=segment_of(work, draft, node, path),
        value=value,
        compare=node.pick("compare"),
        more_is_better=node.pick("good", "up") == "up",
        colors=_colors(work, node, path),
        figures=Figures() if draft is None or kind != "chart" else figures(work, draft, node, path),
        view=view,
        columns=() if draft is None else columns(work, draft, node, path),
        sort=() if draft is None else sort_keys(work, draft, node, path),
        limit=node.pick("limit", 10),
        pipeline=pipeline,
        by=_by(work, draft, node, path),
        most_first=node.pick("order", "most") == "most",
        target=target,
        measure=_measure_of(work, targets, target, node, path),
        of=node.pick("of", "all"),
        report=refer(work, "reports", node.get("report"), (*path, "report")),
        text=work.text(node.get("text"), (*path, "text")),
        period=node.pick("period", ""),
        unfiltered=tuple(node.pick("unfiltered", ())),
        link=_link(work, entities, node.get("link"), (*path, "link")),
    )


def _about(work: Work, node: Node, path: TreePath, value: Measure | None) -> Draft | None:
    """The entity named, else the only one whose records the value reads."""
    if "entity" in node.map:
        return draft_of(work, node, path)
    read = [] if value is None else measured(value.value)
    return work.drafts.get(read[0]) if len(read) == 1 else None


def _where(work: Work, draft: Draft | None, node: Node, path: TreePath) -> Expression | None:
    given = node.get("where")
    if given is not None and draft is None:
        message = say("“where” needs “entity”: of which records it speaks.", "where 需要 entity：说明针对哪些记录。")
        work.report("missing_key", message, given, (*path, "where"))
    if draft is None:
        return None
    return work.expression(given, (*path, "where"), work.scope(draft.name, needs_sql=True))


def _view(work: Work, entities: dict[str, Entity], draft: Draft | None, node: Node, path: TreePath) -> str | None:
    given = node.get("view")
    if given is None or draft is None:
        return None
    views = entities[draft.name].views
    if given.value not in views:
        work.unknown(say("view", "视图"), given.value, views, given, (*path, "view"))
        return None
    return str(given.value)


def _pipeline(work: Work, draft: Draft | None, node: Node, path: TreePath) -> str | None:
    if node.pick("type") != "funnel" or draft is None:
        return None
    given = node.get("pipeline")
    if not draft.pipelines:
        message = say("“{entity}” has no stages.", "“{entity}”没有阶段。", entity=draft.name)
        work.report("no_stages", message, node, path)
        return None
    if given is None:
        return next(iter(draft.pipelines))
    if given.value not in draft.pipelines:
        work.unknown(say("pipeline", "流程"), given.value, draft.pipelines, given, (*path, "pipeline"))
    return str(given.value)


def _by(work: Work, draft: Draft | None, node: Node, path: TreePath) -> Path | None:
    given = node.get("by")
    if given is None or draft is None:
        if given is not None:
            message = say("“by” needs “entity”: of which records it speaks.", "by 需要 entity：说明针对哪些记录。")
            work.report("missing_key", message, given, (*path, "by"))
        return None
    return far_field(work, draft, given, (*path, "by"))


def _colors(work: Work, node: Node, path: TreePath) -> dict[str, Expression]:
    given = node.get("colors")
    scope = Scope(record=ValuesShape("value", {"value": NUMBER}))
    made = {
        color: work.expression(item, (*path, "colors", color), scope, BOOLEAN)
        for color, item in ({} if given is None else given.map).items()
    }
    return {color: expression for color, expression in made.items() if expression is not None}


def _measure_of(
    work: Work, targets: Mapping[str, TargetPlan], target: str | None, node: Node, path: TreePath
) -> str | None:
    given = node.get("measure")
    if target is None:
        return None
    if given is None:
        required_keys(work, node, path, "target", ("measure",))
        return None
    known = work.part("targets", target, "measures")
    if given.value not in known:
        work.unknown(say("measure", "度量"), given.value, known, given, (*path, "measure"))
        return None
    _check_whose(work, targets.get(target), node, path)
    return str(given.value)


def _check_whose(work: Work, plan: TargetPlan | None, node: Node, path: TreePath) -> None:
    """A tile can only show the reader's share of a plan that is made per person, department or region."""
    wanted = {"me": "user", "department": "department", "region": "region"}.get(node.pick("of", "all"))
    if plan is not None and wanted is not None and wanted not in plan.by:
        message = say("“{plan}” is not planned by “{by}”.", "“{plan}”未按“{by}”下达。", plan=plan.name, by=wanted)
        work.report("wrong_target", message, node.get("of"), (*path, "of"))


def _link(work: Work, entities: dict[str, Entity], node: Node | None, path: TreePath) -> TileLink | None:
    if node is None:
        return None
    if "view" in node.map:
        required_keys(work, node, path, "view", ("entity",))
    if len([key for key in ("dashboard", "report", "entity") if key in node.map]) > 1:
        message = say("A click leads to one place.", "点击只能打开一个位置。")
        work.report("several_places", message, node, path)
    entity = refer(work, "entities", node.get("entity"), (*path, "entity"))
    return TileLink(
        dashboard=refer(work, "dashboards", node.get("dashboard"), (*path, "dashboard")),
        report=refer(work, "reports", node.get("report"), (*path, "report")),
        entity=entity,
        view=None if entity is None else _view(work, entities, work.drafts[entity], node, path),
    )
