"""In charge of the outbox: events written in the transaction of the change they tell of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tenon.database import Cause, DialectName, Prepared, UnitOfWork, prepare
from tenon.jobs.events import Event
from tenon.schema import SYSTEM_TABLES

OUTBOX = SYSTEM_TABLES["outbox"]
WAITING, RUNNING, DONE, DEAD = "waiting", "running", "done", "dead"

_DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgresql")
_INSERT: Mapping[DialectName, Prepared] = {
    dialect: prepare(
        sa.insert(OUTBOX).values(
            {column: sa.bindparam(f"v_{column.name}", type_=column.type) for column in OUTBOX.columns}
        ),
        dialect,
    )
    for dialect in _DIALECTS
}


@dataclass(frozen=True)
class Stored:
    """An event that the unit tells of, and that is in the outbox already."""

    event: Event


def write(unit: UnitOfWork) -> None:
    """Write what the unit emitted, and take it off the unit; one statement, none when nothing is left to write."""
    events = [event for event in unit.events if isinstance(event, Event)]
    statement = _INSERT[unit.connection.dialect]
    if len(events) == 1:
        unit.connection.write(statement, named(row(events[0])))
    elif events:
        unit.connection.many(statement, [named(row(event)) for event in events])
    unit.events[:] = [event for event in unit.events if not isinstance(event, Event | Stored)]


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


def named(row: Mapping[str, Any], mark: str = "v") -> dict[str, Any]:
    """A row as the parameters of an insert, which are named like the columns with a mark before."""
    return {f"{mark}_{name}": value for name, value in row.items()}
