"""In charge of the Python target: closures over one record and its context."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import Any

from tenon.expressions import numbers
from tenon.expressions.catalogue import FUNCTIONS
from tenon.expressions.context import Context
from tenon.expressions.expression import Expression
from tenon.expressions.nodes import (
    Aggregate,
    Arithmetic,
    ByKey,
    Call,
    Changed,
    Compare,
    Conditional,
    Constant,
    IsNew,
    Items,
    Logic,
    Negate,
    Node,
    Not,
    Read,
    Readable,
    Subtree,
    Within,
)

Record = Mapping[str, Any]
Step = Callable[[Record | None, Context], Any]
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.remainder,
}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def to_python(expression: Expression) -> Callable[[Context], Any]:
    """A function of the context; never fails on a null, a zero or a missing attribute."""
    step = _step(expression.tree)
    return lambda context: step(context.record, context)


def _step(node: Node) -> Step:
    return _STEPS[type(node)](node)


def _constant(node: Constant) -> Step:
    value = node.value
    return lambda record, context: value


def identity(value: Any) -> Any:
    """The id of a look-up's value, however it was loaded."""
    return value.get("id") if isinstance(value, Mapping) else getattr(value, "id", value)


def _read(node: Read) -> Step:
    start, path = _start(node.base), node.path
    if node.type.kind == "number":
        return lambda record, context: _number(_walk(start(record, context), path))
    return lambda record, context: _walk(start(record, context), path)


def _number(value: Any) -> Decimal | None:
    return None if value is None else numbers.decimal(value)


def _start(base: str) -> Callable[[Record | None, Context], Any]:
    if base == "record":
        return lambda record, context: record
    if base == "old":
        return lambda record, context: context.old
    if base == "user":
        return lambda record, context: context.user
    root = base.removeprefix("root:")
    return lambda record, context: context.roots.get(root)


def _walk(value: Any, path: tuple[str, ...]) -> Any:
    """A row may also carry a path's value under the dotted path itself."""
    for index, name in enumerate(path):
        if not isinstance(value, Mapping):
            return identity(value) if path[index:] == ("id",) else None
        if index + 1 < len(path) and not isinstance(value.get(name), Mapping):
            flat = value.get(".".join(path[index:]))
            if flat is not None:
                return flat
        value = value.get(name)
    return value


def _negate(node: Negate) -> Step:
    operand = _step(node.operand)

    def step(record: Record | None, context: Context) -> Any:
        value = operand(record, context)
        return None if value is None else numbers.subtract(Decimal(0), value)

    return step


def _arithmetic(node: Arithmetic) -> Step:
    left, right, operation = _step(node.left), _step(node.right), _ARITHMETIC[node.operator]

    def step(record: Record | None, context: Context) -> Any:
        first, second = left(record, context), right(record, context)
        return None if first is None or second is None else operation(first, second)

    return step


def _plain(node: Node) -> Step:
    """The value as it is compared: of a record its id."""
    step = _step(node)
    if node.type.kind != "record":
        return step
    return lambda record, context: identity(step(record, context))


def _compare(node: Compare) -> Step:
    left, right = _plain(node.left), _plain(node.right)
    if node.operator in ("==", "!="):
        wanted = node.operator == "=="
        return lambda record, context: (left(record, context) == right(record, context)) is wanted
    order = _ORDER[node.operator]

    def step(record: Record | None, context: Context) -> bool:
        first, second = left(record, context), right(record, context)
        return first is not None and second is not None and order(first, second)

    return step


def _within(node: Within) -> Step:
    item, container = _plain(node.item), node.container
    if isinstance(container, Items):
        elements = [_plain(element) for element in container.items]
        return lambda record, context: any(item(record, context) == element(record, context) for element in elements)
    held = _step(container)

    def step(record: Record | None, context: Context) -> bool:
        value = item(record, context)
        return value is not None and value in (held(record, context) or ())

    return step


def _logic(node: Logic) -> Step:
    operands = [_step(operand) for operand in node.operands]
    if node.operator == "and":
        return lambda record, context: all(operand(record, context) for operand in operands)
    return lambda record, context: any(operand(record, context) for operand in operands)


def _not(node: Not) -> Step:
    operand = _step(node.operand)
    return lambda record, context: not operand(record, context)


def _conditional(node: Conditional) -> Step:
    condition, then, otherwise = _step(node.condition), _step(node.then), _step(node.otherwise)
    return lambda record, context: (then if condition(record, context) else otherwise)(record, context)


