"""In charge of the columns of both databases: what a value looks like in SQLite and in PostgreSQL.

Every type converts in its bind and result processors alone, so a statement whose text was compiled once
gives the same values when it is run on the bare cursor of sqlite3 or psycopg. None passes untouched.
"""

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, ClassVar, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")
Convert = Callable[[Any], Any]

ROUNDING = Context(prec=76, rounding=ROUND_HALF_EVEN)
"""Wide enough for any sum of stored numbers; the thread's own context may be changed by anybody."""

Boolean = sa.Boolean
Whole = sa.BigInteger


def rounded(value: Decimal, scale: int) -> Decimal:
    """`value` half-even at `scale` places, always written with that many places; never “-0”."""
    result = value.quantize(Decimal((0, (1,), -scale)), context=ROUNDING)
    return result if result else abs(result)


class _Stored(TypeDecorator[T]):
    """A column type that is nothing but two conversions per dialect."""

    __abstract__ = True
    cache_ok = True

    @abstractmethod
    def column(self, postgres: bool) -> TypeEngine[Any]:
        """The bare SQL type."""

    def binding(self, postgres: bool) -> Convert | None:
        """From value to driver; None: as it is. Raises TypeError for what the column cannot hold."""

    def reading(self, postgres: bool) -> Convert | None:
        """From driver to value; None: as it is."""

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.column(_is_postgres(dialect)))

    def bind_processor(self, dialect: Dialect) -> Convert | None:
        return _unless_none(self.binding(_is_postgres(dialect)))

    def result_processor(self, dialect: Dialect, coltype: object) -> Convert | None:
        return _unless_none(self.reading(_is_postgres(dialect)))

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        bind = self.bind_processor(dialect)

        def literal(value: Any) -> str:
            return _quoted(bind(value) if bind else value)

        return literal


class Identifier(_Stored[str]):
    """The id of a record: lower-case UUID text."""

    impl = sa.String
    cache_ok = True

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return postgresql.UUID(as_uuid=False) if postgres else sa.CHAR(36)

    def reading(self, postgres: bool) -> Convert | None:
        return str if postgres else None


class Exact(_Stored[Decimal]):
    """A decimal number with `scale` places. SQLite keeps floats: exact to 15 digits, which field types enforce."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int = 2) -> None:
        super().__init__()
        self.scale = scale

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return sa.NUMERIC()

    def binding(self, postgres: bool) -> Convert:
        scale = self.scale

        def to_number(value: Any) -> Any:
            exact = rounded(_decimal(value), scale)
            return exact if postgres else float(exact)

        return to_number

    def reading(self, postgres: bool) -> Convert:
        scale = self.scale
        places = Decimal((0, (1,), -scale))

        def from_number(value: Any) -> Decimal:
            exact = value if isinstance(value, Decimal) else Decimal(repr(value))
            result = exact.quantize(places, context=ROUNDING)
            return result if result else abs(result)

        return from_number


class Instant(_Stored[datetime]):
    """A moment. Python sees aware UTC; SQLite keeps UTC text whose order is the order of time."""

    impl = sa.DateTime
    cache_ok = True

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return postgresql.TIMESTAMP(timezone=True) if postgres else sa.TEXT()

    def binding(self, postgres: bool) -> Convert:
        return _aware_utc if postgres else _instant_text

    def reading(self, postgres: bool) -> Convert:
        return _aware_utc if postgres else _instant_of_text


class Day(_Stored[date]):
    """A date without time."""

    impl = sa.Date
    cache_ok = True

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return sa.DATE() if postgres else sa.TEXT()

    def binding(self, postgres: bool) -> Convert:
        return _day if postgres else _day_text

    def reading(self, postgres: bool) -> Convert | None:
        return None if postgres else date.fromisoformat


class Length(_Stored[timedelta]):
    """A length of time, as the expression language has it: seconds in PostgreSQL, whole microseconds in SQLite."""

    impl = sa.Numeric
    cache_ok = True

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return sa.NUMERIC() if postgres else sa.BigInteger()

    def binding(self, postgres: bool) -> Convert:
        return _seconds if postgres else _microseconds

    def reading(self, postgres: bool) -> Convert:
        return _length_of_seconds if postgres else _length_of_microseconds


class Words(_Stored[list[str]]):
    """A list of texts, in order, as JSON."""

    impl = sa.JSON
    cache_ok = True

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return postgresql.JSONB() if postgres else sa.TEXT()

    def binding(self, postgres: bool) -> Convert:
        return _json_text

    def reading(self, postgres: bool) -> Convert:
        return _words_of_json


class _PostgresText(sa.TEXT):
    render_bind_cast = True


class LongText(_Stored[str]):
    """Text of any length, compared and sorted by code point on both databases."""

    impl = sa.Text
    cache_ok = True
    collation: ClassVar[str] = "C"

    def column(self, postgres: bool) -> TypeEngine[Any]:
        return _PostgresText(collation=self.collation) if postgres else sa.TEXT()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Not adapted: the drivers would make it a VARCHAR."""
        return self.column(_is_postgres(dialect))


class ShortText(LongText):
    """Text of one line; the same column as `LongText`, told apart so that indexes are made on short ones only."""

    cache_ok = True


class EntityWord(ShortText):
    """The name of an entity. `words` gives the text that is stored for each, which stays when it is renamed.

    Without `words` names are stored as they are; with them, what is stored for an entity that is no more reads as None.
    """

    cache_ok = True

    def __init__(self, words: tuple[tuple[str, str], ...] | None = None) -> None:
        super().__init__()
        self.words = words

    def binding(self, postgres: bool) -> Convert | None:
        return None if self.words is None else dict(self.words).__getitem__

    def reading(self, postgres: bool) -> Convert | None:
        return None if self.words is None else {word: name for name, word in self.words}.get


def _is_postgres(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


def _unless_none(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None

    def process(value: Any) -> Any:
        return None if value is None else convert(value)

    return process


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise TypeError(f"a decimal column takes Decimal or int, not {type(value).__name__}")


def _aware_utc(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"an instant must be an aware datetime, not {value!r}")
    return value.astimezone(UTC)


def _instant_text(value: Any) -> str:
    return _aware_utc(value).strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")


def _instant_of_text(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"a date column takes a date, not {value!r}")
    return value


def _day_text(value: Any) -> str:
    return _day(value).isoformat()


def _microseconds(value: Any) -> int:
    if not isinstance(value, timedelta):
        raise TypeError(f"a length column takes a timedelta, not {value!r}")
    return value // timedelta(microseconds=1)


def _seconds(value: Any) -> Decimal:
    return Decimal(_microseconds(value)).scaleb(-6, context=ROUNDING)


def _length_of_seconds(value: Any) -> timedelta:
    return timedelta(microseconds=int(Decimal(value).scaleb(6, context=ROUNDING).to_integral_value()))


def _length_of_microseconds(value: Any) -> timedelta:
    return timedelta(microseconds=int(value))


def _json_text(value: Any) -> str:
    return orjson.dumps(list(value)).decode()


def _words_of_json(value: Any) -> list[str]:
    words: list[str] = orjson.loads(value) if isinstance(value, str | bytes) else value
    return words


def _quoted(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float | Decimal):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
