"""In charge of a database and the model last published to it, for tests of plans and their effects."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.compiler import SourceFile, Sources
from tenon.database import Database, UnitOfWork
from tenon.ids import new_id
from tenon.model import Model
from tenon.schema import Ledger, Plan, Tables, apply, build_tables, drift, plan

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
SOURCES = Sources(files=(SourceFile(layer="workspace", path="workspace.yaml", text="name: 演示\n"),))


class Bench:
    """A database and the model last published to it."""

    def __init__(self, url: str, clock: FixedClock) -> None:
        self.database = Database.open(url)
        self.clock = clock
        self.model: Model | None = None

    def plan(self, model: Model) -> Plan:
        with self.database.reading() as connection:
            return plan(self.model, model, Ledger.load(connection), connection)

    def apply(self, made: Plan) -> int:
        with self.database.writing() as connection:
            unit = UnitOfWork(Actor.system("test"), connection, self.clock.now())
            number = apply(made, unit, SOURCES, reason="because")
        self.model = made.model
        return number

    def publish(self, model: Model, answers: Mapping[str, str] | None = None) -> Plan:
        made = self.plan(model).accepting(answers or {})
        self.apply(made)
        return made

    def ledger(self) -> Ledger:
        with self.database.reading() as connection:
            return Ledger.load(connection)

    def tables(self) -> Tables:
        assert self.model is not None
        return build_tables(self.model, self.ledger())

    def insert(self, entity_name: str, **values: Any) -> str:
        identity = new_id()
        row = {"id": identity, "version": 1, "created_at": NOW, "changed_at": NOW, **values}
        table = self.tables()[entity_name]
        with self.database.writing() as connection:
            connection.write(sa.insert(table).values(row))
        return identity

    def values(self, name: str, column: str) -> list[Any]:
        found = self.tables().column(name, column)
        with self.database.reading() as connection:
            return [value for (value,) in connection.execute(sa.select(found).order_by(found))]

    def update(self, name: str, identity: str, **values: Any) -> None:
        """As the writer does: the moment of change moves on."""
        table = self.tables()[name]
        moved = sa.update(table).where(table.c.id == identity).values({**values, "changed_at": self.clock.now()})
        with self.database.writing() as connection:
            connection.write(moved)

    def by_id(self, name: str, column: str) -> dict[str, Any]:
        table = self.tables()[name]
        with self.database.reading() as connection:
            return dict(connection.execute(sa.select(table.c.id, table.c[column])))

    def problems(self) -> list[str]:
        assert self.model is not None
        with self.database.reading() as connection:
            return [
                f"{problem.code} {problem.path}" for problem in drift(self.model, Ledger.load(connection), connection)
            ]

    def shape(self) -> list[tuple[str, list[str], list[str]]]:
        """Every table with its columns and indexes, as the database tells it."""
        with self.database.reading() as connection:
            inspector = sa.inspect(connection.sqlalchemy)
            return [
                (
                    table,
                    [column["name"] for column in inspector.get_columns(table)],
                    sorted(str(index["name"]) for index in inspector.get_indexes(table)),
                )
                for table in sorted(inspector.get_table_names())
            ]
