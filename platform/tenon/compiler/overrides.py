"""In charge of what may be overridden: a property that a module's own code relies on stays as the module wrote it."""

from collections.abc import Iterator

from tenon.compiler import schemas
from tenon.compiler.memory import of_node
from tenon.compiler.nodes import Node, TreePath
from tenon.problems import Problems
from tenon.texts import say


def check_overrides(tree: Node, problems: Problems) -> None:
    for path, node in _all(tree):
        below = node.below
        if below is not None and path[0] in schemas.KINDS and _is_fixed(path) and below.plain() != node.plain():
            message = say(
                "“{key}” was set by “{layer}” ({place}) and cannot be overridden.",
                "“{key}”由“{layer}”设定（{place}），不可覆盖。",
                key=path[-1],
                layer=below.layer,
                place=str(below.location),
            )
            problems.add("fixed_property", message, path=".".join(path), location=node.location)


def _is_fixed(path: TreePath) -> bool:
    return schemas.property_at(path).get("x-override") == "module"


def _all(tree: Node) -> Iterator[tuple[TreePath, Node]]:
    for kind, part in tree.map.items():
        if part.below is not None:
            yield (kind,), part
        for name, thing in part.map.items():
            yield from (((kind, name, *path), node) for path, node in _inside(thing))


@of_node
def _inside(thing: Node) -> tuple[tuple[TreePath, Node], ...]:
    return tuple(_overridden(thing, ()))


def _overridden(node: Node, path: TreePath) -> Iterator[tuple[TreePath, Node]]:
    if node.below is not None:
        yield path, node
    for key, item in node.map.items():
        yield from _overridden(item, (*path, key))
