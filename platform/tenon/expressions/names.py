"""In charge of names: which value a name or a dotted path means in a scope, and what was read on the way."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tenon.expressions.nodes import Path
from tenon.expressions.refusals import ExpressionError, unknown_name
from tenon.expressions.types import TEXT, Former, RecordShape, Type, is_child_list, record_of
from tenon.texts import say

WORDS = ("true", "false", "null", "user", "old", "is_new")


@dataclass
class Dependencies:
    """What an expression reads, by where it begins."""

    record: set[Path] = field(default_factory=set)
    user: set[Path] = field(default_factory=set)
    roots: set[Path] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)
    former: set[Former] = field(default_factory=set)
    """Names of the past that were used."""

    def add(self, base: str, path: Path) -> None:
        if base in ("record", "old"):
            self.record.add(path)
        elif base == "user":
            self.user.add((base, *path))
        else:
            self.roots.add((base.removeprefix("root:"), *path))


@dataclass(frozen=True, kw_only=True)
class Found:
    """Where a path led, in names of today. `rest` is what is left of it after a relationship to child records."""

    type: Type
    path: Path
    rest: Path = ()
    former: tuple[Former, ...] = ()


def chain(node: ast.expr) -> list[ast.expr] | None:
    """The nodes of `a.b.c` from the first name on; None when it does not begin with a name."""
    nodes: list[ast.expr] = [node]
    while isinstance(node, ast.Attribute):
        node = node.value
        nodes.append(node)
    return nodes[::-1] if isinstance(node, ast.Name) else None


def words(nodes: Iterable[ast.expr]) -> Path:
    return tuple(node.id if isinstance(node, ast.Name) else getattr(node, "attr", "") for node in nodes)


def follow(
    shape: RecordShape,
    path: Path,
    positions: list[int],
    *,
    top: bool,
    present: Callable[[RecordShape, str], str | None] | None = None,
) -> Found:
    """Walk from a record along `path`; stops at child records. Raises when a name is unknown, today and once."""
    here: Type = record_of(shape)
    former: list[Former] = []
    for index, name in enumerate(path):
        if here.kind == "choice" or shape.attribute(f"{path[index - 1]}.{name}") is not None:
            return _facet(shape, path, index, positions, former)
        if here.kind != "record" or here.record is None:
            raise _no_attributes(path[index - 1], here, positions[index])
        shape = here.record
        found = shape.attribute(name) or (TEXT if name == "id" else None)
        today = present(shape, name) if found is None and present is not None else None
        if today is not None:
            former.append(Former(shape.name, name, today))
            path = (*path[:index], today, *path[index + 1 :])
            found = shape.attribute(today)
        if found is None:
            of = None if top and index == 0 else shape.name
            raise unknown_name(name, shape.attributes(), positions[index], of=of)
        if is_child_list(found):
            return Found(type=found, path=path[: index + 1], rest=path[index + 1 :], former=tuple(former))
        here = found
    return Found(type=here, path=path, former=tuple(former))


def _facet(shape: RecordShape, path: Path, index: int, positions: list[int], former: Iterable[Former]) -> Found:
    """A property of the value itself (`stage.probability`, `address.city`): the shape knows it by its dotted name."""
    found = shape.attribute(f"{path[index - 1]}.{path[index]}")
    if found is None or index + 1 < len(path):
        prefix = path[index - 1] + "."
        facets = [name.removeprefix(prefix) for name in shape.attributes() if name.startswith(prefix)]
        raise unknown_name(path[-1], facets, positions[index], of=path[index - 1])
    return Found(type=found, path=path, former=tuple(former))


def _no_attributes(name: str, kind: Type, position: int) -> ExpressionError:
    if is_child_list(kind):
        return needs_aggregate(name, position)
    return ExpressionError(
        say(
            "“{name}” is a {kind} and has nothing inside.",
            "“{name}”是{kind}类型，没有下级属性。",
            name=name,
            kind=str(kind),
        ),
        position=position,
    )


def needs_aggregate(name: str, position: int) -> ExpressionError:
    return ExpressionError(
        say("“{name}” are many records.", "“{name}”是多条记录。", name=name),
        position=position,
        hint=say(
            "Use them inside sum, count, min, max, avg, any, all or first: count({name}).",
            "请放在 sum、count、min、max、avg、any、all、first 中使用，例如 count({name})。",
            name=name,
        ),
    )
