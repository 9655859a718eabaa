"""In charge of what a workspace does by itself: hand events on, plan what its schedules say, do its jobs.

The duties, subscribers and schedules are those of the published version, whose number is read with the work.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from tenon.clock import Clock
from tenon.database import Database
from tenon.errors import InvalidInput
from tenon.jobs import (
    Carrier,
    Dispatcher,
    Handlers,
    Health,
    Holding,
    Planner,
    RedisError,
    Relay,
    Units,
    Worker,
    health,
    purge,
    worker_name,
)
from tenon.settings import Settings
from tenon.texts import say
from tenon.workspace.assembly import Assembled
from tenon.workspace.crew import Crew

LOOKING = timedelta(seconds=1)
"""How often the schedules, and what other processes have left, are looked at; own commits are seen at once."""
CARING = timedelta(seconds=15)
PURGING = timedelta(hours=6)

Kind = Literal["embedded", "worker"]


class Background:
    """One per open workspace. Nothing runs before `start`; `run_due` does all that is due, here and now.

    Without Redis, workers take their jobs from the database. With it, a worker (`tenon worker`) is told by Redis what
    to take, and a server (`embedded`) only hands on, plans and sends.
    """

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, assembled: Callable[[int | None], Assembled]
    ) -> None:
        """`assembled` gives what runs a published version, by its number; None: the one in force here."""
        self._clock = clock
        self._settings = settings
        self._assembled = assembled
        self._known: tuple[Assembled, Handlers] | None = None
        self._crew = Crew()
        self._units = units = Units(database, clock, self._crew.wake)
        self._relay = Relay(units, self._handlers)
        self._planner = Planner(units, self._handlers)
        self._carrier = _carrier(settings)
        self._dispatcher = Dispatcher(units, self._carrier) if self._carrier is not None else None
        self._looking, self._purging = _Rhythm(clock, LOOKING), _Rhythm(clock, PURGING)
        self._caring = _Rhythm(clock, CARING)
        self.trouble: Health | None = None
        """How the work is doing, when that needs somebody's care; as it was last looked at."""

    def run_due(self) -> int:
        """Relay, plan and work until nothing is due any more; how many events, instants and jobs that were."""
        total, worker = 0, Worker(self._units, self._handlers)
        while True:
            done = self._planner.run_once() + self._relay.run_once()
            take = self._takes(worker, None)
            while take():
                done += 1
            if not done:
                return total
            total += done

    def start(self, kind: Kind = "embedded", workers: int | None = None) -> None:
        """In threads of this process; `workers` of them do jobs."""
        if self._crew.is_working:
            return
        name = worker_name()
        holding = Holding(self._units, name, kind)
        self._crew.begin("conductor", self._conduct)
        self._crew.begin("keeper", lambda: holding.look(self._crew.replace), leave=holding.leave)
        if kind == "embedded" and self._carrier is not None:
            return
        if self._carrier is not None:
            registration = self._carrier.registration(name, self._clock)
            self._crew.begin("registrar", registration.look, leave=registration.leave)
        for number in range(workers if workers is not None else self._settings.job_threads):
            worker = Worker(self._units, self._handlers, holding)
            self._crew.begin(f"worker-{number}", self._takes(worker, 1), replaceable=True)

    def look(self) -> Health:
        """How the work is doing now."""
        now = self._clock.now()
        with self._units.database.reading() as connection:
            found = health(connection, now)
        self.trouble = found if found.needs_care(now) else None
        return found

    @property
    def is_carried(self) -> bool:
        """Whether Redis is there when it is wanted."""
        return self._carrier is None or self._carrier.answers()

    def wake(self) -> None:
        """There is something new; to be called after a commit, from any thread."""
        self._crew.wake()

    def stop(self) -> None:
        """Finish what is in hand, then rest."""
        self._crew.stop()
        if self._carrier is not None:
            self._carrier.close()

    def _takes(self, worker: Worker, patience: int | None) -> Callable[[], bool]:
        """Does the next job; whether there was one. Waits so many seconds for what Redis brings."""
        carrier, dispatcher = self._carrier, self._dispatcher
        if carrier is None or dispatcher is None:
            return worker.work_once

        def take() -> bool:
            if patience is None:
                dispatcher.run_once()
            found = carrier.next(patience)
            if found is None:
                return False
            worker.work_once(found)
            self._crew.wake()  # the next of its line may be carried now
            return True

        def take_anyway() -> bool:
            try:
                return take()
            except RedisError:
                return worker.work_once()

        return take_anyway

    def _conduct(self) -> int:
        """The schedules now and then, events and what is to be carried at once."""
        done = self._planner.run_once() if self._looking.is_time() else 0
        done += self._relay.run_once()
        if self._dispatcher is not None:
            done += self._dispatcher.run_once()
        if self._caring.is_time():
            self.look()
        if self._purging.is_time():
            purge(self._units, self._clock.now() - timedelta(days=self._settings.keep_jobs))
        return done

    def _handlers(self, version: int | None) -> Handlers:
        current = self._assembled(version)
        known = self._known
        if known is None or known[0] is not current:
            self._known = known = (current, handlers_of(current))
        return known[1]


class _Rhythm:
    """Whether it is time again; for the first time at once."""

    def __init__(self, clock: Clock, every: timedelta) -> None:
        self._clock = clock
        self._every = every
        self._last: datetime | None = None

    def is_time(self) -> bool:
        now = self._clock.now()
        if self._last is not None and self._last <= now < self._last + self._every:
            return False
        self._last = now
        return True


def handlers_of(current: Assembled) -> Handlers:
    processes = current.processes
    return Handlers(
        duties=processes.duties,
        subscribers=processes.subscribers,
        schedules=processes.schedules,
        timezone=current.model.workspace.timezone,
    )


def _carrier(settings: Settings) -> Carrier | None:
    """Workspaces that share a Redis are told apart by their databases, wherever their folders are."""
    if not settings.redis_url:
        return None
    address = sa.make_url(settings.database_url)
    place = (address.host, address.port, address.database, settings.database_schema)
    name = hashlib.sha256(repr(place).encode()).hexdigest()[:12]
    try:
        return Carrier(settings.redis_url, name)
    except ValueError:
        raise InvalidInput(
            say("The address of Redis is not one we can use.", "无法使用该 Redis 地址。"),
            hint=say("Write redis://host:6379/0 or unix:///path.", "请写成 redis://主机:6379/0 或 unix:///路径。"),
        ) from None
