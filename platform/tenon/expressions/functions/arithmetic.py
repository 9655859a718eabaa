"""In charge of the functions on numbers."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import ClassVar

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function, together
from tenon.expressions.fragments import half_even, inline, numeric, quotient, raw
from tenon.expressions.nodes import Constant, Node
from tenon.expressions.numbers import decimal, divide, rounded
from tenon.expressions.types import INTEGER, NUMBER, Type, number_of
from tenon.texts import say

_NUMBER = Parameter(name="number", kinds=("number",))
_ORDERED = ("number", "text", "choice", "date", "datetime", "duration")


class _OnNumber(Function):
    parameters: ClassVar[tuple[Parameter, ...]] = (_NUMBER,)
    returns = NUMBER


def digits(arguments: Sequence[Node]) -> int:
    """The places that a call of `round` asks for."""
    last = arguments[-1]
    return int(last.value) if len(arguments) > 1 and isinstance(last, Constant) else 0


@function
class Round(_OnNumber):
    name = "round"
    parameters = (_NUMBER, Parameter(name="digits", kinds=("number",), optional=True, fixed=True))
    help = say(
        "The number rounded half-even to so many decimal places (none when not said; at most 10).",
        "按四舍六入五成双取小数位数（不写则取整，最多 10 位）。",
    )
    examples = (Example(text="round(2.345, 2)", shows="2.34"), Example(text="round(1250, -2)", shows="1200"))

    def result(self, arguments: Sequence[Node]) -> Type | None:
        places = digits(arguments)
        return number_of(max(places, 0)) if -10 <= places <= 10 else None

    def python(self, number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
        return rounded(number, int(places))

    def postgresql(self, number: Sql, places: Sql | None = None) -> Sql:
        return half_even(number, 0 if places is None else int(str(places)))


@function
class Floor(_OnNumber):
    name = "floor"
    returns = INTEGER
    help = say("The next whole number downwards.", "向下取整。")
    examples = (Example(text="floor(-1.5)", shows="-2"), Example(text="floor((0.1 + 0.7) * 10)", shows="8"))

    def python(self, number: Decimal) -> Decimal:
        return number.to_integral_value(ROUND_FLOOR)

    def postgresql(self, number: Sql) -> Sql:
        return sa.func.floor(numeric(number), type_=sa.Numeric())


@function
class Ceiling(_OnNumber):
    name = "ceil"
    returns = INTEGER
    help = say("The next whole number upwards.", "向上取整。")
    examples = (Example(text="ceil(1.2)", shows="2"),)

    def python(self, number: Decimal) -> Decimal:
        return number.to_integral_value(ROUND_CEILING)

    def postgresql(self, number: Sql) -> Sql:
        return sa.func.ceil(numeric(number), type_=sa.Numeric())


@function
class Truncate(_OnNumber):
    name = "trunc"
    returns = INTEGER
    help = say("The number without its decimal places.", "去掉小数部分。")
    examples = (Example(text="trunc(-1.9)", shows="-1"),)

    def python(self, number: Decimal) -> Decimal:
        return Decimal(int(number))

    def postgresql(self, number: Sql) -> Sql:
        return sa.func.trunc(numeric(number), type_=sa.Numeric())


@function
class Absolute(_OnNumber):
    name = "abs"
    help = say("The number without its sign.", "绝对值。")
    examples = (Example(text="abs(-3.5)", shows="3.5"),)

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return number_of(arguments[0].type.scale)

    def python(self, number: Decimal) -> Decimal:
        return abs(number)

    def postgresql(self, number: Sql) -> Sql:
        return sa.func.abs(numeric(number), type_=sa.Numeric())

    def sqlite(self, number: Sql) -> Sql:
        return sa.func.abs(number, type_=number.type)


class _Extreme(Function):
    parameters = (Parameter(name="value", kinds=_ORDERED, many=True),)
    nulls = "own"

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return together(arguments)


@function
class Least(_Extreme):
    name = "least"
    help = say("The smallest of the values; nulls are left out.", "各值中最小的一个，忽略空值。")
    examples = (Example(text="least(3, null, 2)", shows="2"), Example(text="min(3, 2)", shows="2"))

    def python(self, *values: object) -> object:
        return min((value for value in values if value is not None), default=None)  # type: ignore[type-var]

    def postgresql(self, *values: Sql) -> Sql:
        return sa.func.least(*values, type_=values[0].type)


@function
class Greatest(_Extreme):
    name = "greatest"
    help = say("The largest of the values; nulls are left out.", "各值中最大的一个，忽略空值。")
    examples = (Example(text="greatest(3, null, 2)", shows="3"), Example(text="max(3, 2)", shows="3"))

    def python(self, *values: object) -> object:
        return max((value for value in values if value is not None), default=None)  # type: ignore[type-var]

    def postgresql(self, *values: Sql) -> Sql:
        return sa.func.greatest(*values, type_=values[0].type)


@function
class Number(Function):
    name = "number"
    nulls = "blank"
    returns = NUMBER
    parameters = (Parameter(name="text", kinds=("text", "choice")),)
    help = say("The number that a text says; null when it says none.", "把文本转换为数字；不是数字则为空。")
    examples = (Example(text='number(" 12.50 ") + 1', shows="13.5"), Example(text='number("abc")', shows=None))

    def python(self, text: str) -> Decimal | None:
        return decimal(text.strip()) if _is_number(text.strip(" ")) else None

    def postgresql(self, text: Sql) -> Sql:
        trimmed = sa.func.btrim(text, raw("' '"))
        said = trimmed.op("~")(raw(r"'^[-+]?[0-9]{1,20}(\.[0-9]{1,10})?$'"))
        return sa.case((said, sa.cast(trimmed, sa.Numeric())), else_=sa.null())


def _is_number(text: str) -> bool:
    body = text[1:] if text[:1] in ("-", "+") else text
    before, point, after = body.partition(".")
    return _digits(before, 20) and (not point or _digits(after, 10))


def _digits(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text.isascii() and text.isdigit()


@function
class PercentOf(Function):
    name = "percent_of"
    returns = number_of(10)
    parameters = (Parameter(name="part", kinds=("number",)), Parameter(name="whole", kinds=("number",)))
    help = say(
        "How many percent of the whole the part is; null when the whole is 0.", "部分占整体的百分比；整体为 0 时为空。"
    )
    examples = (Example(text="percent_of(30, 120)", shows="25"),)

    def python(self, part: Decimal, whole: Decimal) -> Decimal | None:
        return divide(part * 100, whole)

    def postgresql(self, part: Sql, whole: Sql) -> Sql:
        return quotient(numeric(part) * inline(100), whole)
