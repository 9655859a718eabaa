"""In charge of handing events on after the commit, in the order they were written.

A portion of events, what their subscribers write, and the marks that they are done are one transaction: everything
exactly once. When one fails, the portion is undone and each is handed on by itself; the one that fails is tried
again later and later, then rests as `dead` until somebody replays it. One relay at a time works on a database, so
that jobs come to their lines in the order of the events.
"""

import logging
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tenon.database import Cause, Connection, DialectName, Prepared, UnitOfWork, prepare
from tenon.jobs.duties import PAUSES, Handlers
from tenon.jobs.events import Event
from tenon.jobs.outbox import DEAD, DONE, OUTBOX, RUNNING, WAITING, event_of, write
from tenon.jobs.units import Units, Versions
from tenon.schema import SYSTEM_TABLES

LOG = logging.getLogger(__name__)

PORTION = 100
_VERSION = SYSTEM_TABLES["version"]


class Relay:
    """The subscribers of the published version hear of every event; each decides by its kind."""

    def __init__(self, units: Units, versions: Versions) -> None:
        self._units = units
        self._versions = versions
        self._due, self._take, self._note = _statements(units.database.dialect)

    def run_once(self) -> int:
        """Hand on what is due now; how many events that were."""
        told = 0
        while due := self._read_due():
            handlers, ids = self._versions(due[0][1] or 0), [event_id for event_id, _version in due]
            try:
                told += self._hand_on(handlers, ids)
            except Exception:
                LOG.exception("some events could not be handed on together; each is handed on by itself")
                told += sum(self._alone(handlers, event_id) for event_id in ids)
        return told

    def _read_due(self) -> list[Any]:
        """Id, and the number of the published version. Without a transaction: mostly there is nothing."""
        with self._units.database.reading() as connection:
            return connection.run(self._due, {"now": self._units.clock.now(), "most": PORTION})

    def _hand_on(self, handlers: Handlers, ids: list[str]) -> int:
        with self._units.open("relay", timezone=handlers.timezone) as unit:
            one_at_a_time(unit.connection)
            taken = self._taken(unit, ids)
            followed = [_tell(unit, handlers, event_of(stored)) for stored in taken]
            if any(followed):
                unit.after_commit(self._units.wake)
        return len(taken)

    def _alone(self, handlers: Handlers, event_id: str) -> int:
        try:
            return self._hand_on(handlers, [event_id])
        except Exception as error:
            LOG.exception("the event %s could not be handed on", event_id)
            self._failed(event_id, f"{type(error).__name__}: {error}"[:2000])
            return 1

    def _failed(self, event_id: str, error: str) -> None:
        with self._units.open("relay") as unit:
            one_at_a_time(unit.connection)
            for stored in self._taken(unit, [event_id]):
                attempts = stored["attempts"]
                dead = attempts > len(PAUSES)
                values = {
                    "the_id": event_id,
                    "v_status": DEAD if dead else WAITING,
                    "v_available": unit.now if dead else unit.now + PAUSES[attempts - 1],
                    "v_error": error,
                }
                unit.connection.write(self._note, values)

    def _taken(self, unit: UnitOfWork, ids: list[str]) -> list[dict[str, Any]]:
        """Those still due, marked as done, in order; by column."""
        names = OUTBOX.columns.keys()
        rows = unit.connection.run(self._take, {"now": unit.now, "ids": ids})
        return sorted((dict(zip(names, row, strict=True)) for row in rows), key=lambda stored: str(stored["id"]))


def _tell(relaying: UnitOfWork, handlers: Handlers, event: Event) -> bool:
    """A unit of its own for each event, in the same transaction; whether anything came of it, all caused by it."""
    cause = Cause(event.id, event.cause.depth + 1 if event.cause is not None else 1)
    unit = UnitOfWork(actor=relaying.actor, connection=relaying.connection, now=relaying.now, cause=cause)
    for subscriber in handlers.subscribers:
        subscriber(unit, event)
    return write(unit)


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other relay or planner works here, and keep them out until the transaction ends. SQLite does so."""
    if connection.dialect == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('tenon.jobs:' || current_schema()))"))


@lru_cache
def _statements(dialect: DialectName) -> tuple[Prepared, Prepared, Prepared]:
    return prepare(_due(), dialect), prepare(_take(), dialect), prepare(_note(), dialect)


def _is_due() -> sa.ColumnElement[bool]:
    waiting = OUTBOX.c.status.in_([sa.literal_column(f"'{status}'") for status in (WAITING, RUNNING)])
    return sa.and_(waiting, OUTBOX.c.available_at <= sa.bindparam("now", type_=OUTBOX.c.available_at.type))


def _due() -> sa.Select[Any]:
    most = sa.bindparam("most", type_=sa.Integer())
    version = sa.select(sa.func.max(_VERSION.c.number)).scalar_subquery()
    return sa.select(OUTBOX.c.id, version).where(_is_due()).order_by(OUTBOX.c.id).limit(most)


def _take() -> sa.Update:
    columns = OUTBOX.c
    ids = sa.bindparam("ids", expanding=True, type_=columns.id.type)
    return (
        sa.update(OUTBOX)
        .where(_is_due(), columns.id.in_(ids))
        .values({columns.status: DONE, columns.attempts: columns.attempts + 1, columns.error: sa.null()})
        .returning(*OUTBOX.columns)
    )


def _note() -> sa.Update:
    columns = OUTBOX.c
    return (
        sa.update(OUTBOX)
        .where(columns.id == sa.bindparam("the_id", type_=columns.id.type))
        .values(
            {
                columns.status: sa.bindparam("v_status", type_=columns.status.type),
                columns.available_at: sa.bindparam("v_available", type_=columns.available_at.type),
                columns.error: sa.bindparam("v_error", type_=columns.error.type),
            }
        )
    )
