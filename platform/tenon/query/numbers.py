"""In charge of numbers on their way into the database: any scale, exact on PostgreSQL, floats on SQLite."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Number(TypeDecorator[Decimal]):
    """A number that belongs to no column; `fields.storage.Exact` would round it to a scale."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        column: TypeEngine[Any] = sa.NUMERIC() if dialect.name == "postgresql" else sa.NUMERIC(asdecimal=False)
        return dialect.type_descriptor(column)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return None
        return lambda value: None if value is None else float(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return lambda value: None if value is None else decimal_of(value)


def decimal_of(value: Any) -> Decimal:
    """From what a driver gives; a float stands for the shortest decimal that it prints as."""
    if isinstance(value, Decimal):
        return value
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def json_number(value: Any, *, whole: bool = False) -> Any:
    """Whole numbers as numbers, others as text without needless zeros: as the API writes them."""
    if value is None:
        return None
    number = decimal_of(value)
    if whole:
        return int(number)
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
