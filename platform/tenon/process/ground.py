"""In charge of what every part of the processes stands on: the model, the two doors, people, and one another.

Parts need each other both ways (an automation starts an approval, an approval runs steps), so they meet here by name
instead of importing one another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import Connection
from tenon.errors import Unavailable
from tenon.fields import Display
from tenon.model import Model
from tenon.process.calendars import Calendars
from tenon.process.evaluation import Evaluation
from tenon.process.people import People
from tenon.query import Reader
from tenon.records import Writer
from tenon.texts import say

FindActor = Callable[[Connection, str, datetime], Actor | None]
"""The living, active user with this id as an actor."""


@dataclass(eq=False, kw_only=True)
class Ground:
    """One for each assembled version; complete once every part has entered its service."""

    model: Model
    reader: Reader
    writer: Writer
    actors: FindActor
    services: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def people(self) -> People:
        return People(self.reader)

    @cached_property
    def evaluation(self) -> Evaluation:
        return Evaluation(self.writer, self.people)

    @cached_property
    def calendars(self) -> Calendars:
        """Working time by the name of a calendar."""
        return Calendars(self.model)

    @property
    def display(self) -> Display:
        """The workspace's own language and time zone, for words that are kept."""
        return Display(language=self.model.workspace.language, timezone=self.model.workspace.timezone)

    def service(self, name: str) -> Any:
        """The service of another part (`approvals`, `pools`, `assignments`, `automations`, `stages`).

        Raises Unavailable when this installation has no such part.
        """
        found = self.services.get(name)
        if found is None:
            raise Unavailable(
                say("This program has no service “{name}”.", "本程序没有“{name}”服务。", name=name),
                hint=say("Take the step that needs it out.", "请移除需要它的步骤。"),
            )
        return found

    def system(self, reason: str) -> Actor:
        """The system as an actor, with the workspace's time zone; `reason` is kept with what it changes."""
        return Actor.system(reason, timezone=self.model.workspace.timezone)

    def access(self, actor: Actor) -> Access:
        return Access.of(self.model, actor)
