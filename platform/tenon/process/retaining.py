"""In charge of how long logs are kept: each night what is older than its setting says is forgotten, portion by portion.

What happened to records (their history, approvals, what operators did) is no log in this sense, and is kept. So is
whatever somebody still counts on: runs of automations that run once per record, the last event of each kind that a
pool counts its days from, and everything that has not ended.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tenon.database import UnitOfWork
from tenon.jobs import Duty, Job, Schedule, cron
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.query import Query, Record
from tenon.settings import Settings

FORGET = "retaining.forget"
PORTION = 500
"""Entries looked at in one transaction."""
NIGHTLY = "30 3 * * *"

Stay = Callable[["Retaining", UnitOfWork, Sequence[Record]], set[str]]
"""The ids of those that stay all the same."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`days` is the setting, counted from `since`; `ended` what an entry must be; `select` what `stay` must know."""

    entity: str
    days: str
    since: str = "created_at"
    ended: str = ""
    select: tuple[str, ...] = ()
    stay: Stay | None = None


class Retaining(Part):
    """The service `retaining`."""

    def __init__(self, ground: Ground, settings: Settings) -> None:
        self._ground = ground
        self._settings = settings

    def duties(self) -> Mapping[str, Duty]:
        return {FORGET: Duty(perform=self._perform)}

    def schedules(self) -> Sequence[Schedule]:
        zone = self._ground.model.workspace.timezone
        return (
            Schedule(name="retaining", next_after=cron(NIGHTLY, zone), make=self._all, signature=f"{NIGHTLY} {zone}"),
        )

    def _all(self, unit: UnitOfWork, planned: datetime) -> Sequence[Job]:
        """One job for each kind of log; each hands on to the next portion."""
        return [
            Job(name=FORGET, payload={"entity": kind.entity, "night": planned.isoformat()}, priority=9)
            for kind in KINDS
            if kind.entity in self._ground.model.entities and getattr(self._settings, kind.days) > 0
        ]

    def _perform(self, unit: UnitOfWork, job: Job) -> None:
        kind = next((one for one in KINDS if one.entity == job.payload["entity"]), None)
        days = 0 if kind is None else getattr(self._settings, kind.days)
        if kind is None or kind.entity not in self._ground.model.entities or days <= 0:
            return
        access = self._ground.access(self._ground.system("forgetting old logs"))
        where = f"{kind.since} < now() - days({days})" + (f" and ({kind.ended})" if kind.ended else "")
        query = Query(
            entity=kind.entity,
            select=("id", *kind.select),
            where=where,
            sort=("id",),
            limit=PORTION,
            after=job.payload.get("after"),
            form="values",
        )
        page = self._ground.reader.list(unit, access, query)
        stay = kind.stay(self, unit, page.records) if kind.stay is not None and page.records else set()
        self._ground.writer.forget(unit, access, kind.entity, [r["id"] for r in page.records if r["id"] not in stay])
        if page.next is not None:
            number = int(job.payload.get("number", 0)) + 1
            payload = {**job.payload, "after": page.next, "number": number}
            key = f"{FORGET}:{kind.entity}:{job.payload['night']}:{number}"
            unit.emit(Job(name=FORGET, payload=payload, key=key, priority=9))

    def once(self, _unit: UnitOfWork, runs: Sequence[Record]) -> set[str]:
        """Runs that keep their automation from running a second time for the record."""
        known = self._ground.model.automations
        places = {f"automation:{name}" for name, automation in known.items() if automation.once}
        return {run["id"] for run in runs if run["automation"] in places and run["status"] in ("done", "failed")}

    def newest(self, unit: UnitOfWork, events: Sequence[Record]) -> set[str]:
        """The last of each kind, record and person: clocks of recycling and cooling begin with them."""
        service, stay = self._ground.service("pools"), set()
        for pool in self._ground.model.pools.values():
            mine = [event for event in events if event["pool"] == pool.name]
            kinds = sorted({event["kind"] for event in mine})
            latest = service.ledger.latest(unit, pool, [event["record_id"] for event in mine], kinds) if mine else {}
            for event in mine:
                person = "" if event["person"] is None else event["person"].id
                if latest.get((event["record_id"], event["kind"], person)) == event["at"]:
                    stay.add(event["id"])
        return stay


KINDS: Sequence[Kind] = (
    Kind(
        entity="automation_run",
        days="keep_runs",
        since="ended_at",
        ended='status != "running" and status != "waiting"',
        select=("automation", "status"),
        stay=Retaining.once,
    ),
    Kind(entity="webhook_delivery", days="keep_deliveries", ended='status != "waiting"'),
    Kind(entity="webhook_replay", days="keep_deliveries", ended='status != "running"'),
    Kind(entity="notification", days="keep_notifications"),
    Kind(entity="mail_entry", days="keep_mail_entries"),
    Kind(entity="message", days="keep_messages", ended='direction == "out" and status != "queued" and is_blank(raw)'),
    Kind(
        entity="pool_event",
        days="keep_pool_events",
        select=("pool", "kind", "record_id", "person", "at"),
        stay=Retaining.newest,
    ),
)
"""A further kind of log: a line here and a setting."""
