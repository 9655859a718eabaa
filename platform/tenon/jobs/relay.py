"""In charge of handing events on after the commit, at least once each, in the order they were written.

A relay takes a few events at a time for itself (`running`, for a while), tells each subscriber, and marks them
`done`. One that fails is tried again later and later, then rests as `dead` until somebody replays it. When a process
dies in between, its events become free again after that while, and are told once more.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import sqlalchemy as sa

from tenon.clock import Clock
from tenon.database import Connection, Database, Prepared, prepare
from tenon.jobs.events import Event
from tenon.jobs.outbox import DEAD, DONE, OUTBOX, RUNNING, WAITING, event_of

LOG = logging.getLogger(__name__)

Subscriber = Callable[[Event], None]
"""Raises what it likes when it could not do its work; it will then hear of the event again."""

PORTION = 50
HELD = timedelta(minutes=5)
"""How long a relay may work on what it took before others think it dead."""
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""Before the second, third… attempt; after the last the event is dead."""


class Relay:
    """`subscribers` hear of every event; each decides by its kind. Several relays may work on one database."""

    def __init__(self, database: Database, clock: Clock, subscribers: Sequence[Subscriber]) -> None:
        self._database = database
        self._clock = clock
        self._subscribers = tuple(subscribers)
        self._take, self._settle = _take(database), _settle(database)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run_once(self) -> int:
        """Hand on what is due now; how many events that were."""
        told = 0
        while taken := self._take_portion():
            for row in taken:
                self._hand_on(row)
            told += len(taken)
        return told

    def start(self, *, every: float = 2.0) -> Self:
        """Work in a thread of this process; looks by itself every so many seconds, and at once when woken."""
        self._thread = threading.Thread(target=self._work, args=(every,), name="tenon-relay", daemon=True)
        self._thread.start()
        return self

    def wake(self) -> None:
        """There is something new; to be called after a commit, from any thread."""
        self._wake.set()

    def stop(self) -> None:
        """Finish what is in hand, then rest."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _work(self, every: float) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.run_once()
            except Exception:
                LOG.exception("the relay could not work; it tries again")
            self._wake.wait(every)

    def _take_portion(self) -> list[dict[str, Any]]:
        now = self._clock.now()
        with self._database.writing() as connection:
            rows = connection.run(self._take, {"now": now, "most": PORTION})
            named = [dict(zip(OUTBOX.columns.keys(), row, strict=True)) for row in rows]
            for row in named:
                self._mark(connection, row, RUNNING, now + HELD, None)
        return named

    def _hand_on(self, row: Mapping[str, Any]) -> None:
        error = self._tell(row)
        now, attempts = self._clock.now(), row["attempts"] + 1
        with self._database.writing() as connection:
            if error is None:
                self._mark(connection, row, DONE, now, None)
            elif attempts > len(PAUSES):
                self._mark(connection, row, DEAD, now, error)
            else:
                self._mark(connection, row, WAITING, now + PAUSES[attempts - 1], error)

    def _tell(self, row: Mapping[str, Any]) -> str | None:
        """What went wrong, or None."""
        try:
            event = event_of(row)
            for subscriber in self._subscribers:
                subscriber(event)
        except Exception as error:
            LOG.exception("the event %s could not be handed on", row["id"])
            return f"{type(error).__name__}: {error}"[:2000]
        return None

    def _mark(
        self, connection: Connection, row: Mapping[str, Any], status: str, available: datetime, error: str | None
    ) -> None:
        attempts = row["attempts"] + (0 if status == RUNNING else 1)
        values = {
            "the_id": row["id"],
            "v_status": status,
            "v_attempts": attempts,
            "v_available": available,
            "v_error": error,
        }
        connection.write(self._settle, values)


def _take(database: Database) -> Prepared:
    """What is due, the oldest first; on PostgreSQL past what another relay is just taking."""
    due = OUTBOX.c.available_at <= sa.bindparam("now", type_=OUTBOX.c.available_at.type)
    query = sa.select(*OUTBOX.columns).where(OUTBOX.c.status.in_((WAITING, RUNNING)), due)
    query = (
        query.order_by(OUTBOX.c.id).limit(sa.bindparam("most", type_=sa.Integer())).with_for_update(skip_locked=True)
    )
    return prepare(query, database.dialect)


def _settle(database: Database) -> Prepared:
    columns = OUTBOX.c
    change = (
        sa.update(OUTBOX)
        .where(columns.id == sa.bindparam("the_id", type_=columns.id.type))
        .values(
            {
                columns.status: sa.bindparam("v_status", type_=columns.status.type),
                columns.attempts: sa.bindparam("v_attempts", type_=columns.attempts.type),
                columns.available_at: sa.bindparam("v_available", type_=columns.available_at.type),
                columns.error: sa.bindparam("v_error", type_=columns.error.type),
            }
        )
    )
    return prepare(change, database.dialect)
