"""In charge of dashboards: their period, the filters their tiles share, and what each tile shows."""

from collections.abc import Mapping
from dataclasses import replace

from tenon.compiler.figures import period, places
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.paths import follow_path
from tenon.compiler.referring import audience, refer, seconds
from tenon.compiler.tiles import resolve_tile
from tenon.compiler.work import Work
from tenon.expressions import Type, choice_of
from tenon.model.analysis import Place
from tenon.model.entities import Entity
from tenon.model.insight import Dashboard, DashboardFilter, TargetPlan
from tenon.model.names import Names
from tenon.model.scopes import reader_scope
from tenon.texts import say

_COLUMNS = 12
_CHOICES = ("choice", "multi_choice", "stage")


def resolve_dashboards(
    work: Work, entities: dict[str, Entity], targets: Mapping[str, TargetPlan]
) -> dict[str, Dashboard]:
    return {name: _dashboard(work, entities, targets, name, node) for name, node in work.things("dashboards").items()}


def _dashboard(
    work: Work, entities: dict[str, Entity], targets: Mapping[str, TargetPlan], name: str, node: Node
) -> Dashboard:
    path = ("dashboards", name)
    wide = node.pick("columns", _COLUMNS)
    items = ordered(node.get("tiles"), ".".join((*path, "tiles")), work.problems)
    filters = _filters(work, node, path)
    tiles = {key: resolve_tile(work, entities, targets, item, (*path, "tiles", key)) for key, item in items.items()}
    for key, item in items.items():
        _check_tile(work, item, (*path, "tiles", key), wide, filters)
    return Dashboard(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        icon=node.pick("icon", "layout-dashboard"),
        roles=audience(work, node, path),
        home_for=_home(work, node, path),
        columns=wide,
        refresh=seconds(node, "refresh"),
        period=period(work, node.get("period"), (*path, "period")),
        filters=Names(filters, kind="filter"),
        tiles=Names(
            {k: t if "width" in items[k].map else replace(t, width=max(1, wide // 3)) for k, t in tiles.items()}
        ),
        origin=node.location,
    )


def _home(work: Work, node: Node, path: TreePath) -> tuple[str, ...]:
    """A home page that its people cannot open would greet them with a refusal."""
    names, allowed = audience(work, node, path, "home_for"), node.pick("roles")
    for name in names:
        if allowed is not None and name not in allowed:
            message = say("The role “{name}” does not see this dashboard.", "角色“{name}”看不到此仪表板。", name=name)
            hint = say("Add it to “roles”.", "请将其加入 roles。")
            work.report("not_seen", message, node.get("home_for"), (*path, "home_for"), hint=hint)
    return names


def _check_tile(work: Work, node: Node, path: TreePath, wide: int, filters: Mapping[str, DashboardFilter]) -> None:
    if node.pick("width", 1) > wide:
        message = say("The grid has {columns} columns.", "网格只有 {columns} 列。", columns=wide)
        work.report("too_wide", message, node.get("width"), (*path, "width"))
    given = node.get("unfiltered")
    for item in [] if given is None else given.entries:
        if item.value not in filters:
            work.unknown(say("filter", "筛选"), item.value, filters, item, (*path, "unfiltered"))


def _filters(work: Work, node: Node, path: TreePath) -> dict[str, DashboardFilter]:
    items = ordered(node.get("filters"), ".".join((*path, "filters")), work.problems)
    return {name: _filter(work, item, (*path, "filters", name)) for name, item in items.items()}


def _filter(work: Work, node: Node, path: TreePath) -> DashboardFilter:
    if ("to" in node.map) == ("from" in node.map):
        message = say(
            "A filter has “to” (an entity) or “from” (an option set).", "筛选须有 to（实体）或 from（选项集）之一。"
        )
        work.report("missing_key", message, node, path)
    to = refer(work, "entities", node.get("to"), (*path, "to"))
    chosen = refer(work, "choices", node.get("from"), (*path, "from"))
    wanted = say("look-up or choice", "关联或选项字段")
    kinds = ("record", "text", "choice", "list")
    at = places(work, node.get("at"), (*path, "at"), kinds=kinds, wanted=wanted)
    for place in at:
        _check_end(work, place, to, chosen, node, path)
    return DashboardFilter(
        name=path[-1],
        label=work.label(node, path, work.drafts[to].label if to else None),
        to=to,
        choices=chosen,
        default=work.expression(
            node.get("default"), (*path, "default"), reader_scope(work.drafts), _type(work, to, chosen)
        ),
        many=node.pick("many", False),
        tree=node.pick("tree", True),
        at=at,
    )


def _type(work: Work, to: str | None, chosen: str | None) -> Type | None:
    if to is not None:
        return Type("record", record=work.scope(to).record)
    return None if chosen is None else choice_of(option.key for option in work.choices[chosen].options)


def _check_end(work: Work, place: Place, to: str | None, chosen: str | None, node: Node, path: TreePath) -> None:
    """Each way ends at what is chosen: at a look-up to that entity, or at a choice of that option set."""
    here = (*path, "at", place.entity)
    where = work.tree.at(here)
    field = follow_path(work, work.drafts[place.entity], place.path, where, here)
    if field is None:
        return
    shown = ".".join(place.path)
    if to is not None and field.target != to:
        message = say("“{path}” leads to no “{to}”.", "“{path}”不通向“{to}”。", path=shown, to=to)
        work.report("wrong_type", message, where, here)
    elif chosen is not None and not _offers(work, field.type.settings.options, chosen, field.type.key):
        message = say("“{path}” is no choice of “{set}”.", "“{path}”不是“{set}”的选项字段。", path=shown, set=chosen)
        work.report("wrong_type", message, where, here)


def _offers(work: Work, options: tuple[object, ...], chosen: str, key: str) -> bool:
    return key in _CHOICES and options == work.choices[chosen].options
