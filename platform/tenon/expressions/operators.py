"""In charge of which operand types fit together, and of the coercions that this takes."""

from datetime import UTC, date, datetime

from tenon.expressions.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Call,
    Compare,
    CompareOperator,
    Constant,
    Negate,
    Node,
)
from tenon.expressions.numbers import QUOTIENT_PLACES
from tenon.expressions.refusals import ExpressionError
from tenon.expressions.types import BOOLEAN, DATE, DATETIME, DURATION, NULL, NUMBER, TEXT, Type, common, number_of
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

_ORDERED = frozenset(("number", "text", "date", "datetime", "duration", "null"))
_EQUATED = frozenset(("number", "text", "choice", "date", "datetime", "duration", "boolean", "record", "null"))


def constant(value: object, kind: Type, position: int, *, fixed: bool = False) -> Constant:
    return Constant(type=kind, position=position, value=value, fixed=fixed)


def misfit(operator: str, left: Type, right: Type, position: int, hint: Text | None = None) -> ExpressionError:
    return ExpressionError(
        say(
            "“{operator}” does not work between {left} and {right}.",
            "“{operator}”不能用于 {left} 与 {right} 之间。",
            operator=operator,
            left=str(left),
            right=str(right),
        ),
        position=position,
        hint=hint,
    )


def as_date(node: Node) -> Node:
    """A date is taken of an instant in the viewer's zone."""
    if node.type.kind != "datetime":
        return node
    return Call(type=DATE, position=node.position, function="_date_of_moment", arguments=(node,))


def said_as(node: Node, kind: Type) -> Node:
    """A text constant that stands where a date, instant, record or choice is meant becomes one."""
    if not isinstance(node, Constant) or node.type.kind != "text":
        return node
    if kind.kind in ("date", "datetime"):
        return _said_time(node)
    if kind.kind == "record":
        return constant(node.value, kind, node.position)
    if kind.kind == "choice":
        return _said_key(node, kind)
    return node


def _said_key(node: Constant, kind: Type) -> Node:
    if kind.choices is not None and node.value not in kind.choices:
        former = next((former for former in kind.former if former.name == node.value), None)
        if former is not None:
            return Constant(type=kind, position=node.position, value=former.present, former=former)
    _require_choice(node, kind)
    return constant(node.value, kind, node.position)


def _said_time(node: Constant) -> Node:
    text = str(node.value)
    try:
        if len(text) <= 10:
            return constant(date.fromisoformat(text), DATE, node.position)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ExpressionError(
            say("“{text}” is not a date.", "“{text}”不是日期。", text=text[:40]),
            position=node.position,
            hint=say("Write 2017-03-31 or 2017-03-31T09:00:00Z.", "请写成 2017-03-31 或 2017-03-31T09:00:00Z。"),
        ) from None
    return constant(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC), DATETIME, node.position)


def _require_choice(node: Constant, kind: Type) -> None:
    if kind.choices is not None and node.value not in kind.choices:
        raise ExpressionError(
            say("“{value}” is not one of the choices.", "“{value}”不在可选值之中。", value=str(node.value)[:60]),
            position=node.position,
            hint=did_you_mean(str(node.value), kind.choices)
            or say("Choices: {choices}.", "可选值：{choices}。", choices=", ".join(kind.choices[:12])),
        )


def matched(left: Node, right: Node) -> tuple[Node, Node]:
    """Both sides as one kind, as far as a comparison may bend them."""
    left, right = said_as(left, right.type), said_as(right, left.type)
    if {left.type.kind, right.type.kind} == {"date", "datetime"}:
        left, right = as_date(left), as_date(right)
    return left, right


def comparable(left: Type, right: Type) -> bool:
    if {left.kind, right.kind} == {"record", "text"}:
        return True
    return common(left, right) is not None and left.kind in _EQUATED and right.kind in _EQUATED


def compare(operator: CompareOperator, left: Node, right: Node, position: int) -> Compare:
    left, right = matched(left, right)
    ordered = operator not in ("==", "!=")
    if ordered and not (left.type.kind in _ORDERED and right.type.kind in _ORDERED):
        raise misfit(operator, left.type, right.type, position)
    if not comparable(left.type, right.type):
        hint = None
        if {left.type.kind, right.type.kind} == {"text", "number"}:
            hint = say("number(…) makes a number of a text.", "用 number(…) 可把文本转换为数字。")
        raise misfit(operator, left.type, right.type, position, hint)
    return Compare(type=BOOLEAN, position=position, operator=operator, left=left, right=right)


def negate(operand: Node, position: int) -> Node:
    kind = operand.type
    if kind.kind == "duration":
        minus = constant(-1, NUMBER, position, fixed=True)
        return Call(type=DURATION, position=position, function="_scale_length", arguments=(operand, minus))
    if kind.kind not in ("number", "null"):
        raise ExpressionError(say("“-” needs a number.", "“-”需要数字。"), position=position)
    return Negate(type=number_of(kind.scale), position=position, operand=operand)


