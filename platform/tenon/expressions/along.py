"""In charge of asking a condition about another record from here: along a look-up, or of one record of a list."""

from dataclasses import fields, replace
from typing import Any

from tenon.expressions.expression import Expression
from tenon.expressions.nodes import Aggregate, Compare, Constant, Node, Not, Path, Read
from tenon.expressions.types import BOOLEAN, NULL, TEXT


def along(name: str, condition: Expression | None, *, many: bool = False) -> Expression:
    """True of records whose look-up `name` leads to one for which `condition` holds; None: to any at all.

    `many`: the field holds a list of records, and one of them will do.
    """
    way = (name,)
    inner = None if condition is None else condition.tree
    tree = _some(way, inner) if many else _there(way) if inner is None else _moved(inner, way)
    paths = frozenset() if condition is None else condition.dependencies
    said = "true" if condition is None else condition.text
    return Expression(
        text=f"any({name}, {said})" if many else f"{name}: {said}",
        type=BOOLEAN,
        tree=tree,
        dependencies=frozenset({way, *((name, *path) for path in paths)}),
        user_dependencies=frozenset() if condition is None else condition.user_dependencies,
        root_dependencies=frozenset(),
        entities=frozenset() if condition is None else condition.entities,
    )


def _some(way: Path, condition: Node | None) -> Node:
    return Aggregate(type=BOOLEAN, name="any", base="record", path=way, item=None, condition=condition, order=None)


def _there(way: Path) -> Node:
    none = Constant(type=NULL, value=None, fixed=True)
    return Not(
        type=BOOLEAN,
        operand=Compare(type=BOOLEAN, operator="==", left=Read(type=TEXT, base="record", path=way), right=none),
    )


def _moved(node: Node, way: Path) -> Node:
    """The same, read from one look-up further away. What is about child records is about them from anywhere."""
    if isinstance(node, Read):
        return replace(node, path=(*way, *node.path)) if node.base == "record" else node
    if isinstance(node, Aggregate):
        return replace(node, path=(*way, *node.path)) if node.base == "record" else node
    parts: dict[str, Any] = {}
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, Node):
            parts[each.name] = _moved(value, way)
        elif isinstance(value, tuple) and value and all(isinstance(one, Node) for one in value):
            parts[each.name] = tuple(_moved(one, way) for one in value)
    return replace(node, **parts) if parts else node
