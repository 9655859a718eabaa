"""In charge of a ledger that lost entries: finding the tables and columns they were about, and entering them again.

Nothing is guessed where a guess could show one field's values as another's: a column is taken only when it has the
name the field would have got and no other entry claims it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from tenon.database import Connection
from tenon.model import Entity, Model
from tenon.schema.columns import type_word
from tenon.schema.ledger import Entry, Ledger, path_of
from tenon.schema.naming import physical_name


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Paths (`account`, `account.city`) that were entered again, and those of which no column was found."""

    entered: tuple[str, ...]
    lost: tuple[str, ...]


def repair_ledger(model: Model, connection: Connection) -> Repair:
    """In the transaction of `connection`. Does nothing when the ledger has all that `model` needs."""
    before = Ledger.load(connection)
    found: dict[str, Entry | None] = {}
    tables = _with_tables(before, model, connection, found)
    after = _with_columns(tables, model, connection, found)
    after.save(connection, before)
    return Repair(
        entered=tuple(path for path, entry in found.items() if entry is not None),
        lost=tuple(path for path, entry in found.items() if entry is None),
    )


def _with_tables(ledger: Ledger, model: Model, connection: Connection, found: dict[str, Entry | None]) -> Ledger:
    present = set(sa.inspect(connection.sqlalchemy).get_table_names())
    for entity in model.entities.values():
        if ledger.table(entity.name) is None:
            table = _table_of(ledger, entity.name, present)
            found[entity.name] = Entry(kind="entity", path=entity.name, table=table) if table else None
    return Ledger((*ledger.entries, *(entry for entry in found.values() if entry is not None)))


def _table_of(ledger: Ledger, entity: str, present: set[str]) -> str:
    """Where its fields still are, else the name it would have got; "" when neither is there."""
    homes = {e.table for e in ledger.entries if e.kind == "field" and e.path.partition(".")[0] == entity}
    known = {entry.table for entry in ledger.entries}
    if len(homes) == 1:
        return homes.pop()
    name = physical_name(f"t_{entity}", ())
    return name if name in present and name not in known else ""


def _with_columns(ledger: Ledger, model: Model, connection: Connection, found: dict[str, Entry | None]) -> Ledger:
    added = []
    for entity in model.entities.values():
        table = ledger.table(entity.name)
        if table is None:
            continue
        for entry in _missing(ledger, entity, table.table):
            present = {column["name"] for column in sa.inspect(connection.sqlalchemy).get_columns(table.table)}
            there = entry.column in present and ledger.at(entry.place) is None
            found[entry.path] = entry if there else None
            added.extend([entry] if there else [])
    return Ledger((*ledger.entries, *added))


def _missing(ledger: Ledger, entity: Entity, table: str) -> Iterator[Entry]:
    """As the entries would be if every column had the name it is given at first."""
    for field in entity.fields.values():
        for column in field.type.columns():
            if ledger.column(entity.name, field.name, column.part) is None:
                wanted = f"{field.name}_{column.part}" if column.part else field.name
                yield Entry(
                    kind="field",
                    path=path_of(entity.name, field.name, column.part),
                    table=table,
                    column=physical_name(wanted, ()),
                    type=type_word(column.type),
                )
