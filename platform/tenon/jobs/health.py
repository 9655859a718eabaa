"""In charge of how the work in the background is doing, in a few figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tenon.database import Connection
from tenon.jobs.holding import WORKERS
from tenon.jobs.outbox import DEAD, HELD, JOBS, OUTBOX, RUNNING, SENDING, WAITING
from tenon.jobs.pausing import outgoing_pause
from tenon.jobs.planner import SCHEDULES
from tenon.jobs.taking import is_open, may_begin

LATE = timedelta(minutes=5)
"""Older work that nobody has begun means that something is wrong."""
LOST = timedelta(minutes=2)
"""A worker that was not seen for so long is gone."""


@dataclass(frozen=True, kw_only=True)
class Health:
    """`oldest`: since when the work that waits longest could have been begun; None when none waits."""

    waiting: int
    running: int
    dead: int
    events_waiting: int
    events_dead: int
    stuck: int
    """Jobs whose worker is silent, and which nobody has taken over yet."""
    oldest: datetime | None
    workers: int
    held: int = 0
    """Jobs that would have sent something while nothing may leave."""
    paused: bool = False
    """Whether nothing may leave."""

    def wait(self, now: datetime) -> timedelta:
        return now - self.oldest if self.oldest is not None else timedelta()

    def is_late(self, now: datetime) -> bool:
        return self.wait(now) > LATE

    def needs_care(self, now: datetime) -> bool:
        return self.paused or bool(self.dead or self.events_dead) or self.is_late(now)


def health(connection: Connection, now: datetime) -> Health:
    """Two statements over the indexes of unfinished work, two over states, and two small ones."""
    jobs = dict(_states(connection, JOBS))
    events = dict(_states(connection, OUTBOX))
    ready, stuck = _oldest(connection, now)
    handed = connection.execute(
        sa.select(sa.func.min(OUTBOX.c.available_at)).where(
            OUTBOX.c.status.in_((WAITING, RUNNING)), OUTBOX.c.available_at <= now
        )
    )[0][0]
    workers = connection.execute(sa.select(sa.func.count()).select_from(WORKERS).where(WORKERS.c.seen_at > now - LOST))[
        0
    ][0]
    return Health(
        waiting=jobs.get(WAITING, 0),
        running=jobs.get(RUNNING, 0) + jobs.get(SENDING, 0),
        dead=jobs.get(DEAD, 0),
        events_waiting=events.get(WAITING, 0) + events.get(RUNNING, 0),
        events_dead=events.get(DEAD, 0),
        stuck=stuck,
        oldest=min((instant for instant in (ready, handed) if instant is not None), default=None),
        workers=workers,
        held=jobs.get(HELD, 0),
        paused=outgoing_pause(connection) is not None,
    )


def next_due(connection: Connection) -> datetime | None:
    """When the next work is to be begun: an event, a job, a schedule. None: never, as it looks now."""
    open_ones = ((table.c.available_at, is_open(table)) for table in (OUTBOX, JOBS))
    instants = (*open_ones, (SCHEDULES.c.next_at, SCHEDULES.c.next_at.is_not(None)))
    found = (connection.execute(sa.select(sa.func.min(at)).where(condition))[0][0] for at, condition in instants)
    return min((instant for instant in found if instant is not None), default=None)


def _oldest(connection: Connection, now: datetime) -> tuple[datetime | None, int]:
    """Of what may be begun; and how many of these somebody has begun and left."""
    ready = sa.select(JOBS.c.available_at, JOBS.c.status).where(may_begin(JOBS)).subquery()
    left = sa.case((ready.c.status == WAITING, 0), else_=1)
    query = sa.select(sa.func.min(ready.c.available_at), sa.func.sum(left))
    oldest, stuck = connection.execute(query, {"now": now})[0]
    return oldest, int(stuck or 0)


def _states(connection: Connection, table: sa.Table) -> list[tuple[str, int]]:
    """Finished ones are not counted: there may be very many."""
    resting = table.c.status.in_([sa.literal_column(f"'{status}'") for status in (DEAD, HELD)])
    unfinished = is_open(table)
    query = sa.select(table.c.status, sa.func.count()).where(sa.or_(resting, unfinished)).group_by(table.c.status)
    return [(str(status), int(count)) for status, count in connection.execute(query)]
