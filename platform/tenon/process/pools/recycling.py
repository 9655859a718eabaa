"""In charge of the night in which records fall back: owners are warned before, protected records stay.

One job works through a bounded portion and hands on to the next; each night is planned once, and what is done is seen
in the records themselves, so a job that is tried again finds only what is left.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tenon.database import UnitOfWork
from tenon.errors import StaleVersion, TenonError
from tenon.jobs import Duty, Job, Schedule
from tenon.jobs.crons import cron
from tenon.model import Pool
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.pools.ledger import Entry, Ledger
from tenon.process.pools.verdicts import Verdict, Verdicts
from tenon.texts import Text, say

RECYCLE = "pools.recycle"
MOST_SHOWN = 500
REASONS: Mapping[str, Text] = {
    "no_followup": say("no follow-up", "未跟进"),
    "no_deal": say("no deal", "未成交"),
}


class Recycling:
    def __init__(self, ground: Ground, ledger: Ledger) -> None:
        self._ground = ground
        self._ledger = ledger
        self._verdicts = {name: Verdicts(ground, ledger, pool) for name, pool in ground.model.pools.items()}

    def duties(self) -> Mapping[str, Duty]:
        return {RECYCLE: Duty(perform=self._perform)}

    def schedules(self) -> Sequence[Schedule]:
        return [self._schedule(each) for each in self._verdicts.values() if each.clocks]

    def tonight(self, unit: UnitOfWork, pool: Pool) -> tuple[datetime | None, list[Verdict], bool]:
        """When it will next be looked at, what would be done then as things are now, and whether that is all of it."""
        verdicts = self._verdicts[pool.name]
        planned = self.next_night(unit, pool)
        if planned is None:
            return None, [], True
        then = replace(unit, now=planned)
        found: list[Verdict] = []
        after: str | None = None
        while len(found) < MOST_SHOWN:
            portion, after = verdicts.portion(then, after)
            found += portion
            if after is None:
                return planned, found[:MOST_SHOWN], len(found) <= MOST_SHOWN
        return planned, found[:MOST_SHOWN], False

    def next_night(self, unit: UnitOfWork, pool: Pool) -> datetime | None:
        verdicts = self._verdicts[pool.name]
        return self._next_after(verdicts)(unit.now) if verdicts.clocks else None

    def start(self, unit: UnitOfWork, pool: Pool) -> None:
        """As if it were the night."""
        unit.emit(_job(pool.name, unit.now))

    def _next_after(self, verdicts: Verdicts) -> Callable[[datetime], datetime | None]:
        hour, minute = verdicts.pool.recycle.at.split(":")
        return cron(f"{int(minute)} {int(hour)} * * *", str(verdicts.clocks[0].zone))

    def _schedule(self, verdicts: Verdicts) -> Schedule:
        name, recycle = verdicts.pool.name, verdicts.pool.recycle

        def make(_unit: UnitOfWork, planned: datetime) -> list[Job]:
            return [_job(name, planned)]

        signature = f"{recycle.at} {verdicts.clocks[0].zone}"
        return Schedule(name=f"pools.{name}", next_after=self._next_after(verdicts), make=make, signature=signature)

    def _perform(self, unit: UnitOfWork, job: Job) -> None:
        verdicts = self._verdicts.get(str(job.payload["pool"]))
        if verdicts is None:
            return
        found, after = verdicts.portion(unit, job.payload.get("after"))
        night = str(job.payload["night"])
        self._carry_out(unit, verdicts.pool, found, night)
        if after is not None:
            number = int(job.payload.get("number", 0)) + 1
            payload = {**job.payload, "after": after, "number": number}
            key = f"{RECYCLE}:{verdicts.pool.name}:{night}:{number}"
            unit.emit(Job(name=RECYCLE, payload=payload, key=key, line=job.line))

    def _carry_out(self, unit: UnitOfWork, pool: Pool, found: list[Verdict], night: str) -> None:
        ours = replace(unit, actor=self._ground.system(self._reason(pool)))
        entries = [entry for verdict in found for entry in self._done(ours, pool, verdict)]
        self._ledger.write(ours, pool, entries)
        for verdict, entry in ((each, one) for one in entries for each in found if each.record_id == one.record_id):
            self._tell(ours, pool, verdict, entry, night)

    def _done(self, unit: UnitOfWork, pool: Pool, verdict: Verdict) -> list[Entry]:
        """A record that somebody has just changed is left to the next night."""
        entry = Entry(
            kind="warned" if verdict.action == "warn" else "recycled",
            record_id=verdict.record_id,
            version=verdict.version,
            person=verdict.owner,
            reason=verdict.reason,
            due=verdict.due,
        )
        if verdict.action == "warn":
            return [entry]
        told_so_far = len(unit.events)
        try:
            with unit.connection.savepoint():
                saved = self._ground.writer.change(
                    unit,
                    self._ground.access(unit.actor),
                    pool.entity,
                    verdict.record_id,
                    {"owner": None},
                    version=verdict.version,
                )
        except StaleVersion:
            del unit.events[told_so_far:]
            return []
        except TenonError as refusal:
            del unit.events[told_so_far:]
            note = refusal.message.in_(self._ground.model.workspace.language)
            return [replace(entry, kind="kept", note=note)]
        return [replace(entry, version=saved.version)]

    def _tell(self, unit: UnitOfWork, pool: Pool, verdict: Verdict, entry: Entry, night: str) -> None:
        """All of one night in one notice per person."""
        if entry.kind == "kept":
            return
        words = {"title": verdict.title or "…", "pool": pool.label, "reason": REASONS[verdict.reason]}
        if entry.kind == "warned":
            zone = self._verdicts[pool.name].clocks[0].zone
            day = verdict.due.astimezone(zone).strftime("%Y-%m-%d")
            title = say(
                "“{title}” goes back to “{pool}” on {day}: {reason}.",
                "“{title}”将于 {day} 回收至“{pool}”：{reason}。",
                day=day,
                **words,
            )
        else:
            title = say("“{title}” went back to “{pool}”: {reason}.", "“{title}”已回收至“{pool}”：{reason}。", **words)
        notice = Notice(title=title, kind="pool", entity=pool.entity, record_id=verdict.record_id)
        self._ground.service("notifying").tell(unit, [verdict.owner], notice, cause=f"pool:{pool.name}:{night}")

    def _reason(self, pool: Pool) -> str:
        text = say("recycled to “{pool}”", "回收至“{pool}”", pool=pool.label)
        return text.in_(self._ground.model.workspace.language)


def _job(pool: str, night: datetime) -> Job:
    return Job(name=RECYCLE, payload={"pool": pool, "night": night.isoformat()}, line=f"pool:{pool}")
