"""In charge of the promise that every filter people can build compiles, and means the same in Python and in SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from samples.field_types import VARIATIONS, variation
from tenon.database import Database
from tenon.expressions import (
    BOOLEAN,
    TEXT,
    Context,
    Expression,
    RecordShape,
    Scope,
    Type,
    compile_expression,
    record_of,
    to_python,
    to_sql,
)
from tenon.fields import FieldType, Operator, Vault
from tenon.fields.base import Occasion
from tenon.fields.storage import Day, Identifier, Instant, Length, ShortText

NAMES = sorted(VARIATIONS)
NOW = datetime(2026, 3, 14, 20, 30, tzinfo=UTC)
TODAY = date(2026, 3, 15)
ZONE = "Asia/Shanghai"
ME = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"
BINDS: dict[str, Any] = {
    "date": Day(),
    "datetime": Instant(),
    "record": Identifier(),
    "number": sa.Numeric(),
    "duration": Length(),
}
OCCASION = Occasion(record_id=ME, actor_id=ME, actor_name="Ann", now=NOW, vault=Vault({"k1": b"k" * 32}, "k1"))
MORE = {
    "datetime": ("2026-03-15T02:00:00+08:00", "2026-03-14T15:59:59Z", "2026-02-28T23:00:00Z", "2027-01-01T00:00:00Z"),
    "date": ("2026-03-15", "2026-03-01", "2026-03-31", "2025-12-31", "2026-04-01"),
    "lookup": ("0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4c",),
    "user": ("0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4c",),
}


@dataclass(frozen=True)
class Shape:
    name: str
    types: tuple[tuple[str, Type], ...]
    hierarchy: None = None

    def attribute(self, name: str) -> Type | None:
        return dict(self.types).get(name)

    def attributes(self) -> Iterable[str]:
        return dict(self.types)


def shape_of(type: FieldType) -> RecordShape:
    if type.target is None:
        return Shape("sample", (("it", type.expression_type()),))
    return Shape("sample", (("it", record_of(Shape(type.target, (("id", TEXT),)))),))


class Source:
    """One table; constants and the actor are written into the statement as binds. An id is text to expressions."""

    def __init__(self, table: sa.Table, dialect: str, kind: Type) -> None:
        self.table, self.dialect, self.kind = table, dialect, kind

    def column(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        column = self.table.c.v
        return sa.cast(column, ShortText()) if is_id_text(column, self.kind) else column

    def user(self, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
        return sa.literal(ME, Identifier())

    def today(self) -> sa.ColumnElement[Any]:
        return sa.literal(TODAY, Day())

    def now(self) -> sa.ColumnElement[Any]:
        return sa.literal(NOW, Instant())

    def timezone(self) -> sa.ColumnElement[Any]:
        return sa.literal(ZONE, ShortText())

    def literal(self, value: Any, kind: Type) -> sa.ColumnElement[Any]:
        if kind.kind == "number" and self.dialect == "sqlite":
            return sa.literal(float(value), sa.Float())
        return sa.literal(value, BINDS.get(kind.kind, ShortText()))


def is_id_text(column: sa.Column[Any], kind: Type) -> bool:
    return isinstance(column.type, Identifier) and kind.kind == "text"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    yield database
    database.close()


def sample_values(type: FieldType) -> list[Any]:
    values = [type.parse(raw) for raw in (*type.examples(), *MORE.get(type.key, ()))]
    if type.settles:
        values = [type.settled(value, None, OCCASION) for value in values]
    short = [value for value in values if len(str(value)) < 1000]
    return [value for number, value in enumerate(short) if value not in short[:number]]


def operands(type: FieldType, operator: Operator, values: list[Any]) -> list[list[str]]:
    if operator.takes == "none":
        return [[]]
    entries = [value[0] if isinstance(value, list) else value for value in values][:4]
    literals = [type.literal(value) for value in entries]
    pairs = [[literals[0], literals[-1]], [literals[-1], literals[0]]]
    return {
        "count": [["7"], ["400"]],
        "one": [[literal] for literal in literals],
        "two": pairs,
        "many": [literals[:2], literals[-1:]],
    }[operator.takes]


def expressions(type: FieldType, values: list[Any]) -> Iterator[Expression]:
    scope = Scope(record=shape_of(type), user=Shape("user", (("id", TEXT),)))
    for operator in type.operators:
        for literals in operands(type, operator, values):
            yield compile_expression(operator.write("it", literals), scope, expected=BOOLEAN)


@pytest.mark.parametrize("name", NAMES)
def test_operators_have_names_of_their_own(name: str) -> None:
    names = [operator.name for operator in variation(name).operators]
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize("name", [name for name in NAMES if variation(name).columns() and not variation(name).members])
def test_every_operator_means_the_same_in_python_and_sql(name: str, database: Database) -> None:
    type = variation(name)
    values = [*sample_values(type), None]
    table = sa.Table(
        "sample",
        sa.MetaData(),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("v", type.columns()[0].type),
    )
    with database.engine.begin() as connection:
        table.create(connection)
        rows = [{"number": number, "v": type.to_columns(value)[0]} for number, value in enumerate(values)]
        connection.execute(table.insert(), rows)
    shape = shape_of(type)
    with database.reading() as connection:
        for expression in expressions(type, values[:-1]):
            condition = to_sql(expression, Source(table, database.dialect, shape.attribute("it")))
            found = connection.execute(sa.select(table.c.number).where(condition).order_by(table.c.number))
            assert [number for (number,) in found] == python_matches(expression, type, values), expression.text


def python_matches(expression: Expression, type: FieldType, values: list[Any]) -> list[int]:
    holds = to_python(expression)
    return [
        number
        for number, value in enumerate(values)
        if holds(
            Context(record={"it": type.expression_value(value)}, today=TODAY, now=NOW, user={"id": ME}, timezone=ZONE)
        )
    ]


def test_relative_periods_hold_the_days_they_name() -> None:
    type = variation("date")
    expected = {
        "today": ["2026-03-15"],
        "overdue": ["2026-02-28", "2026-03-14"],
        "this_week": ["2026-03-14", "2026-03-15", "2026-03-09"],
        "last_month": ["2026-02-28", "2026-02-01"],
        "next_month": ["2026-04-30"],
        "last_quarter": ["2025-12-31", "2025-10-01"],
        "this_year": ["2026-01-01", "2026-12-31"],
        "last_days": ["2026-03-15", "2026-03-08"],
        "next_days": ["2026-03-15", "2026-03-22"],
    }
    scope = Scope(record=shape_of(type))
    operators = {operator.name: operator for operator in type.operators}
    for name, days in expected.items():
        operator = operators[name]
        text = operator.write("it", ["7"] if operator.takes == "count" else [])
        holds = to_python(compile_expression(text, scope))
        for day in days:
            context = Context(record={"it": date.fromisoformat(day)}, today=TODAY, now=NOW, timezone=ZONE)
            assert holds(context) is True, (name, day)
        outside = Context(record={"it": date(2020, 1, 1)}, today=TODAY, now=NOW, timezone=ZONE)
        assert holds(outside) is (name == "overdue")
