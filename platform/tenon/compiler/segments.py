"""In charge of segments: saved groups of records, and that none is made of itself."""

from tenon.compiler.nodes import Node
from tenon.compiler.referring import audience, circles, draft_of, refer_all, same_entity
from tenon.compiler.work import Work
from tenon.model.insight import Segment
from tenon.texts import say


def resolve_segments(work: Work) -> dict[str, Segment]:
    made = {name: _segment(work, name, node) for name, node in work.things("segments").items()}
    found = {name: segment for name, segment in made.items() if segment is not None}
    for circle in circles({name: (*one.include, *one.exclude) for name, one in found.items()}):
        way = " → ".join((*circle, circle[0]))
        message = say("These segments are made of each other: {way}.", "这些分群互相包含：{way}。", way=way)
        work.report("cycle", message, work.part("segments")[circle[0]], ("segments", circle[0]))
    return found


def _segment(work: Work, name: str, node: Node) -> Segment | None:
    path = ("segments", name)
    draft = draft_of(work, node, path)
    if draft is None:
        return None
    others = {key: refer_all(work, "segments", node.get(key), (*path, key)) for key in ("include", "exclude")}
    for key, names in others.items():
        for other in names:
            same_entity(work, "segments", other, draft.name, node.get(key), (*path, key))
    where = node.get("where")
    if where is None and not others["include"] and not others["exclude"]:
        message = say("A segment needs “where”, “include” or “exclude”.", "分群需要 where、include 或 exclude。")
        work.report("missing_key", message, node, path)
    return Segment(
        name=name,
        label=work.label(node, path),
        help=work.text(node.get("help"), (*path, "help")),
        color=node.pick("color", ""),
        roles=audience(work, node, path),
        entity=draft.name,
        where=work.expression(where, (*path, "where"), work.scope(draft.name, needs_sql=True)),
        include=others["include"],
        exclude=others["exclude"],
        origin=node.location,
    )
