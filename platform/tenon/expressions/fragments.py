"""In charge of pieces of SQL that several functions are made of."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from tenon.expressions.numbers import QUOTIENT_PLACES

Sql = ColumnElement[Any]
WHITESPACE = " \t\n\r\x0b\x0c\u00a0\u3000"
MOST_DAYS = 4_000_000
"""More than between the first and the last date there are: whatever moves further has no date."""


class Let(FunctionElement[Any]):
    """`body` in which a name stands for `value`, so that SQL evaluates it once however often it is used."""

    inherit_cache = True
    name = "let"


@compiles(Let)
def _compile_let(element: Let, compiler: Any, **options: Any) -> str:
    """OFFSET 0 keeps PostgreSQL from putting the value back in each place where the name stands."""
    name, value, body = (compiler.process(part, **options) for part in element.clauses)
    fence = " OFFSET 0" if compiler.dialect.name == "postgresql" else ""
    return f"(SELECT {body} FROM (SELECT {value} AS {name}{fence}) AS {name}_of)"  # noqa: S608  (compiled parts only)


def let(name: str, value: Sql, body: Callable[[Sql], Sql]) -> Sql:
    """`body(value)`; safe where `body` uses its argument more than once.

    `name` must differ from those of the lets within which `body` itself makes this one.
    """
    if isinstance(value, (sa.BindParameter, sa.Column)):
        return body(value)
    inner = body(sa.literal_column(name, value.type))
    bound = Let(raw(name), value, inner)
    bound.type = inner.type
    return bound


def raw(text: str, kind: Any = None) -> Sql:
    """SQL of the language itself; never anything that came from a caller."""
    return sa.literal_column(text, kind)


def plus(left: Sql, right: Sql, kind: Any) -> Sql:
    """Unlike SQLAlchemy's own operators these leave the types of binds alone."""
    return left.op("+", precedence=7, return_type=kind)(right)


def minus(left: Sql, right: Sql, kind: Any) -> Sql:
    return left.op("-", precedence=7, return_type=kind)(right)


def times(left: Sql, right: Sql, kind: Any) -> Sql:
    return left.op("*", precedence=8, return_type=kind)(right)


def inline(value: int | str) -> Sql:
    """A number of the language itself (never from a caller) written into the SQL."""
    return sa.literal_column(str(value), sa.Numeric())


def numeric(value: Sql) -> Sql:
    """So that PostgreSQL computes with decimals, never with integers that overflow or cut."""
    return value if isinstance(value.type, sa.Numeric) and not isinstance(value.type, sa.Float) else _cast(value)


def _cast(value: Sql) -> Sql:
    return sa.cast(value, sa.Numeric())


def half_even(value: Sql, places: int) -> Sql:
    """PostgreSQL's own rounding goes away from zero on ties."""
    up, down = (inline(format(10**p, "d") if p >= 0 else "0." + "0" * (-p - 1) + "1") for p in (places, -places))

    def body(v: Sql) -> Sql:
        shifted = v * up
        tie = sa.func.abs(shifted - sa.func.trunc(shifted)) == inline("0.5")
        return sa.case(
            (tie, sa.func.round(shifted * inline("0.5"), type_=sa.Numeric()) * inline(2) * down),
            else_=sa.func.round(v, sa.literal_column(str(places)), type_=sa.Numeric()),
        )

    return let("exact", numeric(value), body)


def quotient(left: Sql, right: Sql) -> Sql:
    """PostgreSQL; the many zeros make it compute enough places."""
    precise = numeric(left) * inline("1." + "0" * 24)
    divided = precise.op("/", precedence=8, return_type=sa.Numeric())(sa.func.nullif(numeric(right), inline(0)))
    return half_even(divided, QUOTIENT_PLACES)


def modulo(left: Sql, right: Sql) -> Sql:
    """PostgreSQL; with the sign of the divisor."""

    def body(divisor: Sql) -> Sql:
        rest = sa.func.mod(numeric(left), divisor, type_=sa.Numeric())
        return sa.func.mod(rest + divisor, divisor, type_=sa.Numeric())

    return let("divisor", sa.func.nullif(numeric(right), inline(0), type_=sa.Numeric()), body)


def whole(value: Sql) -> Sql:
    """PostgreSQL; a number cut to an integer that fits, else null."""
    most = inline(MOST_DAYS)
    return let("number", value, lambda v: sa.case((sa.func.abs(v) <= most, sa.cast(sa.func.trunc(v), sa.Integer()))))


def real_date(value: Sql) -> Sql:
    """PostgreSQL; null outside the years 1 to 9999, which is all that the other targets know."""
    first, last = (raw(f"DATE '{day}'") for day in ("0001-01-01", "9999-12-31"))
    return let("day", value, lambda v: sa.case((v.between(first, last), v)))
