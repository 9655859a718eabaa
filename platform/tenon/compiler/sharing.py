"""In charge of making equal parts of folded trees one and the same, across compilations and across workspaces.

Folding makes new maps wherever layers meet. Two maps of the very same nodes, written at the same place, are one:
so whatever was found out about one of them (`tenon.compiler.memory`) is known of the other, and is stored once.
"""

from typing import Any
from weakref import WeakValueDictionary

from tenon.compiler.nodes import Node

_SHARED: "WeakValueDictionary[tuple[Any, ...], Node]" = WeakValueDictionary()
"""A node keeps what its key speaks of alive, so no identity in a living entry can be taken by anything else."""


def shared(tree: Node) -> Node:
    """The same tree, of nodes that are already known where there are such."""
    if tree.is_shared:
        return tree
    value = tree.value
    if isinstance(value, dict):
        value = {key: shared(item) for key, item in value.items()}
        content: Any = tuple((key, id(item)) for key, item in value.items())
    elif isinstance(value, list):
        value = [shared(item) for item in value]
        content = tuple(id(item) for item in value)
    else:
        content = value
    below = None if tree.below is None else shared(tree.below)
    key = (type(value), content, id(tree.source), tree.line, tree.column, id(below))
    known = _SHARED.get(key)
    if known is None:
        known = _same_with(tree, value, below)
        known.is_shared = True
        _SHARED[key] = known
    return known


def _same_with(tree: Node, value: Any, below: Node | None) -> Node:
    """The node itself when nothing in it was replaced."""
    same = below is tree.below
    if isinstance(value, dict):
        same = same and all(item is tree.map[key] for key, item in value.items())
    elif isinstance(value, list):
        same = same and all(item is entry for item, entry in zip(value, tree.entries, strict=True))
    return tree if same else Node(value, tree.source, tree.line, tree.column, below)
