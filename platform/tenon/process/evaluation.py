"""In charge of what the expressions of processes meet at run time: the record as it is now, and what stands around it.

Like a rule, an expression of a process sees everything, whoever acts: a condition must not hold for one person and
fail for another. What a step then *does* is subject to the rights of whoever it runs as.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tenon.database import UnitOfWork
from tenon.expressions import Context, Expression
from tenon.process.people import People
from tenon.records import Facts, RecordFacts, Writer


@dataclass(frozen=True, kw_only=True)
class Ref:
    """A record, as a value of a root that is kept: `trigger.by`, `steps.contract`."""

    entity: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Around one record, for one unit of work. `record` is None when there is none, or when it is gone."""

    evaluation: "Evaluation"
    unit: UnitOfWork
    facts: Facts
    record: RecordFacts | None = None
    old: RecordFacts | None = None
    is_new: bool = False
    roots: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        unit, people = self.unit, self.evaluation.people
        return Context(
            record=self.record if self.record is not None else {},
            today=unit.today,
            now=unit.now,
            old=self.old,
            is_new=self.is_new,
            user=self.facts.user,
            timezone=unit.actor.timezone,
            trees=self.facts.trees,
            people=people.of(unit),
            roots={"record": self.record, **self.roots},
        )

    def value(self, expression: Expression) -> Any:
        """The result in the expression language's own form."""
        return self.facts.result(expression, self.context)

    def holds(self, condition: Expression | None) -> bool:
        """A condition that comes to nothing does not hold; none always does."""
        return condition is None or bool(self.value(condition))

    def about(self, record: RecordFacts | None) -> "Scene":
        """Bare names mean the fields of `record`; the roots stay, `record` among them."""
        return replace(self, record=record, old=None, roots={"record": self.record, **self.roots})

    def beside(self, **roots: Mapping[str, Any] | None) -> "Scene":
        return replace(self, roots={**self.roots, **roots})

    def over(self, values: Mapping[str, Any]) -> "Scene":
        """As if the record had these field values already."""
        if self.record is None or not values:
            return self
        return replace(self, record=self.facts.overlaid(self.record, values))

    def find(self, ref: Ref) -> RecordFacts:
        """The record referred to; loaded when first asked about."""
        return self.facts.record(ref.entity, ref.id)


class Evaluation:
    """Makes scenes; one for each assembled version."""

    def __init__(self, writer: Writer, people: People) -> None:
        self._writer = writer
        self.people = people

    def scene(
        self,
        unit: UnitOfWork,
        entity: str | None,
        record_id: str | None,
        *,
        roots: Mapping[str, Mapping[str, Any] | None] | None = None,
        old: Mapping[str, Any] | None = None,
        is_new: bool = False,
    ) -> Scene:
        """`roots` may hold `Ref`s among their values. `old`: field → what it was, for those that have changed.

        A record that is not there gives a scene without one; a deleted one is still seen.
        """
        facts = self._writer.facts(unit)
        record = facts.stored(entity, record_id) if entity is not None and record_id is not None else None
        before = None if record is None or old is None else facts.overlaid(record, old)
        scene = Scene(evaluation=self, unit=unit, facts=facts, record=record, old=before, is_new=is_new)
        return scene.beside(**{name: opened(scene, root) for name, root in (roots or {}).items()})


def opened(scene: Scene, root: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A root with its `Ref`s as records."""
    if root is None:
        return None
    return {name: scene.find(value) if isinstance(value, Ref) else value for name, value in root.items()}


def packed(value: Any) -> Any:
    """As JSON that `unpacked` reads back: instants, dates, numbers, records."""
    if isinstance(value, Ref):
        return {"$record": [value.entity, value.id]}
    if isinstance(value, RecordFacts):
        return {"$record": [value.entity, value.id]}
    if isinstance(value, datetime):
        return {"$instant": value.isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$number": str(value)}
    if isinstance(value, Mapping):
        return {str(name): packed(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [packed(each) for each in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def unpacked(value: Any) -> Any:
    """What `packed` made JSON of; records as `Ref`."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        (mark, inner) = next(iter(value.items()))
        if mark in _OPENED:
            return _OPENED[mark](inner)
    return {name: unpacked(each) for name, each in value.items()}


_OPENED: dict[str, Any] = {
    "$record": lambda inner: Ref(entity=inner[0], id=inner[1]),
    "$instant": datetime.fromisoformat,
    "$date": date.fromisoformat,
    "$number": Decimal,
}
