"""In charge of what a plan touches: records of tables, values of columns, and values that occur twice."""

from typing import Any

import sqlalchemy as sa

from tenon.database import Connection
from tenon.schema.indexes import WantedIndex

_EXAMPLES = 5


class Counts:
    """Exact, and asked of the database once per table, column or promise; a table that is missing has none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = set(sa.inspect(connection.sqlalchemy).get_table_names())
        self._rows: dict[str, int] = {}

    def has(self, table: str) -> bool:
        return table in self._tables

    def rows(self, table: str) -> int:
        if table not in self._tables:
            return 0
        if table not in self._rows:
            self._rows[table] = self._one(sa.select(sa.func.count()).select_from(sa.table(table)))
        return self._rows[table]

    def values(self, table: str, column: str) -> int:
        if not self.rows(table):
            return 0
        found: sa.ColumnClause[object] = sa.column(column)
        return self._one(sa.select(sa.func.count(found)).select_from(sa.table(table, found)))

    def repeated(self, table: str, index: WantedIndex) -> tuple[int, tuple[tuple[str, int], ...]]:
        """How many values of `index` more than one living record has, and a few of them with how often.

        A record without one of them does not count.
        """
        if not self.rows(table):
            return 0, ()
        groups = repeated_values(table, index)
        number = self._one(sa.select(sa.func.count()).select_from(groups.subquery()))
        if not number:
            return 0, ()
        worst = groups.order_by(sa.desc("times")).limit(_EXAMPLES)
        found = [(", ".join(str(value) for value in row[:-1]), int(row[-1])) for row in self._connection.execute(worst)]
        return number, tuple(found)

    def gaps(self, table: str, column: str) -> int:
        """Living records without a value."""
        found: sa.ColumnClause[object] = sa.column(column)
        deleted: sa.ColumnClause[object] = sa.column("deleted_at")
        source = sa.table(table, found, deleted)
        return self._one(sa.select(sa.func.count()).select_from(source).where(found.is_(None), deleted.is_(None)))

    def _one(self, clause: sa.Select[int]) -> int:
        ((number,),) = self._connection.execute(clause)
        return int(number)


def repeated_values(table: str, index: WantedIndex) -> sa.Select[Any]:
    """Values more than one living record has, and how often."""
    columns: list[Any] = [sa.column(name) for name in index.bare_columns]
    deleted: sa.ColumnClause[object] = sa.column("deleted_at")
    chosen: sa.Select[Any] = sa.select(*columns, sa.func.count().label("times"))
    return (
        chosen.select_from(sa.table(table, *columns, deleted))
        .where(deleted.is_(None), *(column.is_not(None) for column in columns))
        .group_by(*columns)
        .having(sa.func.count() > 1)
    )
