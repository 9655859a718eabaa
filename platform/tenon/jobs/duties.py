"""In charge of what the layers above say of their jobs: how one is done, how often it is tried, who hears of events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar

from tenon.database import UnitOfWork
from tenon.jobs.events import Event
from tenon.jobs.job import Job
from tenon.texts import Text

T = TypeVar("T")

PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3))
"""Before the second, third… attempt; the last one before all further ones."""
TIME_LIMIT = timedelta(minutes=5)

Subscriber = Callable[[UnitOfWork, Event], None]
"""Called in the transaction in which the event is marked done: what it emits or writes, it does exactly once.

It raises what it likes when it could not do its work; it will then hear of the event again.
"""


class GiveUp(Exception):
    """Raised by a duty when trying again would not help; the job rests as dead at once."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Unsure(GiveUp):
    """Raised by `Outside.call` when nobody knows whether the effect happened; only repeatable ones are tried again."""


@dataclass(frozen=True, kw_only=True)
class Outside(Generic[T]):
    """An effect outside the database, returned by `Duty.perform`.

    The transaction of `perform` is committed first, the job marked as sending. Then `call` is made without any
    transaction, then `settle` in a second one, which marks the job done. What `call` raises means that nothing
    happened outside: it is tried again (unless GiveUp or Unsure). `perform` is asked once more for each further
    attempt, with `job.resumed`: what it wrote is there already, so it must write it in a way that twice is once.
    When the process dies in between, a `repeatable` effect is made again; another rests as dead until a person
    who has looked replays it or marks it as done.
    """

    call: Callable[[], T]
    settle: Callable[[UnitOfWork, T], None]
    repeatable: bool


@dataclass(frozen=True, kw_only=True)
class Duty:
    """How jobs of one name are done. `perform` and the mark that the job is done are one transaction.

    `gave_up` hears of a job's death, and why, in the transaction of that death. A `recurring` one comes again by
    itself: while nothing may leave the house (see `pausing`), it is left out instead of held.
    """

    perform: Callable[[UnitOfWork, Job], Outside[Any] | None]
    attempts: int = 5
    time_limit: timedelta = TIME_LIMIT
    pauses: Sequence[timedelta] = PAUSES
    gave_up: Callable[[UnitOfWork, Job, str], None] | None = None
    recurring: bool = False

    def pause(self, attempts: int) -> timedelta:
        """After so many attempts."""
        return self.pauses[min(attempts, len(self.pauses)) - 1]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Jobs made at planned instants. `next_after` gives the first one after an instant, None when there is none.

    After a time of being down, `missed` says whether the last of the missed instants is made up for (`once`), or
    none of them (`skip`). A changed `signature` (the pattern, say) starts anew from the present.
    """

    name: str
    next_after: Callable[[datetime], datetime | None]
    make: Callable[[UnitOfWork, datetime], Sequence[Job]]
    missed: Literal["once", "skip"] = "once"
    signature: str = ""


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """All that one published version has to say to relay, planner and worker."""

    duties: Mapping[str, Duty] = field(default_factory=dict)
    subscribers: Sequence[Subscriber] = ()
    schedules: Sequence[Schedule] = ()
    timezone: str = "UTC"
