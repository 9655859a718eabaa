"""In charge of the only way data is dropped: retired columns and tables, after a time, with somebody's consent.

What is dropped is gone; the version that is published is published again under the next number, with the list of what
went as its reason, so that every process looks at the ledger again and the list of versions tells who did it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tenon.database import Connection, UnitOfWork
from tenon.errors import Conflict
from tenon.fields.any_record import ENTITY, AnyRecordField
from tenon.fields.storage import LongText, ShortText
from tenon.schema.counting import Counts
from tenon.schema.ledger import Entry, Ledger
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.turns import take_turns
from tenon.schema.versions import describe_version, published, record_version, seal_of, versions
from tenon.schema.words import word_of
from tenon.texts import say

_HISTORIES = (SYSTEM_TABLES["history"], SYSTEM_TABLES["stage_history"])


@dataclass(frozen=True, kw_only=True)
class Retired:
    """A retired table, or column of a table in use. `since` is when; `version` what retired it; `size` is in bytes."""

    path: str
    table: str
    column: str
    rows: int
    size: int
    version: int
    since: datetime

    @property
    def shown(self) -> str:
        return f"{self.path}@{self.version}"


def retired(connection: Connection, now: datetime, keep: timedelta) -> list[Retired]:
    """What was retired longer ago than `keep`, with what it holds. Reads every value of it."""
    ledger = Ledger.load(connection)
    moments = {version.number: version.at for version in versions(connection)}
    gone = {entry.table for entry in ledger.retired() if entry.kind == "entity"}
    counts = Counts(connection)
    found = []
    for entry in ledger.retired():
        since = moments.get(entry.since)
        inside = entry.kind == "field" and entry.table in gone
        if not entry.path or inside or since is None or now - since < keep:
            continue
        columns = [entry.column] if entry.column else _columns_of(ledger, entry.table)
        rows = counts.values(entry.table, entry.column) if entry.column else counts.rows(entry.table)
        size = sum(_size(connection, entry.table, column) for column in columns) if rows else 0
        found.append(
            Retired(
                path=entry.path,
                table=entry.table,
                column=entry.column,
                rows=rows,
                size=size,
                version=entry.since,
                since=since,
            )
        )
    return found


def purge(unit: UnitOfWork, items: Sequence[Retired]) -> int:
    """Drop them, for good; returns the number of the version that says so. The unit's transaction commits it.

    Raises Conflict when one of them is in use again.
    """
    connection = unit.connection
    take_turns(connection)
    ledger = Ledger.load(connection)
    for item in items:
        _refuse_if_used(ledger, item)
    dropping = _Dropping(connection, ledger)
    for item in sorted(items, key=lambda item: not item.column):
        dropping.drop(item)
    dropping.ledger().save(connection, ledger)
    return _recorded(unit, items)


def _recorded(unit: UnitOfWork, items: Sequence[Retired]) -> int:
    number, digest = seal_of(unit.connection)
    known = published(unit.connection)
    if known is None:
        raise Conflict(say("Nothing is published yet.", "尚未发布任何版本。"))
    listed = ", ".join(f"{item.shown} ({item.rows} rows, {item.size} bytes)" for item in items)
    record_version(unit, number + 1, digest, known.sources, f"purge: {listed}")
    before = versions(unit.connection)[1]
    describe_version(unit, number + 1, modules=before.modules, contract=before.contract, origin=before.origin)
    return number + 1


class _Dropping:
    """Drops columns and tables; what SQLite cannot drop, because something refers to it, is emptied and kept."""

    def __init__(self, connection: Connection, ledger: Ledger) -> None:
        self._connection = connection
        self._entries = {entry.place: entry for entry in ledger.entries}
        self._operations = Operations(MigrationContext.configure(connection.sqlalchemy))
        keys = sa.inspect(connection.sqlalchemy).get_multi_foreign_keys()
        self._references = [
            (table[1], str(key["constrained_columns"][0]), str(key["referred_table"]))
            for table, found in keys.items()
            for key in found
        ]

    def ledger(self) -> Ledger:
        return Ledger(tuple(self._entries.values()))

    def drop(self, item: Retired) -> None:
        if item.column:
            self._drop_column(item)
        else:
            self._drop_table(item)

    def _drop_column(self, item: Retired) -> None:
        place = ("field", item.table, item.column)
        pointing = any((table, column) == (item.table, item.column) for table, column, _to in self._references)
        if self._connection.dialect == "sqlite" and pointing:
            self._empty(item.table, item.column)
            self._entries[place] = _shell(self._entries[place])
            return
        self._operations.drop_column(item.table, item.column)
        del self._entries[place]
        self._references = [found for found in self._references if found[:2] != (item.table, item.column)]

    def _drop_table(self, item: Retired) -> None:
        referring = [(table, column) for table, column, to in self._references if to == item.table]
        for table, column in referring:
            self._empty(table, column)
            place = ("field", table, column)
            if place in self._entries:
                self._entries[place] = _shell(self._entries[place])
        self._forget(item.table)
        for history in _HISTORIES:
            self._connection.write(sa.delete(history).where(history.c.entity == item.path))
        places = [place for place in self._entries if place[1] == item.table]
        if self._connection.dialect == "sqlite" and any(table != item.table for table, _column in referring):
            self._connection.write(sa.delete(sa.table(item.table)))
            for place in places:
                self._entries[place] = _shell(self._entries[place])
            return
        cascade = " CASCADE" if self._connection.dialect == "postgresql" else ""
        self._connection.execute(sa.text(f"DROP TABLE {item.table}{cascade}"))
        for place in places:
            del self._entries[place]

    def _forget(self, gone: str) -> None:
        """Look-ups of any record that lead to a record of the table become empty."""
        mains = {(e.table, e.path, e.state): e.column for e in self._entries.values() if e.kind == "field"}
        for entry in self._entries.values():
            path = entry.path.removesuffix(f".{ENTITY}")
            main = mains.get((entry.table, path, entry.state))
            if entry.meaning != AnyRecordField.key or path == entry.path or main is None or entry.table == gone:
                continue
            word: sa.ColumnClause[Any] = sa.column(entry.column, ShortText())
            table = sa.table(entry.table, word, sa.column(main))
            empty = sa.update(table).where(word == word_of(gone)).values({entry.column: sa.null(), main: sa.null()})
            self._connection.write(empty)

    def _empty(self, table: str, column: str) -> None:
        held: sa.ColumnClause[Any] = sa.column(column)
        clause = sa.update(sa.table(table, held)).where(held.is_not(None)).values({column: sa.null()})
        self._connection.write(clause)


def _shell(entry: Entry) -> Entry:
    """Known to be there, and nobody's."""
    return replace(entry, path="", state="retired")


def _refuse_if_used(ledger: Ledger, item: Retired) -> None:
    kind = "field" if item.column else "entity"
    entry = next((e for e in ledger.retired() if e.place == (kind, item.table, item.column)), None)
    if entry is None or entry.since != item.version:
        raise Conflict(
            say(
                "“{path}” is in use again; nothing was dropped.", "“{path}”已重新启用；未删除任何数据。", path=item.path
            )
        )


def _columns_of(ledger: Ledger, table: str) -> Iterator[str]:
    return (entry.column for entry in ledger.entries if entry.kind == "field" and entry.table == table)


def _size(connection: Connection, table: str, column: str) -> int:
    """Bytes of the values as text: what is given up, not what the file shrinks by."""
    held: sa.ColumnClause[Any] = sa.column(column)
    text = (
        sa.cast(sa.cast(held, LongText()), sa.LargeBinary) if connection.dialect == "sqlite" else sa.cast(held, sa.Text)
    )
    length = sa.func.length(text) if connection.dialect == "sqlite" else sa.func.octet_length(text)
    rows = connection.execute(sa.select(sa.func.sum(length)).select_from(sa.table(table, held)))
    return int(rows[0][0] or 0)
