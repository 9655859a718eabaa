"""In charge of a database made of a backup: tables as they are described, their rows, then references and indexes.

All in the transaction of the connection: rolled back, nothing of it is left on either database.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tenon.database import Connection, Prepared, prepare
from tenon.schema import Ledger, install
from tenon.schema.indexes import WantedIndex
from tenon.workspace.backups import refusals
from tenon.workspace.backups.shapes import RECORDS, TableShape, reference_name

PORTION = 1000


class Loading:
    """`make` first, `fill` each table, `finish` last."""

    def __init__(self, connection: Connection, shapes: Sequence[TableShape]) -> None:
        self._connection = connection
        self._shapes = {shape.name: shape for shape in shapes}
        self._rows: dict[str, int] = {}

    def make(self) -> None:
        """System tables as this program has them, the others as the backup has them; references come later."""
        connection = self._connection
        if connection.dialect == "postgresql":
            for name in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
                connection.execute(sa.text(f"SET LOCAL {name} = 0"))
        else:
            connection.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        install(connection)
        metadata = sa.MetaData()
        for shape in self._records():
            columns = [self._column(shape, place) for place in range(len(shape.columns))]
            sa.Table(shape.name, metadata, *columns, implicit_returning=False)
        for table in metadata.tables.values():
            table.create(connection.sqlalchemy)

    def _column(self, shape: TableShape, place: int) -> sa.Column[Any]:
        column = shape.columns[place]
        pointing = shape.references.get(column.name) if self._connection.dialect == "sqlite" else None
        reference = [] if pointing is None else [self._reference(shape, column.name)]
        return sa.Column(
            column.name,
            column.type,
            *reference,
            primary_key=column.name in shape.keys,
            nullable=not column.needed,
            autoincrement=False,
        )

    def _reference(self, shape: TableShape, column: str) -> sa.ForeignKey:
        """SQLite takes references with the table alone, and looks at them when the transaction ends."""
        table, identity = shape.references[column]
        return sa.ForeignKey(f"{table}.{identity}", name=reference_name(shape.name, column))

    def fill(self, name: str, blocks: Iterable[Sequence[tuple[Any, ...]]]) -> int:
        """How many rows that were."""
        shape = self._shapes[name]
        statement, names = self._insert(shape)
        count = 0
        for rows in blocks:
            for start in range(0, len(rows), PORTION):
                named = [dict(zip(names, row, strict=True)) for row in rows[start : start + PORTION]]
                self._connection.many(statement, named)
            count += len(rows)
        self._rows[name] = count
        return count

    def finish(self) -> None:
        """Raises Damaged when a table does not hold what was put into it."""
        for name, count in self._rows.items():
            query = sa.select(sa.func.count()).select_from(sa.table(name))
            if self._connection.execute(query)[0][0] != count:
                raise refusals.inconsistent(name)
        operations = Operations(MigrationContext.configure(self._connection.sqlalchemy))
        if self._connection.dialect == "postgresql":
            for shape in self._records():
                for column, (table, identity) in shape.references.items():
                    name = reference_name(shape.name, column)
                    operations.create_foreign_key(name, shape.name, table, [column], [identity])
        self._index(operations)

    def _index(self, operations: Operations) -> None:
        """As the ledger, which is loaded by now, has them."""
        for entry in Ledger.load(self._connection).entries:
            wanted = WantedIndex.read(entry.type) if entry.kind == "index" and entry.table in self._shapes else None
            if wanted is not None and wanted.exists_on(self._connection.dialect):
                operations.execute(sa.schema.CreateIndex(wanted.on(entry.table, entry.column), if_not_exists=True))

    def _insert(self, shape: TableShape) -> tuple[Prepared, list[str]]:
        names = [f"v_{place}" for place in range(len(shape.columns))]
        table = shape.table
        values = {
            table.c[column.name]: sa.bindparam(name, type_=column.type)
            for column, name in zip(shape.columns, names, strict=True)
        }
        return prepare(sa.insert(table).values(values), self._connection.dialect), names

    def _records(self) -> list[TableShape]:
        return [shape for shape in self._shapes.values() if shape.kind == RECORDS]


def tables_in(connection: Connection) -> int:
    return len(sa.inspect(connection.sqlalchemy).get_table_names())
