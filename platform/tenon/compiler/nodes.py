"""In charge of the tree of metadata before it has meaning: values that know where they were written."""

from collections.abc import Hashable, Iterator
from typing import Any

from tenon.compiler.sources import SourceFile
from tenon.locations import Location

TreePath = tuple[str, ...]
Scalar = str | int | float | bool | None


class Node:
    """A scalar, a list of nodes or a map of nodes; never changed once made.

    `below` is the value of a lower layer that this one overrides. `is_shared` says that an equal node is this very one.
    """

    __slots__ = ("__weakref__", "_results", "below", "column", "is_shared", "line", "source", "value")

    def __init__(
        self,
        value: "Scalar | list[Node] | dict[str, Node]",
        source: SourceFile,
        line: int = 0,
        column: int = 0,
        below: "Node | None" = None,
    ) -> None:
        self.value = value
        self.source = source
        self.line = line
        self.column = column
        self.below = below
        self.is_shared = False
        self._results: dict[Any, dict[Any, Any]] | None = None

    def results(self, step: Hashable) -> dict[Any, Any]:
        """What was found out about this node in an earlier compilation, by `step`; see `tenon.compiler.memory`."""
        if self._results is None:
            self._results = {}
        return self._results.setdefault(step, {})

    @property
    def location(self) -> Location:
        return Location(self.source.shown, self.line, self.column)

    @property
    def layer(self) -> str:
        return self.source.layer

    @property
    def map(self) -> "dict[str, Node]":
        """The items of a map; nothing for any other value."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def entries(self) -> "list[Node]":
        """The items of a list; nothing for any other value."""
        return self.value if isinstance(self.value, list) else []

    @property
    def each(self) -> "list[Node]":
        """The items of a list; a single value stands for a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def get(self, key: str) -> "Node | None":
        return self.map.get(key)

    def plain(self) -> Any:
        """The value alone, as JSON would have it."""
        value = self.value
        if isinstance(value, dict):
            return {key: item.plain() for key, item in value.items()}
        if isinstance(value, list):
            return [item.plain() for item in value]
        return value

    def pick(self, key: str, otherwise: Any = None) -> Any:
        """The plain value under `key`, or `otherwise`."""
        item = self.map.get(key)
        return otherwise if item is None else item.plain()

    def child(self, step: str | int) -> "Node | None":
        """The item of a map or list."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and str(step).isdigit() and int(step) < len(self.value):
            return self.value[int(step)]
        return None

    def at(self, path: "tuple[str | int, ...]") -> "Node":
        """The node at `path`, or the nearest one above it."""
        node = self
        for step in path:
            below = node.child(step)
            if below is None:
                return node
            node = below
        return node

    def leaves(self, path: TreePath = ()) -> "Iterator[tuple[TreePath, Node]]":
        """Everything that is not a map with items, with its path."""
        if self.map:
            for key, item in self.map.items():
                yield from item.leaves((*path, key))
        else:
            yield path, self
