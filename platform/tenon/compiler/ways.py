"""In charge of ways from a record to the records an action works on: look-ups, relationships, results of steps."""

from dataclasses import dataclass

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.scenes import Scene, all_roots, shape_of
from tenon.compiler.work import Work
from tenon.expressions import Path, RecordShape, is_child_list
from tenon.texts import say


@dataclass(frozen=True, kw_only=True)
class Way:
    """`path` is empty when it does not begin at the record."""

    written: str
    entity: str
    many: bool
    path: Path = ()


def resolve_way(work: Work, node: Node, path: TreePath, scene: Scene) -> Way | None:
    """None when it leads nowhere, which is reported."""
    words = str(node.value).split(".")
    roots = all_roots(work, scene)
    shape: RecordShape | None = roots.get(words[0])
    rooted = shape is not None
    if shape is None:
        if scene.entity not in work.drafts:
            work.unknown(say("record", "记录"), words[0], roots, node, path)
            return None
        shape = shape_of(work, str(scene.entity))
    many = False
    for word in words[1:] if rooted else words:
        found = None if many else shape.attribute(word)
        if found is None:
            if many:
                _wrong(work, node, path)
            else:
                work.unknown(say("look-up or relationship", "关联字段或关系"), word, shape.attributes(), node, path)
            return None
        many = is_child_list(found)
        inner = found.item.record if many and found.item is not None else found.record
        if inner is None:
            _wrong(work, node, path)
            return None
        shape = inner
    if shape.name not in work.drafts:
        _wrong(work, node, path)
        return None
    own = words[1:] if words[0] == "record" else () if rooted else words
    return Way(written=".".join(words), entity=shape.name, many=many, path=tuple(own))


def _wrong(work: Work, node: Node, path: TreePath) -> None:
    message = say("“{way}” does not lead to records.", "“{way}”不通向记录。", way=str(node.value))
    work.report("wrong_path", message, node, path)
