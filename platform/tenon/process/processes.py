"""In charge of all processes of one assembled version: the list of their parts, and what they want done together.

A part is a class made with the `Ground`; it enters its service there under its own name and says which duties,
subscribers and schedules it has. To add one: a line in `PARTS`.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from tenon.database import UnitOfWork
from tenon.jobs import Duty, Schedule, Subscriber
from tenon.model import Model
from tenon.process.approvals import Approvals
from tenon.process.assigning import Assignments
from tenon.process.automations import Automations
from tenon.process.commenting import Commenting
from tenon.process.ground import FindActor, Ground
from tenon.process.leaving import Leavers
from tenon.process.notifying import Notifying
from tenon.process.parts import Part
from tenon.process.pools import Pools
from tenon.process.reminding import Reminding
from tenon.process.stages import Stages
from tenon.process.upcoming import Upcoming
from tenon.query import Reader
from tenon.records import Writer

PARTS: Mapping[str, Callable[[Ground], Part]] = {
    "approvals": Approvals,
    "assignments": Assignments,
    "pools": Pools,
    "leavers": Leavers,
    "automations": Automations,
    "stages": Stages,
    "notifying": Notifying,
    "commenting": Commenting,
    "reminding": Reminding,
    "upcoming": Upcoming,
}
"""Service name → class of the part, made with the Ground alone, in this order."""


class Processes:
    """What the workspace holds of processes; never changed, only replaced with the version."""

    def __init__(self, model: Model, reader: Reader, writer: Writer, actors: FindActor) -> None:
        self.ground = Ground(model=model, reader=reader, writer=writer, actors=actors)
        self._parts: list[Part] = []
        for name, part in PARTS.items():
            made = part(self.ground)
            self.ground.services[name] = made
            self._parts.append(made)

    def join(self, name: str, part: Part) -> None:
        """A part of a layer above enters its service; before anybody asks for duties."""
        self.ground.services[name] = part
        self._parts.append(part)

    @cached_property
    def duties(self) -> Mapping[str, Duty]:
        return {name: duty for part in self._parts for name, duty in part.duties().items()}

    @cached_property
    def subscribers(self) -> Sequence[Subscriber]:
        return [each for part in self._parts for each in part.subscribers()]

    @cached_property
    def schedules(self) -> Sequence[Schedule]:
        return [each for part in self._parts for each in part.schedules()]

    def published(self, unit: UnitOfWork, number: int) -> None:
        """This version comes into force with the unit; what is to be done about it is done after the commit."""
        self.approvals.published(unit, number)

    @property
    def people(self) -> Any:
        return self.ground.people

    @property
    def automations(self) -> Any:
        return self.ground.service("automations")

    @property
    def approvals(self) -> Any:
        return self.ground.service("approvals")

    @property
    def pools(self) -> Any:
        return self.ground.service("pools")

    @property
    def assignments(self) -> Any:
        return self.ground.service("assignments")

    @property
    def calendars(self) -> Any:
        return self.ground.calendars

    @property
    def stages(self) -> Any:
        return self.ground.service("stages")
