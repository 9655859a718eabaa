"""In charge of the values an approval's course is made of: its state, what people do to it, what follows.

Nothing here touches a database. A `State` holds facts only: who was asked and what was answered. Whether a task is
open, waiting or no longer needed is derived from them and from the definition (`standing.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Answer = Literal["approved", "rejected", "returned", "passed", "skipped", "resubmitted"]
Kind = Literal["asked", "before", "after", "passed", "escalated", "revise"]
Status = Literal["running", "revising", "approved", "rejected", "recalled", "cancelled"]
TaskStatus = Literal[
    "waiting", "open", "approved", "rejected", "returned", "passed", "skipped", "resubmitted", "dropped"
]
Ending = Literal["approved", "rejected", "recalled", "cancelled"]

START = "start"
"""Where a request goes back to when it goes back to its submitter."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One person asked. `number` counts within the request.

    A round of steps is asked anew on each `visit`. A `seat` is one say in a step's vote; whoever was added before or
    after stands in the same seat at an earlier or later `place`, and all places must agree. At one place stand those
    of whom one answer is enough: whoever was handed the task, or was asked too when time ran out.
    """

    number: int
    step: str
    visit: int
    seat: int
    place: int
    person: str
    kind: Kind = "asked"
    instead_of: str | None = None
    by: str | None = None
    """Who asked this person in, when it was not the definition."""
    answer: Answer | None = None
    automatic: bool = False
    """Answered by a rule, not by the person."""


@dataclass(frozen=True, kw_only=True)
class State:
    """`visit` is the present one; agreements of visits before `epoch` count no more, the request began anew."""

    submitter: str | None
    status: Status = "running"
    round: int = 0
    visit: int = 0
    epoch: int = 0
    tasks: tuple[Task, ...] = ()

    @property
    def ended(self) -> bool:
        return self.status not in ("running", "revising")

    @property
    def decisions(self) -> int:
        """How many answers people gave themselves."""
        given = ("approved", "rejected", "returned")
        return sum(1 for task in self.tasks if task.answer in given and not task.automatic)

    def task(self, number: int) -> Task | None:
        return next((task for task in self.tasks if task.number == number), None)


@dataclass(frozen=True)
class Person:
    """Somebody to ask, perhaps in the place of somebody who is away."""

    id: str
    instead_of: str | None = None


class Inquiry(Protocol):
    """What the course has to ask the world about; answers may differ from day to day."""

    def applies(self, step: str) -> bool:
        """Whether the condition of the step holds."""
        ...

    def people(self, step: str) -> tuple[Person, ...]:
        """Whom the step asks, each once, or those it asks otherwise."""
        ...

    def manager(self, person: str | None) -> Person | None: ...

    def administrators(self) -> tuple[Person, ...]: ...

    def reviser(self, submitter: str | None) -> Person | None:
        """Who revises what is sent back: the submitter, or whoever answers for one who left."""
        ...


# What people do


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`actor` is None for the product itself, acting by a rule."""

    actor: str | None
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class Approve(Operation):
    task: int


@dataclass(frozen=True, kw_only=True)
class Reject(Operation):
    task: int
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class SendBack(Operation):
    """`to` is a step, or START."""

    task: int
    to: str


@dataclass(frozen=True, kw_only=True)
class Delegate(Operation):
    task: int
    to: Person


@dataclass(frozen=True, kw_only=True)
class AddSigners(Operation):
    task: int
    people: tuple[Person, ...]
    where: Literal["before", "after"]


@dataclass(frozen=True, kw_only=True)
class Resubmit(Operation):
    task: int


@dataclass(frozen=True, kw_only=True)
class Recall(Operation):
    pass


@dataclass(frozen=True, kw_only=True)
class Remind(Operation):
    pass


@dataclass(frozen=True, kw_only=True)
class Copy(Operation):
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Comment(Operation):
    pass


@dataclass(frozen=True, kw_only=True)
class Expire(Operation):
    """Nobody decided in time. `to` are those asked too, or instead."""

    task: int
    do: Literal["remind", "escalate", "delegate", "approve", "reject", "skip"]
    to: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reassign(Operation):
    """By an administrator with a reason, or by the product because the person left."""

    task: int
    to: Person


@dataclass(frozen=True, kw_only=True)
class Force(Operation):
    """By an administrator with a reason."""

    outcome: Literal["approved", "rejected", "cancelled"]


# What follows


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something to remember: `kind` is one of the words of `wording.py`."""

    kind: str
    person: str | None = None
    step: str = ""
    to: str | None = None
    comment: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """This task waits for its person now."""

    task: int


@dataclass(frozen=True)
class Closed:
    """This task waits no longer."""

    task: int


@dataclass(frozen=True)
class Decided:
    """A step came to its end."""

    step: str


@dataclass(frozen=True)
class Reminded:
    people: tuple[str, ...]


@dataclass(frozen=True)
class Copied:
    people: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """`person` is whose word ended it, None for a rule."""

    outcome: Ending
    person: str | None = None
    step: str = ""
    comment: str = ""


Effect = Happened | Opened | Closed | Decided | Reminded | Copied | Ended


@dataclass(frozen=True)
class Outcome:
    state: State
    effects: tuple[Effect, ...] = ()
