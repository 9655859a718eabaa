"""In charge of how one action is carried out: what a performer is given, and what it may answer.

A performer belongs to the action of the same key in `tenon.actions`. It acts with the rights of `doing.access`, in the
transaction of `doing.unit`; what it raises undoes its step alone. Effects outside the database are never had here:
`perform` answers `Leaving`, whose `call` is made once this transaction is committed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.expressions import Expression
from tenon.fields import Display
from tenon.model import Step
from tenon.process.evaluation import Ref, Scene, packed
from tenon.process.ground import Ground
from tenon.process.performing.words import filled
from tenon.process.ways import records_at, records_on
from tenon.records import RecordFacts
from tenon.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Doing:
    """One step of one run. `key` is its own, the same at every attempt: what must not happen twice is marked with it.

    `unit.actor` is whom the run acts as, `access` his rights, `scene` the record as it is now and what stands around.
    `origin` says what the step belongs to: `automation:deal_won`, `approval:discount.on_approve`.
    """

    ground: Ground
    unit: UnitOfWork
    access: Access
    scene: Scene
    step: Step
    run: str
    key: str
    origin: str
    actor_id: str | None = None
    """Who set it off; None when nobody did."""
    cause: str = ""
    """The event that led to the run, the same for all runs that it led to; the run itself where there was none."""
    rehearsed: bool = False
    """Whether it is only looked at what would happen: what is written is undone, so nothing beside it may be left."""
    kept: Any = None
    """What the step has kept in its last `Again`; None when it is done for the first time."""

    @property
    def record(self) -> RecordFacts | None:
        """The record the run is about."""
        return self.scene.record

    def records(self) -> list[RecordFacts]:
        """Those at the end of the way of the step (`of`, `in`, `relationship`), the record itself without one."""
        return records_on(self.scene, self.step.slots)

    def at(self, way: str) -> RecordFacts | None:
        """The one record at the end of another way; "" is the record itself."""
        return next(iter(records_at(self.scene, way)), None)

    def value(self, name: str) -> Any:
        """What the expression of a property comes to; None when there is none."""
        expression = self.step.slots.expressions.get(name)
        return None if expression is None else self.scene.value(expression)

    def named(self, name: str) -> dict[str, Any]:
        """The values of free names (`send.order` → order)."""
        prefix = f"{name}."
        found = self.step.slots.expressions
        return {key.removeprefix(prefix): self.value(key) for key in found if key.startswith(prefix)}

    def values(self) -> dict[str, Any]:
        """Fields with what they get, in the expression language's own form."""
        return {name: self.scene.value(each) for name, each in self.step.slots.values.items()}

    def people(self, name: str) -> tuple[str, ...]:
        """Ids of the users that a property names; none when there is none."""
        who = self.step.slots.people.get(name, ())
        return self.ground.people.resolve(self.unit, who, self.scene.context)

    def texts(self, name: str) -> list[Any]:
        """What the expressions of people and addresses come to, one after another, lists opened up."""
        found: list[Any] = []
        for each in self.step.slots.people.get(name, ()):
            value = self.scene.value(each)
            several = isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields")
            found.extend(value if several else [value])
        return [value for value in found if value is not None]

    def words(self, name: str, display: Display | None = None) -> str | None:
        """The filled-in text of a property, in the workspace's language unless another is asked for."""
        text = self.step.slots.texts.get(name)
        return None if text is None else filled(text, self.step.slots.placeholders, self.scene, display or self.display)

    def option(self, name: str, default: Any = None) -> Any:
        return self.step.slots.options.get(name, default)

    @property
    def display(self) -> Display:
        return self.ground.display


@dataclass(frozen=True, kw_only=True)
class Done:
    """`touched` counts the records written, `gives` is the result later steps may name, `outcome` stands in the log."""

    touched: int = 0
    gives: Ref | None = None
    outcome: Any = None


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """An effect outside the database. `call` gets no transaction and may be slow; `settle` notes what it gave.

    `repeatable`: whether `call` may be made again when nobody knows if it was made.
    """

    call: Callable[[], Any]
    settle: Callable[[UnitOfWork, Any], Done]
    repeatable: bool = False


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Nothing more before `until`, or before `early` holds."""

    until: datetime
    early: Expression | None = None


@dataclass(frozen=True, kw_only=True)
class Again:
    """Nothing was done yet: the same step once more at `until`. `why` goes to the log, `kept` (JSON) is given back."""

    until: datetime
    why: str
    kept: Any = None


@dataclass(frozen=True, kw_only=True)
class Enter:
    """The steps of an arm come next; with `items` once for each of them."""

    arm: str
    items: Sequence[Ref] | None = None
    item: str = ""
    outcome: Any = None


@dataclass(frozen=True, kw_only=True)
class End:
    """The run is over; nothing after this step is done."""

    reason: str | None = None


MASK = "•••"
Answer = Done | Leaving | Pause | Again | Enter | End


class Performer:
    """Carries out one action; one instance for all runs, without any state."""

    merges: ClassVar[bool] = False
    """Whether several of these in a row become one change of the record; they answer `changes` then."""

    def inputs(self, doing: Doing) -> Mapping[str, Any]:
        """What the expressions come to now, ready for JSON: for the log, and for “what would happen”.

        Values for sensitive fields are masked, as they are in the history.
        """
        slots = doing.step.slots
        entity = doing.ground.model.entities.get(slots.entity or "")
        secret = {name for name, field in entity.fields.items() if field.sensitive} if entity is not None else set()
        found: dict[str, Any] = {
            name: MASK if name in secret and value is not None else packed(value)
            for name, value in doing.values().items()
        }
        found |= {name: packed(doing.value(name)) for name in slots.expressions}
        found |= {name: [packed(each) for each in doing.texts(name)] for name in slots.people}
        found |= {name: doing.words(name) for name in slots.texts}
        return found

    def changes(self, doing: Doing) -> Mapping[str, Any]:
        """Of performers that merge: field → its value, in the field's own form."""
        return {}

    def perform(self, doing: Doing) -> Answer:
        """Raises a TenonError to refuse; every other exception is a fault that is tried again, too."""
        raise TypeError(f"{type(self).__name__} does not say how it is performed")


PERFORMERS: Registry[Performer] = Registry("performer")
"""By the key of the action. What leaves the house is registered above this layer, in `tenon.exchange`."""


def performer(key: str) -> Callable[[type[Performer]], type[Performer]]:
    """Decorator: one instance of the class carries out the action `key`."""

    def enter(definition: type[Performer]) -> type[Performer]:
        PERFORMERS.register(key)(definition())
        return definition

    return enter


def refs(records: Iterable[RecordFacts]) -> list[Ref]:
    return [Ref(entity=record.entity, id=record.id) for record in records]


__all__ = [
    "PERFORMERS",
    "Again",
    "Answer",
    "Doing",
    "Done",
    "End",
    "Enter",
    "Leaving",
    "Pause",
    "Performer",
    "performer",
    "refs",
]
