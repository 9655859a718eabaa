"""In charge of targets: what is measured, which date decides, and the way from a record to whom it counts for."""

from tenon.compiler.figures import DATES, measure, measured
from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.paths import follow_path, read_path
from tenon.compiler.referring import audience, far_field, refer_all
from tenon.compiler.work import Work
from tenon.expressions import Path
from tenon.model.entities import Entity
from tenon.model.insight import Reach, TargetMeasure, TargetPlan
from tenon.model.names import Names
from tenon.texts import say


def resolve_targets(work: Work, entities: dict[str, Entity]) -> dict[str, TargetPlan]:
    return {name: _plan(work, entities, name, node) for name, node in work.things("targets").items()}


def _plan(work: Work, entities: dict[str, Entity], name: str, node: Node) -> TargetPlan:
    path = ("targets", name)
    by = refer_all(work, "entities", node.get("by"), (*path, "by"))
    items = ordered(node.get("measures"), ".".join((*path, "measures")), work.problems)
    made = {key: _measure(work, entities, by, item, (*path, "measures", key)) for key, item in items.items()}
    return TargetPlan(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        roles=audience(work, node, path),
        set_by=audience(work, node, path, "set_by"),
        measures=Names({key: item for key, item in made.items() if item is not None}, kind="measure"),
        by=by,
        period=node.pick("period"),
        year_starts=node.pick("year_starts", 1),
        adds_up=node.pick("adds_up", False),
        origin=node.location,
    )


def _measure(
    work: Work, entities: dict[str, Entity], by: tuple[str, ...], node: Node, path: TreePath
) -> TargetMeasure | None:
    value = measure(work, node, path)
    if value is None:
        return None
    read = measured(value.value)
    if len(read) != 1:
        message = say("A target measures records of one entity.", "目标度量只能针对一个实体的记录。")
        work.report("several_entities", message, node, path)
        return None
    entity = entities[read[0]]
    date = _date(work, entity, node, path)
    reach = tuple(found for one in by if (found := _reach(work, entity, one, node, path)) is not None)
    if date is None:
        return None
    return TargetMeasure(name=path[-1], entity=entity.name, value=value, date=date, reach=reach)


def _date(work: Work, entity: Entity, node: Node, path: TreePath) -> Path | None:
    given = node.get("date")
    if given is not None:
        draft = work.drafts[entity.name]
        return far_field(work, draft, given, (*path, "date"), keys=DATES, wanted=say("date", "日期"))
    dates = [field.name for field in entity.fields.values() if field.type.key in DATES and not field.system]
    if len(dates) == 1:
        return (dates[0],)
    message = say("Say which “date” of “{entity}” decides.", "请用 date 指明“{entity}”的哪个日期。", entity=entity.name)
    hint = say("For example: {names}.", "例如：{names}。", names=", ".join(dates or ["created_at"]))
    work.report("missing_key", message, node, path, hint=hint)
    return None


def _reach(work: Work, entity: Entity, dimension: str, node: Node, path: TreePath) -> Reach | None:
    """As written, else through the owner, the region or the only look-up to that entity."""
    ways = node.get("at")
    given = None if ways is None else ways.get(dimension)
    if given is not None:
        here = (*path, "at", dimension)
        field = follow_path(work, work.drafts[entity.name], read_path(given), given, here)
        if field is None:
            return None
        if field.target != dimension:
            message = say("“{path}” leads to no “{to}”.", "“{path}”不通向“{to}”。", path=str(given.value), to=dimension)
            work.report("wrong_type", message, given, here)
            return None
        return Reach(dimension=dimension, path=read_path(given))
    found = _by_itself(entity, dimension)
    if found is None:
        message = say(
            "Nothing says how “{entity}” leads to “{by}”.",
            "没有说明“{entity}”如何对应到“{by}”。",
            entity=entity.name,
            by=dimension,
        )
        hint = say("Write “at: {{{by}: …}}”.", "请写 at: {{{by}: …}}。", by=dimension)
        work.report("missing_path", message, node, path, hint=hint)
        return None
    return Reach(dimension=dimension, path=found)


def _by_itself(entity: Entity, dimension: str) -> Path | None:
    if dimension == "user" and entity.owner_path is not None:
        return entity.owner_path
    if dimension == "department" and entity.owner_path is not None:
        return (*entity.owner_path, "department")
    if dimension == "region" and entity.region_path is not None:
        return entity.region_path
    ways = [field.name for field in entity.fields.values() if field.target == dimension and not field.system]
    return (ways[0],) if len(ways) == 1 else None
