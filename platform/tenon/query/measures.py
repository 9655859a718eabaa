"""In charge of what is measured of a group: counts, sums, averages, smallest and greatest values.

Amounts of money are added only within one currency: an answer is never a sum of different moneys.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.errors import BadRequest, Detail, UnknownName
from tenon.expressions import TEXT, Expression, Type, to_sql_value
from tenon.fields import FieldType, Money
from tenon.fields.storage import rounded
from tenon.query.doors import Door
from tenon.query.groups import PATH, Answer, of_kind
from tenon.query.names import Named, find
from tenon.query.numbers import Number, decimal_of, json_number
from tenon.query.outputs import output
from tenon.query.requests import Aggregate, Form
from tenon.query.row import NamedLiterals, Row
from tenon.query.statement import sql_type
from tenon.texts import Text, say

FUNCTIONS = ("count", "count_distinct", "sum", "avg", "min", "max")
_FORM = re.compile(r"\s*(\w+)\s*\((.*)\)\s*", re.DOTALL)
_AVERAGE_PLACES = 2


class Foreign(Exception):
    """Amounts in another currency than the field's own were met; ask again, for the currencies themselves."""


@dataclass(frozen=True)
class Measure:
    """`named` for a field, `expression` for anything else, neither for `count()`."""

    key: str
    prefix: str
    function: str
    named: Named | None = None
    expression: Expression | None = None

    @property
    def shape(self) -> str | None:
        return None if self.expression is None else self.expression.shape

    @property
    def money(self) -> FieldType | None:
        """The type when amounts with currencies are measured."""
        field = None if self.named is None or self.named.part else self.named.field
        if field is None or self.function.startswith("count"):
            return None
        return field.type if any(column.part == "currency" for column in field.type.columns()) else None

    def columns(self, row: Row, form: Form, *, own_currency: bool) -> Answer:
        """`own_currency`: as if all amounts were in the field's own; what the answer holds raises Foreign if not."""
        if self.money is not None and self.named is not None:
            return (self._of_own_money if own_currency else self._of_money)(row, self.named, form)
        kind, value = self._value(row)
        if value is None:
            return Answer(self.key, (sa.func.count(),), lambda found: found[0])
        if self.function.startswith("count"):
            counted = sa.func.count(sa.distinct(value) if self.function == "count_distinct" else value)
            return Answer(self.key, (counted,), lambda found: found[0])
        folded = sa.type_coerce(_fold(self.function, value, kind, row.dialect), sql_type(kind))
        return Answer(self.key, (folded,), self._convert(kind, form))

    def _value(self, row: Row) -> tuple[Type, ColumnElement[Any] | None]:
        if self.expression is not None:
            seen = row.seen(row.sight, NamedLiterals(self.prefix))
            return self.expression.type, to_sql_value(self.expression, seen)
        if self.named is None:
            return Type("number"), None
        if self.named.field.entities is not None and not self.named.part:
            return _kind(self.named), row.along(self.named.path[:-1]).column(self.named.path[-1:])
        column = output(row, self.named, "values").columns[0]
        return _kind(self.named), column

    def _of_own_money(self, row: Row, named: Named, form: Form) -> Answer:
        """The folded amount, and whether every currency is the field's own: one comparison a row, no texts to keep."""
        amount, currency = output(row, named, "values").columns[:2]
        kind = named.field.type
        own = kind.from_expression(decimal_of(0)).currency
        folded = sa.type_coerce(_fold(self.function, amount, Type("number"), row.dialect), Number())
        all_of = sa.func.bool_and if row.dialect == "postgresql" else sa.func.min

        def convert(found: Sequence[Any]) -> Any:
            if found[0] is None:
                return None
            if not found[1]:
                raise Foreign
            money = _money(kind, decimal_of(found[0]), own)
            return money if form == "values" else kind.to_json(money)

        return Answer(self.key, (folded, all_of(currency == own, type_=sa.Boolean())), convert)

    def _of_money(self, row: Row, named: Named, form: Form) -> Answer:
        """The folded amount, and the least and greatest currency of the amounts that went into it."""
        amount, currency = output(row, named, "values").columns[:2]
        known = sa.case((amount.is_not(None), currency))
        folded = sa.type_coerce(_fold(self.function, amount, Type("number"), row.dialect), Number())
        kind = named.field.type

        def convert(found: Sequence[Any]) -> Any:
            if found[0] is None:
                return None
            if found[1] != found[2]:
                raise _mixed(self.key, named.text, found[1], found[2])
            money = _money(kind, decimal_of(found[0]), found[1])
            return money if form == "values" else kind.to_json(money)

        return Answer(self.key, (folded, sa.func.min(known), sa.func.max(known)), convert)

    def _convert(self, kind: Type, form: Form) -> Callable[[Sequence[Any]], Any]:
        """Computed money and sums of a field keep the field's own form."""
        field_type = None if self.named is None or self.named.part else self.named.field.type
        if kind.kind != "number":
            return of_kind(kind, form)
        if field_type is not None and (self.function != "avg" or _has_currency(field_type)):
            return lambda found: _as_field(field_type, found[0], form)
        if self.function == "avg":
            places = max(_AVERAGE_PLACES, kind.scale or 0)
            return lambda found: _average(found[0], places, form)
        return (
            (lambda found: found[0]) if form == "values" else lambda found: json_number(found[0], whole=kind.scale == 0)
        )


