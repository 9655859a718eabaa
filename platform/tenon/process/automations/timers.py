"""In charge of time that sets automations off: patterns of the clock, and dates of records that have come.

A date is crossed once: each look takes up where the last one ended, and each crossing is marked by record and date.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenon.database import UnitOfWork
from tenon.jobs import Job, Schedule, cron
from tenon.model import Automation, TriggerUse
from tenon.process.automations.firing import of_instant
from tenon.process.ground import Ground
from tenon.process.pages import every_record
from tenon.query import Query
from tenon.schema import SYSTEM_TABLES

EACH, LOOK = "automations.each", "automations.look"
STEP = timedelta(minutes=5)
"""How often dates are looked at."""
FURTHEST = timedelta(days=31)
"""How far back a look goes after a time of being down."""
_KNOWN = SYSTEM_TABLES["schedule"]


class Timers:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def schedules(self) -> Sequence[Schedule]:
        return [
            schedule
            for automation in self._ground.model.automations.values()
            for schedule in (self._clock(automation), self._dates(automation))
            if schedule is not None
        ]

    def each(self, unit: UnitOfWork, job: Job) -> None:
        """A time of the clock has come: one run, or one for each record that fits."""
        automation = self._ground.model.automations.get(job.payload["automation"])
        use = None if automation is None else automation.on.get("schedule")
        if automation is None or use is None:
            return
        planned = datetime.fromisoformat(job.payload["planned"])
        told, mark = {"planned_at": planned}, f"clock:{planned.isoformat()}"
        if use.slots.entity is None:
            unit.emit(of_instant(automation, "schedule", planned, told, None, mark))
            return
        where = None if use.slots.where is None else use.slots.where.text
        for record_id in self._found(unit, use.slots.entity, where):
            unit.emit(of_instant(automation, "schedule", planned, told, record_id, mark))

    def look(self, unit: UnitOfWork, job: Job) -> None:
        """Which dates were crossed since the last look."""
        automation = self._ground.model.automations.get(job.payload["automation"])
        use = None if automation is None else automation.on.get("date_reached")
        if automation is None or use is None:
            return
        since, until = (datetime.fromisoformat(job.payload[name]) for name in ("since", "until"))
        for record_id, value, at in self._crossed(unit, use, since, until):
            day = value if not isinstance(value, datetime) else value.astimezone(self._zone).date()
            mark = f"date:{value.isoformat()}"
            unit.emit(of_instant(automation, "date_reached", at, {"date": day}, record_id, mark))

    def _clock(self, automation: Automation) -> Schedule | None:
        use = automation.on.get("schedule")
        if use is None:
            return None
        options = use.slots.options
        pattern, zone = str(options["cron"]), str(options.get("timezone") or self._ground.model.workspace.timezone)

        def make(unit: UnitOfWork, planned: datetime) -> Sequence[Job]:
            if automation.paused or not self._works(use, planned):
                return ()
            return (Job(name=EACH, payload={"automation": automation.name, "planned": planned.isoformat()}),)

        missed: Any = options.get("missed", "once")
        name, signature = f"automations.clock:{automation.name}", f"{pattern} {zone}"
        return Schedule(name=name, next_after=cron(pattern, zone), make=make, missed=missed, signature=signature)

    def _dates(self, automation: Automation) -> Schedule | None:
        if "date_reached" not in automation.on:
            return None
        name = f"automations.date:{automation.name}"

        def make(unit: UnitOfWork, planned: datetime) -> Sequence[Job]:
            if automation.paused:
                return ()
            since = max(last_look(unit, name) or planned - STEP, planned - FURTHEST)
            payload = {"automation": automation.name, "since": since.isoformat(), "until": planned.isoformat()}
            return (Job(name=LOOK, payload=payload),)

        return Schedule(name=name, next_after=every(STEP), make=make, signature="1")

    def _works(self, use: TriggerUse, planned: datetime) -> bool:
        calendar = self._ground.calendars.of(use.slots.calendar)
        return calendar is None or calendar.is_working_day(calendar.day_of(planned))

    def _crossed(
        self, unit: UnitOfWork, use: TriggerUse, since: datetime, until: datetime
    ) -> Iterator[tuple[str, date, datetime]]:
        """Record, the value of its date, and the instant it was crossed."""
        slots, name = use.slots, use.slots.field_names[0]
        entity = self._ground.model.entities[str(slots.entity)]
        shift = timedelta(seconds=slots.seconds.get("offset", 0))
        slack = timedelta(days=2) if slots.calendar is None else timedelta(days=30) + abs(shift) * 3
        first, last = (since - shift - slack).date(), (until - shift + slack).date()
        within = f'{name} >= date("{first.isoformat()}") and {name} <= date("{last.isoformat()}")'
        if entity.fields[name].type.expression_type().kind == "datetime":
            within = f'date({name}) >= date("{first.isoformat()}") and date({name}) <= date("{last.isoformat()}")'
        where = within if slots.where is None else f"({slots.where.text}) and {within}"
        query = Query(entity=entity.name, where=where, select=("id", name), sort=("id",), form="values")
        for record in every_record(self._ground.reader, unit, self._access(), query):
            at = self._instant(use, record[name], shift)
            if since < at <= until:
                yield record["id"], record[name], at

    def _instant(self, use: TriggerUse, value: date, shift: timedelta) -> datetime:
        """When the date counts as reached; working days of a calendar, else time as it passes."""
        calendar = self._ground.calendars.of(use.slots.calendar)
        if calendar is not None:
            day = value.astimezone(calendar.zone).date() if isinstance(value, datetime) else value
            moved = calendar.add_working_days(day, shift.days)
            value = value + (moved - day) if isinstance(value, datetime) else moved
            shift = timedelta()
        if isinstance(value, datetime):
            return value + shift
        clock = time.fromisoformat(str(use.slots.options.get("at", "00:00")))
        days, rest = timedelta(days=shift.days), timedelta(seconds=shift.seconds)
        return datetime.combine(value + days, clock, self._zone).astimezone(UTC) + rest

    def _found(self, unit: UnitOfWork, entity: str, where: str | None) -> Iterator[str]:
        query = Query(entity=entity, where=where, select=("id",), sort=("id",))
        for record in every_record(self._ground.reader, unit, self._access(), query):
            yield record["id"]

    def _access(self) -> Any:
        return self._ground.access(self._ground.system("looking for records"))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._ground.model.workspace.timezone)


def every(step: timedelta) -> Callable[[datetime], datetime]:
    """Instants that are so far apart, the same for every process."""

    def next_after(instant: datetime) -> datetime:
        seconds = int(step.total_seconds())
        return datetime.fromtimestamp((int(instant.timestamp()) // seconds + 1) * seconds, UTC)

    return next_after


def last_look(unit: UnitOfWork, name: str) -> datetime | None:
    """The instant of the schedule whose jobs were made last; None when none were yet."""
    rows = unit.connection.execute(sa.select(_KNOWN.c.last_at).where(_KNOWN.c.name == name))
    return rows[0][0] if rows else None
