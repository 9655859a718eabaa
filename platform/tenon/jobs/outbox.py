"""In charge of the outbox: events and jobs written in the transaction of the change they come of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tenon.database import Cause, DialectName, Prepared, UnitOfWork, prepare
from tenon.jobs.events import Event
from tenon.jobs.job import Job
from tenon.schema import SYSTEM_TABLES

OUTBOX = SYSTEM_TABLES["outbox"]
JOBS = SYSTEM_TABLES["job"]
WAITING, RUNNING, SENDING, DONE, DEAD, CANCELLED = "waiting", "running", "sending", "done", "dead", "cancelled"
HELD = "held"
"""Would have sent something while nothing may leave; see `pausing`."""

_DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgresql")


def _values(table: sa.Table) -> dict[sa.Column[Any], sa.BindParameter[Any]]:
    return {column: sa.bindparam(f"v_{column.name}", type_=column.type) for column in table.columns}


_INSERT: Mapping[DialectName, Prepared] = {
    dialect: prepare(sa.insert(OUTBOX).values(_values(OUTBOX)), dialect) for dialect in _DIALECTS
}
_INSERT_JOB: Mapping[DialectName, Prepared] = {
    "sqlite": prepare(sqlite.insert(JOBS).values(_values(JOBS)).on_conflict_do_nothing(), "sqlite"),
    "postgresql": prepare(postgresql.insert(JOBS).values(_values(JOBS)).on_conflict_do_nothing(), "postgresql"),
}
"""A key that is there already, also in a transaction still open elsewhere (which is waited for), makes it nothing."""


@dataclass(frozen=True)
class Stored:
    """An event that the unit tells of, and that is in the outbox already."""

    event: Event


def write(unit: UnitOfWork) -> bool:
    """Write what the unit emitted, and take it off the unit; at most two statements. Whether there was anything."""
    if not unit.events:
        return False
    events = [row(_caused(event, unit.cause)) for event in unit.events if isinstance(event, Event)]
    jobs = [job_row(unit, _caused(job, unit.cause)) for job in unit.events if isinstance(job, Job)]
    found = bool(events or jobs or any(isinstance(event, Stored) for event in unit.events))
    _insert(unit, _INSERT, events)
    _insert(unit, _INSERT_JOB, jobs)
    unit.events[:] = [event for event in unit.events if not isinstance(event, Event | Job | Stored)]
    return found


def _caused(one: Any, cause: Cause | None) -> Any:
    return one if cause is None or one.cause is not None else replace(one, cause=cause)


def _insert(unit: UnitOfWork, statements: Mapping[DialectName, Prepared], rows: list[dict[str, Any]]) -> None:
    statement = statements[unit.connection.dialect]
    if len(rows) == 1:
        unit.connection.write(statement, named(rows[0]))
    elif rows:
        unit.connection.many(statement, [named(row) for row in rows])


def event_of(stored: Mapping[str, Any]) -> Event:
    """From a row of the outbox, its columns by name."""
    payload = stored["payload"]
    return Event(
        id=stored["id"],
        kind=stored["kind"],
        entity=stored["entity"],
        record_id=stored["record_id"],
        version=payload["version"],
        at=stored["at"],
        actor_id=payload["actor"],
        data=payload["data"],
        cause=Cause(stored["cause"], stored["depth"]) if stored["cause"] is not None else None,
    )


def row(event: Event) -> dict[str, Any]:
    """The event as a row of the outbox, its columns by name."""
    return {
        "id": event.id,
        "at": event.at,
        "kind": event.kind,
        "entity": event.entity,
        "record_id": event.record_id,
        "payload": {"version": event.version, "actor": event.actor_id, "data": dict(event.data)},
        "status": WAITING,
        "attempts": 0,
        "available_at": event.at,
        "error": None,
        "cause": event.cause.event if event.cause is not None else None,
        "depth": event.cause.depth if event.cause is not None else 0,
    }


def job_row(unit: UnitOfWork, job: Job) -> dict[str, Any]:
    """The job as a row of its table, its columns by name."""
    return {
        "id": job.id,
        "name": job.name,
        "key": job.key,
        "line": job.line,
        "priority": job.priority,
        "payload": dict(job.payload),
        "status": WAITING,
        "attempts": 0,
        "available_at": job.due or unit.now,
        "leased_by": None,
        "created_at": unit.now,
        "started_at": None,
        "ended_at": None,
        "sent_at": None,
        "repeatable": None,
        "reason": None,
        "error": None,
        "cause": job.cause.event if job.cause is not None else None,
        "depth": job.cause.depth if job.cause is not None else 0,
    }


def named(row: Mapping[str, Any], mark: str = "v") -> dict[str, Any]:
    """A row as the parameters of an insert, which are named like the columns with a mark before."""
    return {f"{mark}_{name}": value for name, value in row.items()}
