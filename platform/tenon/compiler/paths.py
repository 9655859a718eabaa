"""In charge of dotted ways through look-ups, and of where a record's region is found."""

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.work import Draft, Work
from tenon.expressions import Path
from tenon.model import Field
from tenon.texts import say

REGION = "region"


def read_path(node: Node) -> Path:
    return tuple(str(node.value).lstrip("-").split("."))


def follow_path(work: Work, draft: Draft, path: Path, node: Node | None, place: TreePath) -> Field | None:
    """The field at the end of `path`; None when there is none, which is then reported at `node`."""
    here: Draft | None = draft
    field: Field | None = None
    for step, name in enumerate(path):
        if here is None:
            message = say(
                "“{name}” is no look-up and leads no further.", "“{name}”不是关联字段，无法继续。", name=path[step - 1]
            )
            work.report("wrong_path", message, node, place)
            return None
        field = here.fields.get(name)
        if field is None:
            what = (
                say("field", "字段") if here is draft else say("field in {entity}", "{entity} 的字段", entity=here.name)
            )
            work.unknown(what, name, here.fields, node, place)
            return None
        here = work.drafts.get(str(field.target)) if field.target is not None else None
    return field


def region_path(work: Work, draft: Draft) -> Path | None:
    """The way to a record of `region`; a way that ends at another entity goes on with that entity's own."""
    path: Path = ()
    here, seen = draft, {draft.name}
    while here.name != REGION or not path:
        node = here.said("region")
        if node is None:
            return _no_region(work, draft, path)
        step = read_path(node)
        field = follow_path(work, here, step, node, (*here.path, "region"))
        if field is None or field.target not in work.drafts:
            if field is not None:
                message = say("“{name}” is no look-up.", "“{name}”不是关联字段。", name=field.name)
                work.report("wrong_path", message, node, (*here.path, "region"))
            return None
        path = (*path, *step)
        here = work.drafts[str(field.target)]
        if here.name in seen and here.name != REGION:
            message = say("The regions of these records lead in a circle.", "这些记录的区域形成循环。")
            work.report("cycle", message, draft.node.get("region"), (*draft.path, "region"))
            return None
        seen.add(here.name)
    return path


def _no_region(work: Work, draft: Draft, path: Path) -> Path | None:
    if path:
        message = say("“{path}” leads to no region.", "“{path}”不通向任何区域。", path=".".join(path))
        work.report("wrong_path", message, draft.node.get("region"), (*draft.path, "region"))
    return None
