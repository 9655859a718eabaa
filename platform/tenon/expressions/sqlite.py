"""In charge of what SQLite lacks: the functions' own Python meanings, registered with a connection.

SQLite keeps decimals as floats; a float stands for the shortest decimal that it prints as, so what has at most
15 digits is exact. Lengths of time are whole microseconds.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import tenon.expressions.functions  # noqa: F401  (fills the catalogue)
from tenon.expressions import numbers
from tenon.expressions.catalogue import FUNCTIONS, Function, sqlite_name
from tenon.expressions.functions.dates import local_date

_MICROSECOND = timedelta(microseconds=1)
_ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "tenon_add": numbers.add,
    "tenon_subtract": numbers.subtract,
    "tenon_multiply": numbers.multiply,
    "tenon_divide": numbers.divide,
    "tenon_remainder": numbers.remainder,
}


def register_sqlite_functions(connection: Any) -> None:
    """`connection` is the driver's own; to be called once for each new connection."""
    for name, operation in _ARITHMETIC.items():
        connection.create_function(name, 2, _on_numbers(operation), deterministic=True)
    for definition in FUNCTIONS.values():
        if definition.has_sql and type(definition).python is not Function.python:
            connection.create_function(sqlite_name(definition.name), -1, _adapted(definition), deterministic=True)
    connection.create_function("tenon_local_date", 2, _local_date, deterministic=True)
    connection.create_aggregate("tenon_sum", 1, _Sum)


def from_sqlite(value: Any, kind: str) -> Any:
    """The run-time value of what SQLite keeps."""
    if value is None:
        return None
    read = _READERS.get(kind)
    return value if read is None else read(value)


def to_sqlite(value: Any) -> Any:
    """What SQLite keeps of a run-time value."""
    write = _WRITERS.get(type(value))
    return value if write is None else write(value)


def _read_number(value: Any) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _write_number(value: Decimal) -> int | float:
    whole = int(value) if value == value.to_integral_value() else None
    return whole if whole is not None and -(2**53) < whole < 2**53 else float(value)


def _write_moment(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


_READERS: dict[str, Callable[[Any], Any]] = {
    "number": _read_number,
    "boolean": bool,
    "date": lambda value: date.fromisoformat(value[:10]),
    "datetime": lambda value: datetime.fromisoformat(value).replace(tzinfo=UTC),
    "duration": lambda value: timedelta(microseconds=value),
}
_WRITERS: dict[type, Callable[[Any], Any]] = {
    Decimal: _write_number,
    bool: int,
    date: date.isoformat,
    datetime: _write_moment,
    timedelta: lambda value: value // _MICROSECOND,
}


def _on_numbers(operation: Callable[[Decimal, Decimal], Decimal | None]) -> Callable[[Any, Any], Any]:
    def call(left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        return to_sqlite(operation(_read_number(left), _read_number(right)))

    return call


def _adapted(definition: Function) -> Callable[..., Any]:
    """The Python meaning over what SQLite keeps."""
    kinds = [parameter.kinds[0] if len(set(parameter.kinds)) == 1 else "" for parameter in definition.parameters]
    strict, meaning = definition.nulls == "strict", definition.python
    if definition.parameters and definition.parameters[-1].many:
        kinds += kinds[-1:] * 100

    def call(*values: Any) -> Any:
        if strict and None in values:
            return None
        padded = [*kinds[: len(values)], *[""] * (len(values) - len(kinds))]
        return to_sqlite(meaning(*map(from_sqlite, values, padded)))

    return call


def _local_date(moment: str | None, zone: str) -> str | None:
    if moment is None:
        return None
    try:
        return local_date(from_sqlite(moment, "datetime"), zone).isoformat()
    except OverflowError:
        return None


class _Sum:
    """Decimal addition, where the number of places is not known beforehand."""

    def __init__(self) -> None:
        self.total: Decimal | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self.total = numbers.add(self.total or Decimal(0), _read_number(value))

    def finalize(self) -> Any:
        return to_sqlite(self.total)
