"""In charge of an understood expression: a value that every target can be made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tenon.expressions.nodes import (
    Aggregate,
    Arithmetic,
    ByKey,
    Call,
    Changed,
    Compare,
    Constant,
    Logic,
    Node,
    Path,
    Read,
    Subtree,
    walk,
)
from tenon.expressions.types import Former, Type


@dataclass(frozen=True)
class Expression:
    """`dependencies` are paths from the record, through look-ups and into child records: ("lines", "amount").

    `user_dependencies` begin with "user", `root_dependencies` with the name of the root; `entities` are those
    whose records it names by key or whose trees it reads. `about` is the entity of its record, `roots` gives the
    entity of each root. `former` are the names and keys of the past it was written with.
    """

    text: str
    type: Type
    tree: Node = field(repr=False)
    dependencies: frozenset[Path] = frozenset()
    user_dependencies: frozenset[Path] = frozenset()
    root_dependencies: frozenset[Path] = frozenset()
    entities: frozenset[str] = frozenset()
    about: str | None = None
    roots: Mapping[str, str] = field(default_factory=dict, compare=False)
    former: tuple[Former, ...] = field(default=(), compare=False)

    @cached_property
    def literals(self) -> tuple[Constant, ...]:
        """The parameters, in the order in which the SQL target asks for them."""
        return tuple(node for node in walk(self.tree) if isinstance(node, Constant) and not node.fixed)

    @cached_property
    def shape(self) -> str:
        """Equal for expressions of one scope that differ only in the values of their literals."""
        return "".join(_shape(self.tree))


def _shape(node: Node) -> Iterator[str]:
    yield f"{type(node).__name__}:{_mark(node)}("
    for child in node.children():
        yield from _shape(child)
        yield ","
    yield ")"


def _mark(node: Node) -> str:
    """What tells this node from another of its class, its children aside."""
    if isinstance(node, Constant):
        return _constant(node)
    if isinstance(node, Read):
        return ".".join((node.base, *node.path))
    if isinstance(node, (Arithmetic, Compare, Logic)):
        return node.operator
    if isinstance(node, Call):
        return node.function
    if isinstance(node, Aggregate):
        parts = "".join("0" if part is None else "1" for part in (node.item, node.condition, node.order))
        return f"{node.name} {parts} {node.descending} " + ".".join((node.base, *node.path))
    if isinstance(node, (ByKey, Subtree)):
        return node.entity
    return node.field if isinstance(node, Changed) else ""


def _constant(node: Constant) -> str:
    """A parameter's type and scale count, because the SQL made of it depends on them; its value does not."""
    value: Any = repr(node.value) if node.fixed else "?"
    return f"{value}{node.type.kind}{'' if node.type.scale is None else node.type.scale}"
