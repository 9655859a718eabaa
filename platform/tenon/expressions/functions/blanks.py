"""In charge of the functions about missing values, and of turning values into text."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function, together
from tenon.expressions.fragments import WHITESPACE, inline, numeric, raw
from tenon.expressions.nodes import Node
from tenon.expressions.numbers import plain
from tenon.expressions.types import BOOLEAN, TEXT, Type
from tenon.texts import say

_VALUE = Parameter(name="value")


@function
class Coalesce(Function):
    name = "coalesce"
    nulls = "own"
    parameters = (Parameter(name="value", many=True),)
    help = say("The first of the values that is not null.", "第一个非空的值。")
    examples = (Example(text="coalesce(null, 3, 4)", shows="3"),)

    def result(self, arguments: Sequence[Node]) -> Type | None:
        return together(arguments)

    def python(self, *values: Any) -> Any:
        return next((value for value in values if value is not None), None)

    def postgresql(self, *values: Sql) -> Sql:
        return values[0] if len(values) == 1 else sa.func.coalesce(*values, type_=values[0].type)

    sqlite = postgresql


@function
class IsBlank(Function):
    name = "is_blank"
    nulls = "own"
    returns = BOOLEAN
    parameters = (_VALUE,)
    help = say(
        "Whether there is nothing: null, text without a visible character, an empty list.",
        "是否为空：空值、空白文本或空列表。",
    )
    examples = (Example(text='is_blank("  ")', shows="true"), Example(text="is_blank(0)", shows="false"))

    def overload(self, arguments: Sequence[Node]) -> str:
        return {"text": "_is_blank_text", "list": "_is_blank_list"}.get(arguments[0].type.kind, self.name)

    def python(self, value: Any) -> bool:
        return value is None

    def postgresql(self, value: Sql) -> Sql:
        return value.is_(None)

    sqlite = postgresql


@function
class IsBlankText(Function):
    name = "_is_blank_text"
    nulls = "blank"
    returns = BOOLEAN
    parameters = (Parameter(name="value", kinds=("text",)),)

    def python(self, value: str) -> bool:
        return not value.strip(WHITESPACE)

    def postgresql(self, value: Sql) -> Sql:
        return sa.func.btrim(value, sa.literal(WHITESPACE, sa.Text()), type_=sa.Text()) == raw("''")

    def sqlite(self, value: Sql) -> Sql:
        return sa.func.trim(value, sa.literal(WHITESPACE, sa.Text()), type_=sa.Text()) == raw("''")


@function
class IsBlankList(Function):
    name = "_is_blank_list"
    nulls = "own"
    returns = BOOLEAN
    parameters = (Parameter(name="value", kinds=("list",)),)

    def python(self, value: Sequence[Any] | None) -> bool:
        return not value

    def postgresql(self, value: Sql) -> Sql:
        return sa.func.coalesce(sa.func.jsonb_array_length(value), inline(0)) == inline(0)

    def sqlite(self, value: Sql) -> Sql:
        return sa.func.coalesce(sa.func.json_array_length(value), inline(0)) == inline(0)


@function
class TextOf(Function):
    name = "text"
    nulls = "blank"
    returns = TEXT
    parameters = (Parameter(name="value", kinds=("text", "choice", "number", "boolean", "date", "datetime")),)
    help = say(
        "The value as text: a number without needless zeros, a date as 2017-03-31, an instant in your time zone.",
        "把值转换为文本：数字不带多余的零，日期如 2017-03-31，时间按您的时区显示。",
    )
    examples = (Example(text="text(12.50)", shows="12.5"), Example(text="text(null)", shows=""))

    def overload(self, arguments: Sequence[Node]) -> str:
        kind = arguments[0].type.kind
        return f"_text_{kind}" if kind in ("number", "boolean", "date", "datetime") else self.name

    def python(self, value: str) -> str:
        return value

    def postgresql(self, value: Sql) -> Sql:
        return value

    sqlite = postgresql


class _TextOf(Function):
    nulls = "own"
    returns = TEXT


@function
class TextOfNumber(_TextOf):
    name = "_text_number"
    parameters = (Parameter(name="value", kinds=("number",)),)

    def python(self, value: Decimal | None) -> str:
        return "" if value is None else plain(value)

    def postgresql(self, value: Sql) -> Sql:
        shown = sa.cast(sa.func.trim_scale(numeric(value)), sa.Text())
        return sa.func.coalesce(shown, raw("''"), type_=sa.Text())


@function
class TextOfBoolean(_TextOf):
    name = "_text_boolean"
    parameters = (Parameter(name="value", kinds=("boolean",)),)

    def python(self, value: bool | None) -> str:
        return "" if value is None else "true" if value else "false"

    def postgresql(self, value: Sql) -> Sql:
        words = [raw(f"'{word}'", sa.Text()) for word in ("true", "false", "")]
        return sa.case((sa.true(), words[0]), (sa.false(), words[1]), value=value, else_=words[2])

    sqlite = postgresql


@function
class TextOfDate(_TextOf):
    name = "_text_date"
    parameters = (Parameter(name="value", kinds=("date",)),)

    def python(self, value: date | None) -> str:
        return "" if value is None else value.isoformat()

    def postgresql(self, value: Sql) -> Sql:
        shown = sa.func.to_char(value, raw("'YYYY-MM-DD'"))
        return sa.func.coalesce(shown, raw("''"), type_=sa.Text())

    def sqlite(self, value: Sql) -> Sql:
        return sa.func.coalesce(value, raw("''"), type_=sa.Text())


@function
class TextOfMoment(_TextOf):
    name = "_text_datetime"
    zoned = True
    parameters = (Parameter(name="value", kinds=("datetime",)),)

    def python(self, value: datetime | None, zone: str) -> str:
        return "" if value is None else value.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(" ", "minutes")

    def postgresql(self, value: Sql, zone: Sql) -> Sql:
        shown = sa.func.to_char(sa.func.timezone(zone, value), raw("'YYYY-MM-DD HH24:MI'"))
        return sa.func.coalesce(shown, raw("''"), type_=sa.Text())
