"""In charge of the ledger: which table and column each entity and field lives in, today and before.

Physical names never change. A rename changes the path of an entry; a removal changes its state; both leave the
column alone, so processes that still run the model before go on working. A ledger is a value; `tenon.schema.following`
makes the next one from it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import sqlalchemy as sa

from tenon.database import Connection
from tenon.schema.system import SYSTEM_TABLES, installed

Kind = Literal["entity", "field", "index"]
State = Literal["live", "retired"]
Place = tuple[str, str, str]

_MEANS = " as "
_TABLE = SYSTEM_TABLES["ledger"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`path` is `opportunity`, `opportunity.amount` or `opportunity.amount.currency`.

    `column` is "" for an entity and the index's name for an index. `type` is a column's type word or an index's
    definition. `meaning` tells what a column's values are (`schema.meanings`); "" when nobody noted it.
    `since` is the version that gave the entry its present state.
    """

    kind: Kind
    path: str
    table: str
    column: str = ""
    type: str = ""
    meaning: str = ""
    state: State = "live"
    since: int = 0

    @property
    def place(self) -> Place:
        """What the entry is about, for good."""
        return (self.kind, self.table, self.column)


@dataclass(frozen=True)
class Ledger:
    entries: tuple[Entry, ...] = ()

    @classmethod
    def load(cls, connection: Connection) -> "Ledger":
        """Empty for a database nothing was ever published to."""
        if not installed(connection):
            return cls()
        columns = [_TABLE.c[name] for name in ("kind", "path", "table_name", "column_name", "type", "state", "since")]
        rows = connection.execute(sa.select(*columns).order_by(*columns[:4]))
        return cls(tuple(_entry(*row) for row in rows))

    def save(self, connection: Connection, before: "Ledger") -> None:
        """Write what differs from `before`."""
        old = {entry.place: entry for entry in before.entries}
        new = {entry.place: entry for entry in self.entries}
        changed = [place for place, entry in new.items() if old.get(place) not in (None, entry)]
        gone = [{"k": kind, "t": table, "c": column} for kind, table, column in [*changed, *(old.keys() - new.keys())]]
        here = (_TABLE.c.kind == sa.bindparam("k"), _TABLE.c.table_name == sa.bindparam("t"))
        connection.many(sa.delete(_TABLE).where(*here, _TABLE.c.column_name == sa.bindparam("c")), gone)
        names = ("kind", "path", "table_name", "column_name", "type", "state", "since")
        added = [entry for place, entry in new.items() if old.get(place) != entry]
        rows = [
            dict(zip(names, (e.kind, e.path, e.table, e.column, _written(e), e.state, e.since), strict=True))
            for e in added
        ]
        connection.many(sa.insert(_TABLE).values({name: sa.bindparam(name) for name in names}), rows)

    def table(self, entity: str) -> Entry | None:
        """The live entry of an entity."""
        return self._live.get(("entity", entity))

    def column(self, entity: str, field: str, part: str = "") -> Entry | None:
        """The live entry of a field's column."""
        return self._live.get(("field", path_of(entity, field, part)))

    def columns(self, table: str) -> list[Entry]:
        """The live columns of a physical table."""
        return [entry for entry in self._of_table.get(table, ()) if entry.kind == "field" and entry.state == "live"]

    def indexes(self, table: str) -> list[Entry]:
        return [entry for entry in self._of_table.get(table, ()) if entry.kind == "index"]

    def tables(self) -> list[Entry]:
        """The live entities."""
        return [entry for entry in self.entries if entry.kind == "entity" and entry.state == "live"]

    def retired(self) -> list[Entry]:
        """Columns and tables nobody sees any more."""
        return [entry for entry in self.entries if entry.state == "retired"]

    def at(self, place: Place) -> Entry | None:
        """The entry of a physical table, column or index, live or retired."""
        return self._places.get(place)

    @cached_property
    def _live(self) -> dict[tuple[str, str], Entry]:
        return {(entry.kind, entry.path): entry for entry in self.entries if entry.state == "live"}

    @cached_property
    def _places(self) -> dict[Place, Entry]:
        return {entry.place: entry for entry in self.entries}

    @cached_property
    def _of_table(self) -> dict[str, list[Entry]]:
        grouped: dict[str, list[Entry]] = {}
        for entry in self.entries:
            grouped.setdefault(entry.table, []).append(entry)
        return grouped


def _entry(kind: Kind, path: str, table: str, column: str, written: str, state: State, since: int) -> Entry:
    type_, _sign, meaning = written.partition(_MEANS) if kind == "field" else (written, "", "")
    return Entry(
        kind=kind, path=path, table=table, column=column, type=type_, meaning=meaning, state=state, since=since
    )


def _written(entry: Entry) -> str:
    """Type and meaning share a column of the ledger, as they did not always both exist."""
    return f"{entry.type}{_MEANS}{entry.meaning}" if entry.meaning else entry.type


def path_of(entity: str, field: str, part: str = "") -> str:
    return f"{entity}.{field}.{part}" if part else f"{entity}.{field}"
