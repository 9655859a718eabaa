"""In charge of what an approval's course asks the world: conditions, people, who is away, who answers for whom."""

from collections.abc import Iterable

from tenon.database import UnitOfWork
from tenon.model import Approval, Who
from tenon.process.absences import Absences
from tenon.process.approvals.values import Person, State
from tenon.process.evaluation import Ref, Scene
from tenon.process.ground import Ground

_CHAIN = 5
"""So many stand in for one another at most."""


class Asking:
    """The `Inquiry` of one operation: the record is seen as it is in this transaction."""

    def __init__(self, ground: Ground, absences: Absences, unit: UnitOfWork, flow: Approval, scene: Scene) -> None:
        self._ground = ground
        self._absences = absences
        self._unit = unit
        self._flow = flow
        self._scene = scene

    def applies(self, step: str) -> bool:
        return self._scene.holds(self._flow.steps[step].when)

    def people(self, step: str) -> tuple[Person, ...]:
        definition = self._flow.steps[step]
        return self.found(definition.who) or self.found(definition.otherwise)

    def manager(self, person: str | None) -> Person | None:
        above = self._ground.people.of(self._unit).managers(person)
        return next(iter(self.present(above[:1])), None)

    def administrators(self) -> tuple[Person, ...]:
        return self.present(self.administrator_ids())

    def reviser(self, submitter: str | None) -> Person | None:
        """Whoever submitted it, though away: nobody revises in another's place without being asked to."""
        if submitter is not None and self._ground.people.active(self._unit, [submitter]):
            return Person(submitter)
        return self.manager(submitter) or next(iter(self.administrators()), None)

    def found(self, who: Who) -> tuple[Person, ...]:
        """Those who work here among the people the expressions give."""
        ids = self._ground.people.resolve(self._unit, who, self._scene.context)
        return self.present(self._ground.people.active(self._unit, ids))

    def present(self, ids: Iterable[str]) -> tuple[Person, ...]:
        """Each, or whoever stands in; nobody twice."""
        found: dict[str, Person] = {}
        for each in ids:
            person = standing_in(self._ground, self._absences, self._unit, each) or Person(each)
            found.setdefault(person.id, person)
        return tuple(found.values())

    def administrator_ids(self) -> tuple[str, ...]:
        directory = self._ground.people.of(self._unit)
        roles = [role.name for role in self._ground.model.roles.values() if role.administrator]
        ids = dict.fromkeys(person for role in roles for person in directory.holders(role, None, None))
        return self._ground.people.active(self._unit, ids)


def standing_in(ground: Ground, absences: Absences, unit: UnitOfWork, person: str) -> Person | None:
    """Who stands in for somebody who is away now, over several links; None: nobody, or he is here."""
    at = person
    for _link in range(_CHAIN):
        away = absences.delegates(unit, [at])
        delegate = away.get(at)
        if delegate is None or delegate == person or not ground.people.active(unit, [delegate]):
            break
        at = delegate
    return None if at == person else Person(at, instead_of=person)


def scene_of(
    ground: Ground,
    unit: UnitOfWork,
    record: tuple[str, str],
    state: State,
    submitted_at: object,
    comment: str,
) -> Scene:
    """The record, and the request as its expressions see it."""
    request = {
        "submitter": Ref(entity="user", id=state.submitter) if state.submitter is not None else None,
        "submitted_at": submitted_at,
        "comment": comment,
        "decisions": state.decisions,
        "round": state.round,
    }
    return ground.evaluation.scene(unit, *record, roots={"request": request})