def read_measure(door: Door, access: Access, request: Aggregate, text: str, index: int) -> Measure:
    """Raises UnknownName or BadRequest with what may be asked."""
    form = _FORM.fullmatch(text)
    function, inner = (form[1], form[2].strip()) if form else (text, "")
    if form is None or function not in FUNCTIONS:
        raise UnknownName.among(text[:60], [f"{name}(…)" for name in FUNCTIONS], where="measure")
    prefix = f"m{index}_"
    if not inner:
        if function == "count":
            return Measure(text, prefix, function)
        raise _refused(say("“{name}” needs something in its brackets.", "“{name}”的括号里需要填写内容。", name=text))
    if PATH.fullmatch(inner):
        measure = Measure(text, prefix, function, named=find(access.shape, request.entity, inner, where="measure"))
        kind = _kind(measure.named) if measure.named else Type("null")
    else:
        expression = door.understanding.expression(access.shape, request.entity, inner)
        measure, kind = Measure(text, prefix, function, expression=expression), expression.type
    _refuse_misfit(function, inner, kind)
    return measure


def _kind(named: Named) -> Type:
    return named.field.type.part_types.get(named.part, TEXT) if named.part else named.field.type.expression_type()


def _refuse_misfit(function: str, inner: str, kind: Type) -> None:
    ordered = ("number", "date", "datetime", "text", "choice", "duration")
    fits = {"sum": ("number",), "avg": ("number",), "min": ordered, "max": ordered}.get(function)
    if fits is not None and kind.kind not in fits:
        raise _refused(
            say(
                "“{function}” does not fit “{inner}”, a {kind}.",
                "“{function}”不适用于“{inner}”（{kind}）。",
                function=function,
                inner=inner[:60],
                kind=str(kind),
            )
        )


def _fold(function: str, value: ColumnElement[Any], kind: Type, dialect: str) -> ColumnElement[Any]:
    if function in ("min", "max") and dialect == "postgresql" and isinstance(value.type, sa.Text | sa.String):
        value = sa.collate(value, "C")
    folded: ColumnElement[Any] = getattr(sa.func, function)(value)
    return folded


def _has_currency(kind: FieldType) -> bool:
    return isinstance(kind.from_expression(decimal_of(0)), Money)


def _as_field(kind: FieldType, number: Any, form: Form) -> Any:
    if number is None:
        return None
    value = kind.from_expression(decimal_of(number))
    return value if form == "values" else kind.to_json(value)


def _average(number: Any, places: int, form: Form) -> Any:
    if number is None:
        return None
    value = rounded(decimal_of(number), places)
    return value if form == "values" else f"{value:f}"


def _money(kind: FieldType, amount: Any, currency: str) -> Money:
    own = kind.from_expression(amount)
    return Money(own.amount, currency)


def _mixed(key: str, name: str, one: str, other: str) -> BadRequest:
    return _refused(
        say(
            "“{key}” would add amounts in {one} and {other}.",
            "“{key}”会把 {one} 与 {other} 的金额相加。",
            key=key,
            one=one,
            other=other,
        ),
        say("Group by {name}.currency.", "请按 {name}.currency 分组。", name=name),
    )


def _refused(message: Text, hint: Text | None = None) -> BadRequest:
    return BadRequest(
        message, hint=hint, details=[Detail(path="measure", code="bad_measure", message=message, hint=hint)]
    )