def arithmetic(operator: ArithmeticOperator, left: Node, right: Node, position: int) -> Node:
    if operator in ("+", "-"):
        left, right = _moved(left, right)
    kinds = (left.type.kind, right.type.kind)
    if kinds == ("number", "number"):
        scale = _scale(operator, left.type.scale, right.type.scale)
        return Arithmetic(type=number_of(scale), position=position, operator=operator, left=left, right=right)
    if "null" in kinds and not (
        operator == "+" and kinds[0] in ("text", "choice", "null") and kinds[1] in ("text", "choice")
    ):
        if operator == "+" and kinds[0] in ("text", "choice"):
            return Call(type=TEXT, position=position, function="concat", arguments=(left, right))
        return constant(None, _of_null(operator, left.type, right.type, position), position, fixed=True)
    made = _by_kinds(operator, left, right, position)
    if made is None:
        raise misfit(operator, left.type, right.type, position, _arithmetic_hint(kinds))
    return made


def _moved(left: Node, right: Node) -> tuple[Node, Node]:
    """A text constant next to a date is a date, but never next to a length of time."""
    if left.type.kind in ("date", "datetime"):
        right = said_as(right, left.type)
    if right.type.kind in ("date", "datetime"):
        left = said_as(left, right.type)
    if {left.type.kind, right.type.kind} == {"date", "datetime"}:
        return as_date(left), as_date(right)
    return left, right


def _of_null(operator: str, left: Type, right: Type, position: int) -> Type:
    known = right if left.kind == "null" else left
    if known.kind not in ("number", "null", "date", "datetime", "duration"):
        raise misfit(operator, left, right, position)
    return NULL if known.kind in ("date", "datetime", "duration") else known


def _scale(operator: ArithmeticOperator, left: int | None, right: int | None) -> int | None:
    if operator == "/":
        return QUOTIENT_PLACES
    if left is None or right is None:
        return None
    return left + right if operator == "*" else max(left, right)


_TABLE: dict[tuple[str, str, str], tuple[str, Type]] = {
    ("date", "+", "duration"): ("_move_date", DATE),
    ("datetime", "+", "duration"): ("_move_moment", DATETIME),
    ("duration", "+", "duration"): ("_add_lengths", DURATION),
    ("date", "-", "date"): ("_between_dates", DURATION),
    ("datetime", "-", "datetime"): ("_between_moments", DURATION),
    ("duration", "*", "number"): ("_scale_length", DURATION),
    ("duration", "/", "duration"): ("_length_ratio", number_of(QUOTIENT_PLACES)),
}


def _by_kinds(operator: str, left: Node, right: Node, position: int) -> Node | None:
    kinds = (left.type.kind, right.type.kind)
    if operator == "+" and kinds[0] in ("text", "choice", "null") and kinds[1] in ("text", "choice"):
        return Call(type=TEXT, position=position, function="concat", arguments=(left, right))
    if operator == "-" and kinds[1] == "duration":
        operator, right = "+", negate(right, position)
    if kinds in (("duration", "date"), ("duration", "datetime"), ("number", "duration")) and operator in ("+", "*"):
        left, right = right, left
    found = _TABLE.get((left.type.kind, operator, right.type.kind))
    if found is None:
        return None
    return Call(type=found[1], position=position, function=found[0], arguments=(left, right))


def _arithmetic_hint(kinds: tuple[str, str]) -> Text | None:
    if "text" in kinds or "choice" in kinds:
        return say("text(…) makes a text of any value.", "用 text(…) 可把任何值转换为文本。")
    if kinds in (("date", "number"), ("datetime", "number")):
        return say("Write days({n}) for a number of days.", "天数请写 days({n})。", n="…")
    return None


def fitted(node: Node, expected: Type) -> Node:
    """The whole expression as the type its place demands; a number is rounded half-even to the declared scale."""
    node = said_as(node, expected)
    if expected.kind == "date":
        node = as_date(node)
    kind = node.type
    if kind.kind == "null" or (expected.kind in ("text", "choice") and kind.kind in ("text", "choice")):
        if expected.kind == "choice":
            _check_choices(node, expected)
        return node
    if common(kind, expected) is None:
        raise ExpressionError(
            say(
                "This gives {kind}, but {expected} is needed.",
                "结果是 {kind}，这里需要 {expected}。",
                kind=str(kind),
                expected=str(expected),
            ),
            position=node.position,
            hint=say("Write a comparison.", "请写成比较条件。") if expected.kind == "boolean" else None,
        )
    if expected.kind == "number" and expected.scale is not None and (kind.scale is None or kind.scale > expected.scale):
        places = constant(expected.scale, number_of(0), node.position, fixed=True)
        return Call(type=number_of(expected.scale), position=node.position, function="round", arguments=(node, places))
    return node


def _check_choices(node: Node, expected: Type) -> None:
    from_conditional = node.children()[1:] if type(node).__name__ == "Conditional" else ()
    for part in (node, *from_conditional):
        if isinstance(part, Constant) and isinstance(part.value, str):
            _require_choice(part, expected)
