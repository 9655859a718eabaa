"""In charge of the unit of work: who acts, when, on which connection, and what came of it.

It is the first argument of whatever touches data; one per request or job. There is no other place to look
for the actor or for the present.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tenon.actors import Actor
from tenon.database.connection import Connection

T = TypeVar("T")


@dataclass(frozen=True)
class Cause:
    """Why work happens: the event that led to it. `depth` counts the links of the chain from the first one, 1."""

    event: str
    depth: int = 1


@dataclass
class UnitOfWork:
    """`now` is an aware instant in UTC; it stands still for the whole unit, so that one change has one time."""

    actor: Actor
    connection: Connection
    now: datetime
    cause: Cause | None = None
    events: list[Any] = field(default_factory=list)
    """Events in the order they happened; whoever finishes the unit writes them to the outbox before the commit."""
    _memory: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def emit(self, event: Any) -> None:
        self.events.append(event)

    def remembered(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gave when it was first asked for in this unit: for what is read once and used often."""
        if key not in self._memory:
            self._memory[key] = make()
        found: T = self._memory[key]
        return found

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` once the transaction is committed, outside it; never when it is rolled back."""
        self.connection.after_commit(callback)

    @cached_property
    def today(self) -> date:
        """The date where the actor is."""
        return self.now.astimezone(ZoneInfo(self.actor.timezone)).date()
