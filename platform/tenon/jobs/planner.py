"""In charge of schedules: which instant is next, and the jobs of one that has come, made exactly once.

An instant is planned before it comes, so a time of being down is noticed and made up for as the schedule says.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection, UnitOfWork
from tenon.jobs.duties import Handlers, Schedule
from tenon.jobs.relay import one_at_a_time
from tenon.jobs.units import Units, Versions
from tenon.schema import SYSTEM_TABLES

LOG = logging.getLogger(__name__)

SCHEDULES = SYSTEM_TABLES["schedule"]
PUNCTUAL = timedelta(minutes=5)
"""How late an instant may be noticed and still count as not missed."""
GONE = timedelta(days=7)
"""How long a schedule that is there no more is kept, should it come back."""
AGAIN = timedelta(minutes=1)
"""After which a schedule whose jobs could not be made is tried again."""
_VERSION = SYSTEM_TABLES["version"]


class Planner:
    def __init__(self, units: Units, versions: Versions) -> None:
        self._units = units
        self._versions = versions
        self._failed: dict[str, datetime] = {}

    def run_once(self) -> int:
        """Make the jobs of what is due; how many instants that were."""
        now = self._units.clock.now()
        with self._units.database.reading() as connection:
            version, known = _published(connection), _known(connection)
        handlers = self._versions(version)
        self._forget(known.keys() - {schedule.name for schedule in handlers.schedules}, known, now)
        return sum(self._see_to(schedule, handlers, known, now) for schedule in handlers.schedules)

    def _forget(self, gone: Iterable[str], known: Mapping[str, Any], now: datetime) -> None:
        """Schedules that no version in force has had for long: nobody is to wait for their next instant."""
        names = [name for name in gone if known[name].is_overdue(now - GONE)]
        if names:
            with self._units.open("planner") as unit:
                unit.connection.write(sa.delete(SCHEDULES).where(SCHEDULES.c.name.in_(names)))

    def _see_to(self, schedule: Schedule, handlers: Handlers, known: Mapping[str, Any], now: datetime) -> int:
        """One schedule's fault is its own: the others go on."""
        stored = known.get(schedule.name)
        if stored is not None and not stored.wants(schedule, now):
            return 0
        if self._failed.get(schedule.name, now) > now:
            return 0
        try:
            with self._units.open(f"schedule {schedule.name}", timezone=handlers.timezone) as unit:
                one_at_a_time(unit.connection)
                return int(_plan(unit, schedule))
        except Exception as error:
            LOG.exception("the jobs of schedule %s could not be made", schedule.name)
            self._failed[schedule.name] = now + AGAIN
            self._note(schedule, f"{type(error).__name__}: {error}"[:2000])
            return 0

    def _note(self, schedule: Schedule, error: str) -> None:
        with self._units.open("planner") as unit:
            unit.connection.write(sa.update(SCHEDULES).where(SCHEDULES.c.name == schedule.name).values(error=error))


def _plan(unit: UnitOfWork, schedule: Schedule) -> bool:
    """Whether an instant had come and was not missed."""
    connection, now = unit.connection, unit.now
    stored = _known(connection).get(schedule.name)
    upcoming = schedule.next_after(now)
    if stored is None:
        values = {"name": schedule.name, "signature": schedule.signature, "next_at": upcoming}
        connection.write(sa.insert(SCHEDULES).values(**values, last_at=None, error=None))
        return False
    if stored.signature != schedule.signature:
        _update(connection, schedule, {"signature": schedule.signature, "next_at": upcoming, "error": None})
        return False
    if stored.next_at is None or stored.next_at > now:
        return False
    planned = _last_until(schedule, stored.next_at, now)
    if schedule.missed == "skip" and planned < now - PUNCTUAL:
        _update(connection, schedule, {"next_at": upcoming, "error": None})
        return False
    for place, job in enumerate(schedule.make(unit, planned)):
        key = f"schedule:{schedule.name}:{planned.isoformat()}" + (f":{place}" if place else "")
        unit.emit(job if job.key is not None else replace(job, key=key))
    _update(connection, schedule, {"next_at": upcoming, "last_at": planned, "error": None})
    return True


def _last_until(schedule: Schedule, planned: datetime, now: datetime) -> datetime:
    """The last of the instants that have come: those before it were missed, and are made up for by this one."""
    span = timedelta(minutes=1)
    while True:  # look back further and further from the present, instead of walking all the instants of a long time
        back = now - span
        if back <= planned:
            back = planned
        found = planned if back == planned else schedule.next_after(back)
        if found is not None and found <= now:
            break
        span *= 8
    while (later := schedule.next_after(found)) is not None and later <= now:
        found = later
    return found


def _update(connection: Connection, schedule: Schedule, values: Mapping[str, Any]) -> None:
    connection.write(sa.update(SCHEDULES).where(SCHEDULES.c.name == schedule.name).values(**values))


def _known(connection: Connection) -> dict[str, Any]:
    columns = SCHEDULES.c
    rows = connection.execute(sa.select(columns.name, columns.signature, columns.next_at))
    return {name: _Known(signature, next_at) for name, signature, next_at in rows}


class _Known:
    def __init__(self, signature: str, next_at: datetime | None) -> None:
        self.signature = signature
        self.next_at = next_at

    def is_overdue(self, since: datetime) -> bool:
        return self.next_at is not None and self.next_at <= since

    def wants(self, schedule: Schedule, now: datetime) -> bool:
        """Whether its instant has come, or another pattern starts anew."""
        return self.signature != schedule.signature or (self.next_at is not None and self.next_at <= now)


def _published(connection: Connection) -> int:
    return connection.execute(sa.select(sa.func.max(_VERSION.c.number)))[0][0] or 0
