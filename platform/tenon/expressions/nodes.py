"""In charge of the typed tree: what an expression is once it is understood.

Every target walks this tree and nothing else. Coercions are explicit (`Call("date", …)` where a date is
taken of an instant), so that no target has to decide anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tenon.expressions.types import Former, Type

Path = tuple[str, ...]
ArithmeticOperator = Literal["+", "-", "*", "/", "%"]
CompareOperator = Literal["==", "!=", "<", "<=", ">", ">="]
AggregateName = Literal["sum", "count", "min", "max", "avg", "any", "all", "first", "each"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Node:
    """`position` is where it begins in the text."""

    type: Type
    position: int = 0

    def children(self) -> tuple["Node", ...]:
        return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Constant(Node):
    """A `fixed` constant (null, a boolean, the digits of `round`) belongs to the shape, others are parameters.

    `former`: it was written as a key of the past, and `value` is the one of today.
    """

    value: Any
    fixed: bool = False
    former: Former | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Read(Node):
    """A value of a record. `base` is "record", "old", "user" or "root:<name>"; an empty path is the record itself."""

    base: str
    path: Path


@dataclass(frozen=True, kw_only=True, eq=False)
class Negate(Node):
    operand: Node

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Arithmetic(Node):
    """On numbers only; sums of dates, durations and texts are calls."""

    operator: ArithmeticOperator
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True, eq=False)
class Compare(Node):
    operator: CompareOperator
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True, eq=False)
class Within(Node):
    """`item in container`: a list of expressions, a list field, or a subtree."""

    item: Node
    container: Node

    def children(self) -> tuple[Node, ...]:
        return (self.item, self.container)


@dataclass(frozen=True, kw_only=True, eq=False)
class Items(Node):
    """A list written out; only on the right of `in`."""

    items: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.items


@dataclass(frozen=True, kw_only=True, eq=False)
class Logic(Node):
    operator: Literal["and", "or"]
    operands: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.operands


@dataclass(frozen=True, kw_only=True, eq=False)
class Not(Node):
    operand: Node

    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node

    def children(self) -> tuple[Node, ...]:
        return (self.condition, self.then, self.otherwise)


@dataclass(frozen=True, kw_only=True, eq=False)
class Call(Node):
    """A function of the catalogue."""

    function: str
    arguments: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        return self.arguments


@dataclass(frozen=True, kw_only=True, eq=False)
class Aggregate(Node):
    """Over child records; `item`, `condition` and `order` are about one child (their base is "record")."""

    name: AggregateName
    base: str
    path: Path
    item: Node | None
    condition: Node | None
    order: Node | None
    descending: bool = False

    def children(self) -> tuple[Node, ...]:
        return tuple(part for part in (self.item, self.condition, self.order) if part is not None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Changed(Node):
    field: str


@dataclass(frozen=True, kw_only=True, eq=False)
class IsNew(Node):
    pass


@dataclass(frozen=True, kw_only=True, eq=False)
class ByKey(Node):
    """A record named by its key: `region("east")`."""

    entity: str
    key: Node

    def children(self) -> tuple[Node, ...]:
        return (self.key,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Subtree(Node):
    """A record of a tree and all below it."""

    entity: str
    root: Node

    def children(self) -> tuple[Node, ...]:
        return (self.root,)


@dataclass(frozen=True, kw_only=True, eq=False)
class Readable(Node):
    """Whether whoever asks may read a record named by its entity and its id. Nobody can write it: access adds it."""

    entity: Node
    identity: Node

    def children(self) -> tuple[Node, ...]:
        return (self.entity, self.identity)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in reading order."""
    yield node
    for child in node.children():
        yield from walk(child)
