"""In charge of a bare database with its work in the background: events and jobs without a workspace around them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from tenon.clock import Clock, FixedClock
from tenon.database import Database
from tenon.jobs import Duty, Event, Handlers, Holding, Job, Planner, Relay, Schedule, Subscriber, Units, Worker, outbox
from tenon.schema import SYSTEM_TABLES, install
from tenon.settings import Settings
from tenon.workspace.background import Background

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
JOBS, OUTBOX, SCHEDULES = outbox.JOBS, outbox.OUTBOX, SYSTEM_TABLES["schedule"]
LEDGER = sa.Table(
    "ledger_of_effects",
    sa.MetaData(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("effect", sa.String(200)),
)
"""What jobs have done: not unique, so that what is done twice shows."""
QUICK = (timedelta(seconds=5),)


class Killed(BaseException):
    """The process dies here."""


class Office:
    """`publish` says what one published version would: it may be called at any time."""

    def __init__(self, url: str, redis_url: str = "", clock: Clock | None = None, *, empty: bool = False) -> None:
        self.clock: Any = clock or FixedClock(NOW)
        self.database = Database.open(url)
        with self.database.writing() as connection:
            if not sa.inspect(connection.sqlalchemy).has_table(LEDGER.name):
                install(connection)
                LEDGER.create(connection.sqlalchemy)
            elif empty:
                for table in (LEDGER, JOBS, OUTBOX, SCHEDULES, SYSTEM_TABLES["worker"], SYSTEM_TABLES["pause"]):
                    connection.write(sa.delete(table))
        self.publish()
        self.settings = Settings(database_url=url, redis_url=redis_url)
        self.background = Background(self.database, self.clock, self.settings, lambda version: self.published)
        self.units = Units(self.database, self.clock, self.background.wake)
        self.relay = Relay(self.units, self._versions)
        self.planner = Planner(self.units, self._versions)
        self.holding = Holding(self.units, "test", "embedded")

    def publish(
        self,
        *subscribers: Subscriber,
        schedules: Sequence[Schedule] = (),
        duties: dict[str, Duty] | None = None,
        **named: Duty,
    ) -> None:
        self.handlers = Handlers(subscribers=subscribers, schedules=schedules, duties={**(duties or {}), **named})
        model = SimpleNamespace(workspace=SimpleNamespace(timezone="UTC"))
        self.published: Any = SimpleNamespace(processes=self.handlers, model=model)

    def close(self) -> None:
        self.background.stop()
        self.database.close()

    def _versions(self, version: int) -> Handlers:
        return self.handlers

    def worker(self) -> Worker:
        return Worker(self.units, self._versions, self.holding)

    def emit(self, *events: Event | Job) -> None:
        with self.units.open("test") as unit:
            for event in events:
                unit.emit(event)

    def run_due(self) -> int:
        return self.background.run_due()

    def pass_time(self, **duration: float) -> int:
        """Let it pass, and do what is due then."""
        self.clock.advance(**duration)
        return self.run_due()

    def read(self, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return connection.execute(query)

    def jobs(self, *columns: str) -> list[tuple[Any, ...]]:
        """In the order they were made."""
        return self.read(sa.select(*(JOBS.c[name] for name in columns)).order_by(JOBS.c.id))

    def statuses(self) -> list[str]:
        return [status for (status,) in self.jobs("status")]

    @property
    def effects(self) -> list[str]:
        return [effect for (effect,) in self.read(sa.select(LEDGER.c.effect).order_by(LEDGER.c.number))]


def note(unit: Any, effect: str) -> None:
    """An effect in the database."""
    unit.connection.write(sa.insert(LEDGER).values(effect=effect))


def noting(unit: Any, job: Job) -> None:
    """The plainest duty: notes what its payload says."""
    note(unit, str(job.payload.get("effect", job.name)))


def event(name: str, cause: Any = None) -> Event:
    return Event(
        kind="record.created",
        entity="account",
        record_id="01a20508-3534-751f-aab0-fe924fee2695",
        version=1,
        at=NOW,
        data={"name": name},
        cause=cause,
    )