def _call(node: Call) -> Step:
    if node.function == "today":
        return lambda record, context: context.today
    if node.function == "now":
        return lambda record, context: context.now
    definition, arguments = FUNCTIONS[node.function], [_plain(argument) for argument in node.arguments]
    meaning, strict, zoned = definition.python, definition.nulls == "strict", definition.zoned
    of_people = bool(definition.people)
    texts = [
        definition.nulls == "blank" and argument.type.kind in ("text", "choice", "null") for argument in node.arguments
    ]
    numeric = [argument.type.kind == "number" for argument in node.arguments]

    def step(record: Record | None, context: Context) -> Any:
        values = [argument(record, context) for argument in arguments]
        if strict and None in values:
            return None
        for index, is_text in enumerate(texts):
            if is_text and values[index] is None:
                values[index] = ""
            elif numeric[index] and isinstance(values[index], int):
                values[index] = Decimal(values[index])
        if of_people:
            return meaning(*values, people=context.people)
        return meaning(*values, context.timezone) if zoned else meaning(*values)

    return step


def _changed(node: Changed) -> Step:
    name = node.field
    return lambda record, context: _comparable(record, name) != _comparable(context.old, name)


def _comparable(record: Record | None, name: str) -> Any:
    value = None if record is None else identity(record.get(name))
    return (
        list(map(identity, value)) or None
        if isinstance(value, (list, tuple)) and not hasattr(value, "_fields")
        else value
    )


def _is_new(node: IsNew) -> Step:
    return lambda record, context: context.is_new


def _by_key(node: ByKey) -> Step:
    entity, key = node.entity, _step(node.key)

    def step(record: Record | None, context: Context) -> str | None:
        value = key(record, context)
        return None if value is None else context.trees.find(entity, value)

    return step


def _subtree(node: Subtree) -> Step:
    entity, root = node.entity, _plain(node.root)

    def step(record: Record | None, context: Context) -> Any:
        value = root(record, context)
        return () if value is None else context.trees.subtree(entity, value)

    return step


def _readable(node: Readable) -> Step:
    entity, found = _step(node.entity), _step(node.identity)
    return lambda record, context: context.reads(entity(record, context), found(record, context))


def _aggregate(node: Aggregate) -> Step:
    start, path = _start(node.base), node.path
    keep = None if node.condition is None else _step(node.condition)
    item = None if node.item is None else _step(node.item)
    first = _first(node, item) if node.name == "first" else None
    fold = _FOLDS.get(node.name)

    def step(record: Record | None, context: Context) -> Any:
        children: Sequence[Record] = _walk(start(record, context), path) or ()
        if node.name == "all":
            return all(keep(child, context) for child in children) if keep else True
        kept = [child for child in children if keep is None or keep(child, context)]
        if first is not None:
            return first(kept, context)
        values: list[Any] = kept if item is None else [item(child, context) for child in kept]
        return fold([value for value in values if value is not None]) if fold else None

    return step


def _average(values: list[Decimal]) -> Decimal | None:
    return numbers.divide(reduce(numbers.add, values), Decimal(len(values))) if values else None


_FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    "sum": lambda values: reduce(numbers.add, values, Decimal(0)),
    "count": lambda values: Decimal(len(values)),
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "avg": _average,
    "any": bool,
    "each": lambda values: tuple(dict.fromkeys(map(identity, values))),
}


def _first(node: Aggregate, item: Step | None) -> Callable[[list[Record], Context], Any]:
    """In the order asked for, nulls last, then in the order of creation (the order of ids)."""
    order, descending = None if node.order is None else _step(node.order), node.descending

    def pick(children: list[Record], context: Context) -> Any:
        rows = sorted(children, key=lambda child: str(child.get("id")))
        if order is not None:
            keyed = [(order(child, context), child) for child in rows]
            known = [pair for pair in keyed if pair[0] is not None]
            known.sort(key=lambda pair: pair[0], reverse=descending)
            rows = [child for _key, child in known] + [child for key, child in keyed if key is None]
        if not rows:
            return None
        return rows[0] if item is None else item(rows[0], context)

    return pick


_STEPS: dict[type[Node], Callable[[Any], Step]] = {
    Constant: _constant,
    Read: _read,
    Negate: _negate,
    Arithmetic: _arithmetic,
    Compare: _compare,
    Within: _within,
    Logic: _logic,
    Not: _not,
    Conditional: _conditional,
    Call: _call,
    Changed: _changed,
    IsNew: _is_new,
    ByKey: _by_key,
    Subtree: _subtree,
    Aggregate: _aggregate,
    Readable: _readable,
}
