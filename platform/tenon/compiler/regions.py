"""In charge of the region tree a new workspace starts with."""

from collections.abc import Iterator

from tenon.compiler.nodes import Node, TreePath
from tenon.compiler.ordering import ordered
from tenon.compiler.work import Work
from tenon.model import RegionSeed
from tenon.texts import say


def resolve_regions(work: Work) -> tuple[RegionSeed, ...]:
    """Parents stand before their children; codes are unique in the whole tree."""
    seen: dict[str, RegionSeed] = {}
    for node, path, seed in _seeds(work, work.tree.get("regions"), ("regions",), None):
        if seed.code in seen:
            message = say("The region “{code}” is there twice.", "区域“{code}”出现两次。", code=seed.code)
            work.report("duplicate_name", message, node, path)
        seen.setdefault(seed.code, seed)
    return tuple(seen.values())


def _seeds(
    work: Work, level: Node | None, path: TreePath, parent: str | None
) -> Iterator[tuple[Node, TreePath, RegionSeed]]:
    for code, node in ordered(level, ".".join(path), work.problems).items():
        here = (*path, code)
        yield node, here, RegionSeed(code=code, label=work.label(node, here), parent=parent)
        yield from _seeds(work, node.get("regions"), (*here, "regions"), code)
