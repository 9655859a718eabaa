"""In charge of the tables of a model as SQLAlchemy sees them: physical names outside, logical keys inside.

`tables["opportunity"].c["amount.currency"]` is the column of that part, whatever it is called in the database.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from tenon.compiler.collecting import while_making
from tenon.database import IntegrityFailure
from tenon.fields.storage import Identifier, Instant
from tenon.model import Entity, Field, Model
from tenon.schema.following import follow
from tenon.schema.indexes import INTERNAL, WantedIndex
from tenon.schema.ledger import Ledger
from tenon.schema.naming import physical_name
from tenon.schema.words import bound

ALWAYS_THERE = frozenset({"id", "version", "created_at", "changed_at"})
"""System fields no record is without; every other promise of a value is kept by `records`."""


class BrokenPromise(NamedTuple):
    """An integrity failure in the words of the model; `fields` is empty when the database did not say which."""

    entity: str
    fields: tuple[str, ...] = ()


class Tables(Mapping[str, sa.Table]):
    """Entity name → table. Made once per model version."""

    def __init__(self, model: Model, ledger: Ledger, tables: Mapping[str, sa.Table]) -> None:
        self.ledger = ledger
        self._model = model
        self._tables = dict(tables)
        self._entities = {table.name: entity for entity, table in tables.items()}

    def __getitem__(self, entity: str) -> sa.Table:
        return self._tables[entity]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def column(self, entity: str, field: str, part: str = "") -> sa.Column[Any]:
        """Also of `deleted_at` and `deleted_by`, which are no fields. Raises KeyError for a field without column."""
        return self._tables[entity].c[f"{field}.{part}" if part else field]

    def columns(self, entity: str, field: str) -> tuple[sa.Column[Any], ...]:
        """Every column of a field, main column first; empty for computed fields."""
        parts = self._model.entities[entity].fields[field].type.columns()
        return tuple(self.column(entity, field, part.part) for part in parts)

    def broken_promise(self, failure: IntegrityFailure) -> BrokenPromise | None:
        """Which entity and fields a failure speaks of; None when that cannot be told."""
        for index in self.ledger.entries:
            if index.kind == "index" and index.column == failure.constraint:
                return self._named(index.table, WantedIndex.read(index.type).bare_columns)
        for table in self._tables.values():
            for reference in table.foreign_key_constraints:
                if reference.name is not None and reference.name == failure.constraint:
                    return self._named(table.name, tuple(column.name for column in reference.columns))
        return self._named(failure.table, failure.columns)

    def _named(self, table: str, columns: tuple[str, ...]) -> BrokenPromise | None:
        entity = self._entities.get(table)
        if entity is None:
            return None
        keys = {column.name: str(column.key).partition(".")[0] for column in self._tables[entity].columns}
        return BrokenPromise(entity=entity, fields=tuple(keys[column] for column in columns if column in keys))


@while_making()
def build_tables(model: Model, ledger: Ledger) -> Tables:
    """What is not in the ledger yet gets the names it would get; nothing here touches a database."""
    complete = follow(ledger, model, 0)
    metadata = sa.MetaData()
    tables = {
        entity.name: sa.Table(
            _table_name(complete, entity.name),
            metadata,
            *table_columns(model, entity, complete, logical=True),
            implicit_returning=False,
        )
        for entity in model.entities.values()
    }
    return Tables(model, complete, tables)


def table_columns(
    model: Model, entity: Entity, ledger: Ledger, *, logical: bool, references: bool = True
) -> list[sa.Column[Any]]:
    """Fresh columns of an entity; `logical` keys are field names, else the physical names."""
    columns = [
        column
        for field in entity.fields.values()
        for column in field_columns(model, field, ledger, logical=logical, references=references)
    ]
    columns.append(sa.Column(INTERNAL[0], Instant()))
    columns.append(_deleted_by(model, entity, ledger, references=references))
    return columns


def pointing_columns(model: Model, entity: Entity, ledger: Ledger) -> list[sa.Column[Any]]:
    """Fresh columns by their physical names, those alone that may refer to other tables."""
    fields = (field for field in entity.fields.values() if field.target is not None)
    columns = [column for field in fields for column in field_columns(model, field, ledger, logical=False)]
    return [*columns, _deleted_by(model, entity, ledger, references=True)]


def _deleted_by(model: Model, entity: Entity, ledger: Ledger, *, references: bool) -> sa.Column[Any]:
    table = _table_name(ledger, entity.name)
    by = _reference(model, ledger, table, INTERNAL[1], "user") if references else None
    return sa.Column(INTERNAL[1], Identifier(), *([by] if by is not None else []))


def field_columns(
    model: Model, field: Field, ledger: Ledger, *, logical: bool, references: bool = True
) -> list[sa.Column[Any]]:
    columns: list[sa.Column[Any]] = []
    for stored in (bound(field.type, ledger, model.entities) if logical else field.type).columns():
        entry = ledger.column(field.entity, field.name, stored.part)
        if entry is None:
            raise KeyError(f"the ledger has no column for {field.entity}.{field.name}")
        points = field.target if references and not stored.part else None
        reference = _reference(model, ledger, entry.table, entry.column, points)
        columns.append(
            sa.Column(
                entry.column,
                stored.type,
                *([reference] if reference is not None else []),
                key=entry.path.partition(".")[2] if logical else entry.column,
                primary_key=field.name == "id",
                nullable=not (field.system and field.name in ALWAYS_THERE),
                autoincrement=False,
            )
        )
    return columns


def _reference(model: Model, ledger: Ledger, table: str, column: str, target: str | None) -> sa.ForeignKey | None:
    if target is None or target not in model.entities:
        return None
    identity = ledger.column(target, "id")
    if identity is None:
        return None
    name = physical_name(f"{table}__{column}_ref", ())
    return sa.ForeignKey(f"{identity.table}.{identity.column}", name=name)


def _table_name(ledger: Ledger, entity: str) -> str:
    entry = ledger.table(entity)
    if entry is None:
        raise KeyError(f"the ledger has no table for {entity}")
    return entry.table
