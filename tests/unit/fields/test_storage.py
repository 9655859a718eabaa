"""In charge of the promises of column types that the round trips of the contract suite cannot show."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from tenon.fields.storage import Day, Exact, Identifier, Instant, LongText, ShortText, Words, rounded

SQLITE = sqlite.dialect()
POSTGRES = postgresql.dialect()
SHANGHAI = timezone(timedelta(hours=8))


def to_driver(type: TypeEngine[Any], value: Any, dialect: Any = SQLITE) -> Any:
    process = type.dialect_impl(dialect).bind_processor(dialect)
    return value if process is None else process(value)


def from_driver(type: TypeEngine[Any], value: Any, dialect: Any = SQLITE) -> Any:
    process = type.dialect_impl(dialect).result_processor(dialect, None)
    return value if process is None else process(value)


@pytest.mark.parametrize(
    ("type", "on_sqlite", "on_postgres"),
    [
        (Identifier(), "CHAR(36)", "UUID"),
        (Exact(2), "NUMERIC", "NUMERIC"),
        (Instant(), "TEXT", "TIMESTAMP WITH TIME ZONE"),
        (Day(), "TEXT", "DATE"),
        (Words(), "TEXT", "JSONB"),
        (ShortText(), "TEXT", 'TEXT COLLATE "C"'),
        (LongText(), "TEXT", 'TEXT COLLATE "C"'),
    ],
)
def test_each_database_gets_its_own_column(type: TypeEngine[Any], on_sqlite: str, on_postgres: str) -> None:
    assert type.compile(dialect=SQLITE) == on_sqlite
    assert type.compile(dialect=POSTGRES) == on_postgres


@pytest.mark.parametrize(
    ("written", "kept"), [("0.125", "0.12"), ("0.135", "0.14"), ("2.675", "2.68"), ("-0.004", "0.00"), ("7", "7.00")]
)
def test_exact_rounds_half_to_even_and_keeps_its_places(written: str, kept: str) -> None:
    for dialect in (SQLITE, POSTGRES):
        stored = to_driver(Exact(2), Decimal(written), dialect)
        assert str(from_driver(Exact(2), stored, dialect)) == kept


def test_exact_takes_what_a_sum_in_floats_gives() -> None:
    assert str(from_driver(Exact(2), 0.1 + 0.2)) == "0.30"
    assert str(from_driver(Exact(2), 5)) == "5.00"


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(0, 9))
def test_fifteen_digits_survive_sqlite_exactly(digits: int, scale: int) -> None:
    value = rounded(Decimal(digits).scaleb(-scale), scale)
    assert from_driver(Exact(scale), to_driver(Exact(scale), value)) == value


@pytest.mark.parametrize("value", [1.5, "1.50", True])
def test_exact_refuses_what_is_not_exact(value: Any) -> None:
    with pytest.raises(TypeError):
        to_driver(Exact(2), value)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES])
def test_an_instant_must_know_its_zone(dialect: Any) -> None:
    with pytest.raises(TypeError, match="aware"):
        to_driver(Instant(), datetime(2026, 3, 14, 9), dialect)  # noqa: DTZ001
    with pytest.raises(TypeError, match="aware"):
        to_driver(Instant(), "2026-03-14", dialect)


def test_an_instant_is_utc_wherever_it_comes_from() -> None:
    local = datetime(2026, 3, 14, 17, tzinfo=SHANGHAI)
    assert to_driver(Instant(), local) == "2026-03-14 09:00:00.000000"
    for dialect, raw in ((SQLITE, "2026-03-14 09:00:00.000000"), (POSTGRES, local)):
        found = from_driver(Instant(), raw, dialect)
        assert found == local
        assert found.tzinfo is UTC


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_sqlite_orders_instants_as_time_does(first: datetime, second: datetime) -> None:
    assert (to_driver(Instant(), first) < to_driver(Instant(), second)) is (first < second)
    assert from_driver(Instant(), to_driver(Instant(), first)) == first


def test_a_day_is_no_instant() -> None:
    assert to_driver(Day(), date(2026, 3, 14)) == "2026-03-14"
    with pytest.raises(TypeError):
        to_driver(Day(), datetime(2026, 3, 14, tzinfo=UTC))


def test_words_are_read_from_text_and_from_what_a_driver_made_of_it() -> None:
    assert to_driver(Words(), ["a", "重点"]) == '["a","重点"]'
    assert from_driver(Words(), '["a"]', POSTGRES) == from_driver(Words(), ["a"], POSTGRES) == ["a"]


def test_constants_can_stand_in_a_statement() -> None:
    clause = sa.literal("it's", ShortText()) == sa.literal(Decimal("1.5"), Exact(2))
    text = str(clause.compile(dialect=SQLITE, compile_kwargs={"literal_binds": True}))
    assert text == "'it''s' = 1.5"
