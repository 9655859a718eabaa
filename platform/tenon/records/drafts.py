"""In charge of a record on its way into the database: what was sent, what is stored, what will be.

All drafts of one call go through every step together, so that one record and five hundred take the same way.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Detail, InvalidInput, TenonError
from tenon.fields import Vault
from tenon.model import Pipeline, Stage
from tenon.records.facts import Facts, Group, RecordFacts
from tenon.records.meeting import reads_of
from tenon.records.plans import EntityPlan, Plans, Values
from tenon.records.programs import Programs
from tenon.texts import Text, say

NO_SUCH_RECORD = "no_such_record"


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of a record. `changed` is false when it was like that already and nothing was written."""

    id: str
    version: int
    changed: bool = True
    entity: str = ""


@dataclass(frozen=True)
class PastStage:
    """One entry of a stage history that comes from elsewhere."""

    stage: str
    entered_at: datetime


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """For records that lived elsewhere before: any stage without its demands, and the dates they really have.

    What is required always is required here too; what is required on a condition is not.

    `stages` gives the stage history of a row by its place in the rows, oldest first; its last is the present stage.
    `stage_since`, `created_at`, `created_by` and auto-numbers may then stand among a row's values.
    """

    stages: Mapping[int, tuple[PastStage, ...]] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class Draft:
    """`old` is the stored record, None for a new one; `values` is what it will be; `sent` is what the caller said."""

    id: str
    position: int = 0
    raw: Mapping[str, Any]
    old: Values | None = None
    values: Values = field(default_factory=dict)
    sent: Values = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    """Names of fields whose input could not be read."""
    problems: list[Detail] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    """Names of fields that the engine set by itself: defaults, numbers."""
    entering: Stage | None = None
    """The stage the record moves into, or begins in."""
    pipeline: Pipeline | None = None
    """The pipeline it will be in; of a change before its stage is found: the one that was asked for, if any."""
    past: tuple[PastStage, ...] = ()
    reason: str | None = None
    approved: str | None = None
    """The approval that was passed for this move."""
    facts: RecordFacts = field(init=False)
    before: RecordFacts | None = None

    @property
    def stored(self) -> Values:
        """Of a change: the record as it is."""
        if self.old is None:
            raise TypeError("a new record has nothing stored")
        return self.old

    @property
    def is_new(self) -> bool:
        return self.old is None

    def changed(self) -> list[str]:
        """Names of the fields that will differ from what is stored."""
        old = self.old
        if old is None:
            return [name for name, value in self.values.items() if value is not None]
        return [name for name, value in self.values.items() if value != old[name]]

    def touches(self, names: frozenset[str]) -> bool:
        """Whether one of `names` is new or different."""
        old = self.old
        return old is None or any(name in old and self.values[name] != old[name] for name in names)

    def problem(self, path: str, code: str, message: Text, hint: Text | None = None) -> None:
        self.problems.append(Detail(path=path, code=code, message=message, hint=hint))


@dataclass(eq=False, kw_only=True)
class Work:
    """One call of the writer. A refused draft leaves; `tolerant` keeps the reason, otherwise it is raised at once."""

    unit: UnitOfWork
    access: Access
    plans: Plans
    plan: EntityPlan
    programs: Programs
    facts: Facts
    drafts: list[Draft]
    options: ImportOptions | None = None
    tolerant: bool = False
    vault: Vault | None = None
    refused: dict[int, TenonError] = field(default_factory=dict)

    @classmethod
    def begin(
        cls,
        unit: UnitOfWork,
        access: Access,
        plans: Plans,
        programs: Programs,
        entity: str,
        drafts: list[Draft],
        **rest: Any,
    ) -> "Work":
        facts = Facts(plans, programs, unit)
        facts.reads = reads_of(facts, access)
        plan = plans[entity]
        work = cls(
            unit=unit, access=access, plans=plans, plan=plan, programs=programs, facts=facts, drafts=drafts, **rest
        )
        future, past = Group(facts, plan), Group(facts, plan)
        for draft in drafts:
            draft.facts = future.add(draft.id, draft.values, stored=not draft.is_new)
            if draft.old is not None:
                draft.before = past.add(draft.id, draft.old)
        return work

    def each(self, step: "Callable[[Work, Draft], None]") -> None:
        """Do one step for every draft still here."""
        for draft in list(self.drafts):
            try:
                step(self, draft)
            except TenonError as error:
                self.refuse(draft, error)

    def refuse(self, draft: Draft, error: TenonError) -> None:
        if not self.tolerant:
            raise error
        self.refused[draft.position] = error
        self.drafts.remove(draft)

    def settle(self) -> None:
        """Refuse the drafts with problems, each with all of its own."""
        for draft in list(self.drafts):
            if draft.problems:
                self.refuse(draft, invalid(draft.problems))

    def settle_hidden(self) -> None:
        """Refuse at once what names records the actor cannot name: nothing may be concluded from them."""
        for draft in list(self.drafts):
            if any(problem.code == NO_SUCH_RECORD for problem in draft.problems):
                self.refuse(draft, invalid(draft.problems))

    def evaluate(self, draft: Draft, expression: Any) -> Any:
        return self.facts.evaluate(expression, draft.facts, old=draft.before, is_new=draft.is_new)

    def permitted(self, draft: Draft, permit: Any) -> bool:
        """Of the record as it will be."""
        return self.facts.holds(permit, draft.facts)

    def __iter__(self) -> Iterator[Draft]:
        return iter(list(self.drafts))


def invalid(problems: list[Detail]) -> InvalidInput:
    """One refusal of all problems; a single one speaks for itself."""
    if len(problems) == 1:
        return InvalidInput(problems[0].message, hint=problems[0].hint, details=problems)
    message = say("{count} values cannot be accepted.", "有 {count} 个值无法接受。", count=len(problems))
    return InvalidInput(message, details=problems)
