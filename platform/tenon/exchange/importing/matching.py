"""In charge of recognising records that are there already, by the fields a mapping calls `match`."""

from collections.abc import Iterator, Sequence
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.importing.mapping import Mapping
from tenon.exchange.importing.targets import Target
from tenon.fields import Reference
from tenon.query import Query, Reader
from tenon.texts import say

CHUNK = 200
Key = tuple[Any, ...]


class Matcher:
    def __init__(self, mapping: Mapping, reader: Reader) -> None:
        self._entity = mapping.entity
        self._match = mapping.match
        self._reader = reader

    def waves(self, targets: Sequence[Target]) -> Iterator[list[Target]]:
        """Rows that mean the same record stand in different waves, in the order of the file."""
        waves: list[list[Target]] = []
        seen: dict[Key, int] = {}
        for target in targets:
            if not target.open:
                continue
            key = self._key(target)
            place = seen.get(key, -1) + 1 if key is not None else 0
            if key is not None:
                seen[key] = place
            while len(waves) <= place:
                waves.append([])
            waves[place].append(target)
        yield from waves

    def known(self, unit: UnitOfWork, access: Access, targets: Sequence[Target]) -> dict[int, str]:
        """`id()` of a target → id of the record it means. A row that means several records gets a reason."""
        keys = {id(target): key for target in targets if (key := self._key(target)) is not None}
        if not keys:
            return {}
        stored = self._stored(unit, access, {key[0] for key in keys.values()})
        known: dict[int, str] = {}
        for target in targets:
            found = stored.get(keys.get(id(target), ()), [])
            if len(found) > 1:
                message = say("{count} records match this row.", "有 {count} 条记录与此行匹配。", count=len(found))
                target.reasons.append((", ".join(self._match), message))
            elif found:
                known[id(target)] = found[0]
        return known

    def stands_elsewhere(
        self, unit: UnitOfWork, access: Access, identity: str, stage: str | None, pipeline: str | None
    ) -> bool:
        """Whether the stored record is in another stage or pipeline than the row says, as far as it says."""
        wanted = {name: value for name, value in (("stage", stage), ("pipeline", pipeline)) if value is not None}
        if not wanted:
            return False
        found = self._reader.one(unit, access, self._entity.name, identity, tuple(wanted))
        return any(found[name] != value for name, value in wanted.items())

    def _key(self, target: Target) -> Key | None:
        """None when the mapping does not match, or the row has no value to match by."""
        values = [target.values.get(name) for name in self._match]
        return tuple(values) if values and values[0] is not None else None

    def _stored(self, unit: UnitOfWork, access: Access, firsts: set[Any]) -> dict[Key, list[str]]:
        """Living records by key; one statement per 200 values of the first matching field."""
        kind = self._entity.fields[self._match[0]].type
        stored: dict[Key, list[str]] = {}
        ordered = sorted(firsts, key=str)
        for start in range(0, len(ordered), CHUNK):
            listed = ", ".join(kind.literal(value) for value in ordered[start : start + CHUNK])
            for record in self._records(unit, access, f"{self._match[0]} in [{listed}]"):
                key = tuple(_plain(record[name]) for name in self._match)
                stored.setdefault(key, []).append(record["id"])
        return stored

    def _records(self, unit: UnitOfWork, access: Access, where: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            query = Query(
                entity=self._entity.name,
                select=("id", *self._match),
                where=where,
                sort=("id",),
                limit=500,
                after=after,
                form="values",
            )
            page = self._reader.list(unit, access, query)
            yield from page.records
            if page.next is None:
                return
            after = page.next


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Reference) else value
