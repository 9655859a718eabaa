"""In charge of the hierarchies (regions, departments…) as rules and permits ask for them while something is written."""

from collections.abc import Set

from tenon.database import UnitOfWork
from tenon.records.plans import Plans


class Trees:
    """The hierarchies as they are now, one statement for each subtree asked for."""

    def __init__(self, plans: Plans, unit: UnitOfWork) -> None:
        self._plans = plans
        self._unit = unit
        self._subtrees: dict[tuple[str, str], frozenset[str]] = {}
        self._keys: dict[tuple[str, str], str | None] = {}

    def subtree(self, entity: str, root: str) -> Set[str]:
        found = self._subtrees.get((entity, root))
        if found is None:
            rows = self._unit.connection.run(self._plans[entity].subtree, {"root": root})
            found = self._subtrees[entity, root] = frozenset(row[0] for row in rows)
        return found

    def find(self, entity: str, key: str) -> str | None:
        if (entity, key) not in self._keys:
            rows = self._unit.connection.run(self._plans[entity].by_key, {"key": key})
            self._keys[entity, key] = rows[0][0] if rows else None
        return self._keys[entity, key]
