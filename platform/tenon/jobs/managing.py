"""In charge of what people and the layers above do to jobs and events that wait or rest: cancel, replay, mark as done.

Each is one statement that touches a row only in a state in which that makes sense; a job in hand is left alone.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection, UnitOfWork
from tenon.jobs.outbox import CANCELLED, DEAD, DONE, HELD, JOBS, OUTBOX, WAITING, write


def cancel(unit: UnitOfWork, *, key: str) -> bool:
    """Take the job back before it is begun; False when it is begun, at rest, or was never made."""
    write(unit)
    return _cancel(unit, JOBS.c.key == key)


def take_back(unit: UnitOfWork, *, line: str, name: str, payload: Mapping[str, Any]) -> bool:
    """As `cancel`, for whoever knows the line of a job and what is in it."""
    write(unit)
    query = sa.select(JOBS.c.id, JOBS.c.payload).where(
        JOBS.c.line == line, JOBS.c.name == name, JOBS.c.status == WAITING
    )
    return any(_cancel(unit, JOBS.c.id == row[0]) for row in unit.connection.execute(query) if row[1] == dict(payload))


def cancel_job(unit: UnitOfWork, job_id: str) -> bool:
    return _cancel(unit, JOBS.c.id == job_id)


def replay_job(unit: UnitOfWork, job_id: str) -> bool:
    """A dead or cancelled job is begun anew, at once and with all its attempts."""
    values: dict[Any, Any] = {
        JOBS.c.status: WAITING,
        JOBS.c.attempts: 0,
        JOBS.c.available_at: unit.now,
        JOBS.c.leased_by: None,
        JOBS.c.ended_at: None,
        JOBS.c.sent_at: None,
    }
    return _change(unit.connection, JOBS, job_id, (DEAD, CANCELLED), values)


def settle_job(unit: UnitOfWork, job_id: str) -> bool:
    """A dead job whose effect somebody has seen, or made himself, counts as done."""
    return _change(unit.connection, JOBS, job_id, (DEAD,), {JOBS.c.status: DONE, JOBS.c.ended_at: unit.now})


def replay_event(unit: UnitOfWork, event_id: str) -> bool:
    """A dead event is handed on anew; those that came after it have gone before."""
    values: dict[Any, Any] = {OUTBOX.c.status: WAITING, OUTBOX.c.attempts: 0, OUTBOX.c.available_at: unit.now}
    return _change(unit.connection, OUTBOX, event_id, (DEAD,), values)


def settle_event(unit: UnitOfWork, event_id: str) -> bool:
    """A dead event that needs nobody's attention any more."""
    return _change(unit.connection, OUTBOX, event_id, (DEAD,), {OUTBOX.c.status: DONE})


def _cancel(unit: UnitOfWork, condition: sa.ColumnElement[bool]) -> bool:
    change = sa.update(JOBS).where(condition, JOBS.c.status.in_((WAITING, HELD)))
    return unit.connection.write(change.values(status=CANCELLED, ended_at=unit.now, leased_by=None)) == 1


def _change(
    connection: Connection, table: sa.Table, id_: str, statuses: tuple[str, ...], values: dict[Any, Any]
) -> bool:
    """Whether it was in one of these states."""
    return connection.write(sa.update(table).where(table.c.id == id_, table.c.status.in_(statuses)).values(values)) == 1
