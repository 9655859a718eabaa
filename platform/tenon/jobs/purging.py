"""In charge of forgetting finished jobs and events after a while; what is dead stays until somebody sees to it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tenon.jobs.holding import WORKERS
from tenon.jobs.outbox import CANCELLED, DONE, JOBS, OUTBOX
from tenon.jobs.units import Units

PORTION = 2000
"""Rows of one transaction: nobody waits long for it."""
_GONE = timedelta(days=1)


def purge(units: Units, before: datetime) -> int:
    """Drop what was finished before that instant; how many rows that were."""
    finished = sa.and_(JOBS.c.status.in_((DONE, CANCELLED)), JOBS.c.ended_at < before)
    dropped = _drop(units, JOBS, finished)
    dropped += _drop(units, OUTBOX, sa.and_(OUTBOX.c.status == DONE, OUTBOX.c.at < before))
    with units.writing() as connection:
        connection.write(sa.delete(WORKERS).where(WORKERS.c.seen_at < units.clock.now() - _GONE))
    return dropped


def _drop(units: Units, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    some: Any = sa.select(table.c.id).where(condition).limit(PORTION).scalar_subquery()
    dropped = 0
    while True:
        with units.writing() as connection:
            count = connection.write(sa.delete(table).where(table.c.id.in_(some)))
        dropped += count
        if count < PORTION:
            return dropped
