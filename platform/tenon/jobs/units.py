"""In charge of units of work that nobody asked for by a request: those of relay, planner and worker."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from tenon.actors import Actor
from tenon.clock import Clock
from tenon.database import Cause, Connection, Database, UnitOfWork
from tenon.jobs import outbox
from tenon.jobs.duties import Handlers

Versions = Callable[[int], Handlers]
"""From the number of the published version to what it has to say; the number is read with the work itself."""


def _nobody() -> None:
    """Nobody is to be woken."""


class Units:
    """Opens them; `wake` is called after each commit that left something to do."""

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None] = _nobody) -> None:
        self.database = database
        self.clock = clock
        self.wake = wake
        # SQLite has one writer, and whoever waits for it asks again and again: threads better stand in line here.
        self._turn = threading.Lock() if database.dialect == "sqlite" else nullcontext()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self._turn, self.database.writing() as connection:
            yield connection

    @contextmanager
    def open(self, reason: str, *, timezone: str = "UTC", cause: Cause | None = None) -> Iterator[UnitOfWork]:
        """One transaction of the system; what is emitted is written before it ends."""
        with self.writing() as connection:
            actor = Actor.system(reason, timezone=timezone)
            unit = UnitOfWork(actor=actor, connection=connection, now=self.clock.now(), cause=cause)
            yield unit
            if outbox.write(unit):
                unit.after_commit(self.wake)
