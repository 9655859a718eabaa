"""In charge of which records fall back and whom to warn: found in the database by plain days, then counted exactly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.model import Pool
from tenon.process.ground import Ground
from tenon.process.pools.clocks import Reason, RecycleClock, clocks_of
from tenon.process.pools.ledger import GOT, Ledger
from tenon.query import Query, Record
from tenon.records import RecordFacts

PORTION = 200
"""Records looked at in one transaction."""
Latest = Mapping[tuple[str, str, str], datetime]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`since` is when the time began, `due` when it is over."""

    record_id: str
    version: int
    title: str | None
    owner: str
    owner_name: str | None
    reason: Reason
    since: datetime
    due: datetime
    action: Literal["recycle", "warn"]


class Verdicts:
    """Of one pool."""

    def __init__(self, ground: Ground, ledger: Ledger, pool: Pool) -> None:
        self._ground = ground
        self._ledger = ledger
        self.pool = pool
        self.clocks = clocks_of(ground.model, pool, ground.calendars)
        self._where = _where(pool, self.clocks)

    def portion(self, unit: UnitOfWork, after: str | None = None) -> tuple[list[Verdict], str | None]:
        """What is to be done now with the next records, in the order of their ids, and where to go on; None: the end.

        Few statements, however many records.
        """
        if not self.clocks:
            return [], None
        there, access = self._seat(unit)
        title = self._ground.model.entities[self.pool.entity].title
        query = Query(
            entity=self.pool.entity,
            select=tuple(dict.fromkeys(("owner", title))),
            where=self._where,
            sort=("id",),
            limit=PORTION,
            after=after,
        )
        page = self._ground.reader.list(there, access, query)
        return list(self._judged(there, page.records, title)), page.next

    def _seat(self, unit: UnitOfWork) -> tuple[UnitOfWork, Access]:
        """Where the days of the pool are."""
        actor = replace(self._ground.system(f"pool {self.pool.name}"), timezone=str(self.clocks[0].zone))
        return replace(unit, actor=actor), self._ground.access(actor)

    def _judged(self, unit: UnitOfWork, records: list[Record], title: str) -> Iterator[Verdict]:
        if not records:
            return
        ids = [record["id"] for record in records]
        known = self._ledger.latest(unit, self.pool, ids, (*GOT, "warned"))
        facts = self._ground.writer.facts(unit)
        group = facts.group(facts.plans[self.pool.entity], ids)
        for record in records:
            member = group.members[record["id"]]
            found = min(self._times(unit, member, known), key=lambda each: each[2], default=None)
            if found is not None:
                yield self._verdict(unit, record, title, found)

    def _times(
        self, unit: UnitOfWork, record: RecordFacts, known: Latest
    ) -> Iterator[tuple[RecycleClock, datetime, datetime]]:
        """Clocks that are over, or of which the owner is to be warned now: with their beginning and end."""
        owner = record["owner"].id
        owned = max([record["created_at"], *(at for kind in GOT if (at := known.get((record.id, kind, owner))))])
        told = known.get((record.id, "warned", owner))
        facts = record.group.facts
        for clock in self.clocks:
            since = clock.since(facts.evaluate(clock.begins, record), owned)
            due, warned = clock.due(since), clock.warned(since)
            to_warn = warned is not None and warned <= unit.now and (told is None or told < since)
            if due <= unit.now or to_warn:
                yield clock, since, due

    def _verdict(
        self, unit: UnitOfWork, record: Record, title: str, found: tuple[RecycleClock, datetime, datetime]
    ) -> Verdict:
        clock, since, due = found
        name = record[title]
        return Verdict(
            record_id=record["id"],
            version=record["version"],
            title=name["title"] if isinstance(name, dict) else None if name is None else str(name),
            owner=record["owner"]["id"],
            owner_name=record["owner"]["title"],
            reason=clock.reason,
            since=since,
            due=due,
            action="recycle" if due <= unit.now else "warn",
        )


def _where(pool: Pool, clocks: tuple[RecycleClock, ...]) -> str:
    parts = ["not is_blank(owner)"]
    parts += [] if pool.where is None else [f"({pool.where.text})"]
    parts += [] if pool.protect is None else [f"not ({pool.protect.text})"]
    parts.append(f"({' or '.join(clock.may_be_due for clock in clocks) or 'false'})")
    return " and ".join(parts)
