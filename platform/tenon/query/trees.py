"""In charge of the workspace's hierarchies for expressions computed in Python: who lies below whom.

What it gives are ids for conditions, never something to show, so it asks for no rights.
"""

from collections.abc import Set

import sqlalchemy as sa

from tenon.database import UnitOfWork
from tenon.model import Model
from tenon.schema import Tables


class Trees:
    """Each root is read once per unit of work, in one statement."""

    def __init__(self, model: Model, tables: Tables, unit: UnitOfWork) -> None:
        self._model = model
        self._tables = tables
        self._unit = unit
        self._subtrees: dict[tuple[str, str], frozenset[str]] = {}
        self._keys: dict[tuple[str, str], str | None] = {}

    def subtree(self, entity: str, root: str) -> Set[str]:
        key = (entity, root)
        if key not in self._subtrees:
            self._subtrees[key] = self._read_subtree(entity, root)
        return self._subtrees[key]

    def find(self, entity: str, key: str) -> str | None:
        place = (entity, key)
        if place not in self._keys:
            self._keys[place] = self._read_key(entity, key)
        return self._keys[place]

    def _read_subtree(self, entity: str, root: str) -> frozenset[str]:
        table = self._tables[entity]
        reached = sa.select(table.c.id).where(table.c.id == root, table.c.deleted_at.is_(None)).cte(recursive=True)
        parent = self._model.entities[entity].hierarchy
        if parent is not None:
            below = table.alias()
            step = sa.select(below.c.id).where(below.c[parent] == reached.c.id, below.c.deleted_at.is_(None))
            reached = reached.union(step)
        return frozenset(row[0] for row in self._unit.connection.execute(sa.select(reached.c.id)))

    def _read_key(self, entity: str, key: str) -> str | None:
        table = self._tables[entity]
        definition = self._model.entities[entity]
        column = table.c["code" if "code" in definition.fields else definition.title]
        query = sa.select(table.c.id).where(column == key, table.c.deleted_at.is_(None)).order_by(table.c.id).limit(1)
        rows = self._unit.connection.execute(query)
        return rows[0][0] if rows else None
