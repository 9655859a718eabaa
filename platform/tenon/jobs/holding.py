"""In charge of what this process has in hand: its leases are renewed, and what takes too long is interrupted.

A thread cannot be ended from outside, only interrupted between two steps of Python. One that hangs in a call keeps
its place; its lease is not renewed any more, so another worker takes the job over, and what the first still does
cannot be closed.
"""

import ctypes
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tenon.database import Connection
from tenon.jobs.taking import Taken, taking
from tenon.jobs.units import Units
from tenon.schema import SYSTEM_TABLES

LOG = logging.getLogger(__name__)

WORKERS = SYSTEM_TABLES["worker"]
RENEWING = timedelta(seconds=15)


class OverTime(Exception):
    """Raised in the middle of a duty that works for longer than it may."""


@dataclass(eq=False, kw_only=True)
class Held:
    taken: Taken
    thread: int
    ends: datetime | None
    """When it is to be interrupted; None: it is not."""
    interrupted: bool = False

    def let_be(self) -> None:
        """What is left to do is short, and must not be interrupted."""
        self.ends = None


class Holding:
    """One for each process and database; `look` is called every second or so, from a thread of its own."""

    def __init__(self, units: Units, name: str, kind: str) -> None:
        self._units = units
        self._taking = taking(units.database.dialect)
        self._name = name
        self._kind = kind
        self._lock = threading.Lock()
        self._held: dict[str, Held] = {}
        self._started = units.clock.now()
        self._renewed: datetime | None = None

    @contextmanager
    def hold(self, taken: Taken, limit: timedelta) -> Iterator[Held]:
        """While the job is in the hands of this thread. Raises OverTime inside."""
        held = Held(taken=taken, thread=threading.get_ident(), ends=self._units.clock.now() + limit)
        with self._lock:
            self._held[taken.token] = held
        try:
            try:
                yield held
            finally:
                self._release(held)
        except OverTime:  # it may come at the very moment of leaving
            self._release(held)
            raise

    def look(self, stuck: Callable[[int], None] | None = None) -> None:
        """Interrupt what is over its time (`stuck` hears of its thread once); renew the other leases when it is time.

        Raises when the database does not answer.
        """
        now = self._units.clock.now()
        for thread in self._interrupt(now):
            if stuck is not None:
                stuck(thread)
        if self._renewed is None or now >= self._renewed + RENEWING:
            self._renew(now)
            self._renewed = now

    def leave(self) -> None:
        """This process works no more."""
        with self._units.writing() as connection:
            connection.write(sa.delete(WORKERS).where(WORKERS.c.name == self._name))

    def _release(self, held: Held) -> None:
        with self._lock:
            self._held.pop(held.taken.token, None)
            if held.interrupted:
                _raise_in(held.thread, None)

    def _interrupt(self, now: datetime) -> list[int]:
        """The threads interrupted for the first time; one that goes on all the same is interrupted again."""
        with self._lock:
            over = [held for held in self._held.values() if held.ends is not None and held.ends <= now]
            fresh = [held for held in over if not held.interrupted]
            for held in over:
                held.interrupted = True
                _raise_in(held.thread, OverTime)
        for held in fresh:
            LOG.warning("the job %s (%s) is over its time", held.taken.job.id, held.taken.job.name)
        return [held.thread for held in fresh]

    def _renew(self, now: datetime) -> None:
        with self._lock:
            leases = [(held.taken.job.id, held.taken.token) for held in self._held.values() if not held.interrupted]
        with self._units.writing() as connection:
            if leases:
                self._taking.renew(connection, leases, now)
            self._be_seen(connection, now)

    def _be_seen(self, connection: Connection, now: datetime) -> None:
        seen = sa.update(WORKERS).where(WORKERS.c.name == self._name).values(seen_at=now)
        if connection.write(seen) == 0:
            row = {"name": self._name, "kind": self._kind, "started_at": self._started, "seen_at": now}
            connection.write(sa.insert(WORKERS).values(row))


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    """At the thread's next step; None takes back what it has not met yet."""
    raised = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
