"""In charge of what happened in pools: written once for each thing that happens, read to count and to explain."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.jobs import Event
from tenon.model import Pool
from tenon.process.ground import Ground
from tenon.process.pages import every_record
from tenon.query import Query, Record

ENTITY = "pool_event"
Kind = Literal[
    "entered", "claimed", "released", "recycled", "warned", "handed_out", "transferred", "asked", "refused", "kept"
]
GOT: tuple[Kind, ...] = ("claimed", "handed_out", "transferred")
LOST: tuple[Kind, ...] = ("released", "recycled")
_LONGEST_NOTE = 2000


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that happened. `person` got the record, lost it or was warned; `reason` is a key, `note` are words."""

    kind: Kind
    record_id: str
    version: int
    person: str | None = None
    reason: str | None = None
    note: str | None = None
    due: datetime | None = None
    at: datetime | None = None
    """None: now."""
    by: str | None = None
    """Who did it, where that is not the actor of the unit."""


class Ledger:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def write(self, unit: UnitOfWork, pool: Pool, entries: Sequence[Entry]) -> None:
        """And tell the rest of the product: an event `record.pool_<kind>` of each record."""
        if not entries:
            return
        system, access = self.as_system(unit)
        rows = [_row(unit, pool, entry) for entry in entries]
        if len(rows) == 1:
            self._ground.writer.create(system, access, ENTITY, rows[0])
        else:
            for outcome in self._ground.writer.create_many(system, access, ENTITY, rows):
                if outcome.error is not None:
                    raise outcome.error
        for entry in entries:
            unit.emit(_event(unit, pool, entry))

    def of_record(self, unit: UnitOfWork, entity: str, record_id: str, limit: int = 50) -> list[Record]:
        """Newest first."""
        where = f'record_entity == "{entity}" and record_id == "{record_id}"'
        return self._list(unit, Query(entity=ENTITY, where=where, sort=("-at", "-id"), limit=limit, form="values"))

    def claims_today(self, unit: UnitOfWork, pool: Pool, person: str) -> int:
        where = f'person == "{person}" and pool == "{pool.name}" and kind == "claimed" and date(at) == today()'
        return self._count(unit, Query(entity=ENTITY, where=where))

    def last_loss(self, unit: UnitOfWork, pool: Pool, person: str, record_id: str) -> datetime | None:
        """When the person last gave this record back or had it taken."""
        lost = ", ".join(f'"{kind}"' for kind in LOST)
        where = f'record_id == "{record_id}" and person == "{person}" and pool == "{pool.name}" and kind in [{lost}]'
        found = self._list(
            unit, Query(entity=ENTITY, select=("at",), where=where, sort=("-at",), limit=1, form="values")
        )
        return found[0]["at"] if found else None

    def just_got(self, unit: UnitOfWork, pool: Pool, record_id: str) -> bool:
        """Whether somebody got the record out of the pool within a day."""
        got = ", ".join(f'"{kind}"' for kind in GOT)
        where = f'record_id == "{record_id}" and pool == "{pool.name}" and kind in [{got}] and at >= now() - days(1)'
        return self._count(unit, Query(entity=ENTITY, where=where)) > 0

    def latest(
        self, unit: UnitOfWork, pool: Pool, ids: Sequence[str], kinds: Iterable[Kind]
    ) -> dict[tuple[str, str, str], datetime]:
        """(record, kind, person) → when it last happened; one statement for each 500 entries."""
        records, wanted = (", ".join(f'"{each}"' for each in names) for names in (ids, kinds))
        where = f'record_entity == "{pool.entity}" and record_id in [{records}] and kind in [{wanted}]'
        select = ("record_id", "kind", "person.id", "at")
        query = Query(entity=ENTITY, select=select, where=where, sort=("at",), form="values")
        system, access = self.as_system(unit)
        found = every_record(self._ground.reader, system, access, query)
        return {(each["record_id"], each["kind"], each["person.id"] or ""): each["at"] for each in found}

    def open_requests(self, unit: UnitOfWork, pool: Pool | None = None, record_id: str | None = None) -> list[Record]:
        """Claims that wait for a manager: asked for, and neither granted nor refused since."""
        parts = ['kind in ["asked", "refused", "claimed"]']
        parts += [] if pool is None else [f'pool == "{pool.name}"']
        parts += [] if record_id is None else [f'record_id == "{record_id}"']
        parts.append("at >= now() - days(90)")
        system, access = self.as_system(unit)
        query = Query(entity=ENTITY, where=" and ".join(parts), sort=("at", "id"), form="values")
        waiting: dict[tuple[str, str, str], Record] = {}
        for each in every_record(self._ground.reader, system, access, query):
            key = (each["pool"], each["record_id"], "" if each["person"] is None else str(each["person"].id))
            if each["kind"] == "asked":
                waiting[key] = each
            else:
                waiting.pop(key, None)
        return list(waiting.values())

    def written(self, unit: UnitOfWork, entity: str, record_id: str, version: int) -> bool:
        """Whether this version of the record is told of already."""
        where = f'record_entity == "{entity}" and record_id == "{record_id}" and record_version == {version}'
        return self._count(unit, Query(entity=ENTITY, where=where)) > 0

    def as_system(self, unit: UnitOfWork) -> tuple[UnitOfWork, Access]:
        """The same unit for what people may not do themselves; days are those of the workspace."""
        actor = self._ground.system(unit.actor.reason or "pools")
        return replace(unit, actor=actor), self._ground.access(actor)

    def _list(self, unit: UnitOfWork, query: Query) -> list[Record]:
        system, access = self.as_system(unit)
        return self._ground.reader.list(system, access, query).records

    def _count(self, unit: UnitOfWork, query: Query) -> int:
        system, access = self.as_system(unit)
        return self._ground.reader.count(system, access, query).value


def _row(unit: UnitOfWork, pool: Pool, entry: Entry) -> Mapping[str, Any]:
    return {
        "pool": pool.name,
        "kind": entry.kind,
        "record_entity": pool.entity,
        "record_id": entry.record_id,
        "record_version": entry.version,
        "at": (entry.at or unit.now).isoformat(),
        "person": entry.person,
        "by": entry.by or unit.actor.id,
        "reason": entry.reason,
        "note": None if entry.note is None else entry.note.strip()[:_LONGEST_NOTE] or None,
        "due": None if entry.due is None else entry.due.isoformat(),
    }


def _event(unit: UnitOfWork, pool: Pool, entry: Entry) -> Event:
    return Event(
        kind=f"record.pool_{entry.kind}",
        entity=pool.entity,
        record_id=entry.record_id,
        version=entry.version,
        at=unit.now,
        actor_id=entry.by or unit.actor.id,
        data={
            "pool": pool.name,
            "person": entry.person,
            "reason": entry.reason,
            "note": entry.note,
            "due": None if entry.due is None else entry.due.isoformat(),
        },
        cause=unit.cause,
    )
