"""In charge of the service: records are assigned by a rule's name, by a step of an automation, or when they are new."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tenon.database import UnitOfWork
from tenon.errors import NotFound, UnknownName
from tenon.expressions import Context
from tenon.jobs import Duty, Event, Job, Subscriber
from tenon.model import Assignment, AssignmentRule, Step
from tenon.process.assigning.choosing import Chooser, Chosen, Way
from tenon.process.assigning.explaining import Explanation, RuleLooked
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.records import RecordFacts
from tenon.texts import Text, say

ASSIGN = "assignments.assign"
FALLBACK = "fallback"
LATER = "later"
"""Instead of a person: it is not working time, and a job will choose somebody when it is."""


class Assignments(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._chooser = Chooser(ground)
        self._when_new: dict[str, tuple[str, ...]] = {}
        for name, each in ground.model.assignments.items():
            if each.on_create:
                self._when_new[each.entity] = (*self._when_new.get(each.entity, ()), name)

    # What the part offers to the rest

    def duties(self) -> Mapping[str, Duty]:
        return {ASSIGN: Duty(perform=self._perform)}

    def subscribers(self) -> Sequence[Subscriber]:
        return [self._hear] if self._when_new else []

    # What others ask for

    def assign(self, unit: UnitOfWork, name: str, record_id: str) -> str | None:
        """Give the record to whom the rules say; the history says by which.

        Returns the person, None when nobody was found, LATER when it waits for working time. Raises UnknownName.
        """
        assignment = self._named(name)
        found = self._decide(unit, assignment, self._scene(unit, assignment, record_id))
        if found.waits_until is not None:
            due = found.waits_until
            payload = {"assignment": name, "record": record_id}
            unit.emit(Job(name=ASSIGN, payload=payload, key=f"assign:{name}:{record_id}:{due.isoformat()}", due=due))
            return LATER
        if found.person is not None:
            self._write(unit, assignment, record_id, found)
        return found.person

    def waits_until(self, unit: UnitOfWork, name: str, record_id: str) -> datetime | None:
        """When working time begins for which the record would wait now; None: it would not. Raises UnknownName."""
        assignment = self._named(name)
        scene = self._scene(unit, assignment, record_id)
        return self._waits(unit, assignment) if scene.holds(assignment.when) else None

    def choose_by(self, unit: UnitOfWork, name: str, record_id: str) -> Explanation:
        """As `assign`, without writing: whoever calls does that. Somebody's turn is over by it."""
        assignment = self._named(name)
        return self._decide(unit, assignment, self._scene(unit, assignment, record_id))

    def choose_for(self, unit: UnitOfWork, name: str, record: RecordFacts) -> Explanation:
        """As `choose_by`, of a record that is not written yet, and now, whatever the working hours are."""
        assignment = self._named(name)
        scene = Scene(evaluation=self._ground.evaluation, unit=unit, facts=record.group.facts, record=record)
        return self._decide(unit, assignment, scene, now=True)

    def choose(
        self, unit: UnitOfWork, step: Step, record: RecordFacts, people: Sequence[str], context: Context
    ) -> str | None:
        """One of `people`, as a step of an automation says; None when none of them is there."""
        field = step.slots.fields.get("field", "owner")
        place = f"{step.origin}:{record.entity}:{step.name}"
        way = Way(
            turn=f"step:{hashlib.sha256(place.encode()).hexdigest()[:32]}",
            entity=record.entity,
            field=field,
            method=step.slots.options.get("method", "first"),
            weight=step.slots.expressions.get("weight"),
        )
        facts = self._ground.writer.facts(unit)
        scene = Scene(evaluation=self._ground.evaluation, unit=unit, facts=facts, record=record, roots=context.roots)
        return self._chooser.choose(scene, people, way, f"{place}:{record.id}:{unit.now.isoformat()}").person

    def explain(self, unit: UnitOfWork, name: str, record_id: str) -> Explanation:
        """Who would get the record now, and why; nothing is changed. Raises UnknownName, NotFound."""
        assignment = self._named(name)
        return self._decide(unit, assignment, self._scene(unit, assignment, record_id), dry=True)

    # How

    def _named(self, name: str) -> Assignment:
        known = self._ground.model.assignments
        found = known.get(name)
        if found is None:
            raise UnknownName.among(name, known, where="assignment")
        return found

    def _scene(self, unit: UnitOfWork, assignment: Assignment, record_id: str) -> Scene:
        scene = self._ground.evaluation.scene(unit, assignment.entity, record_id)
        if scene.record is None or (scene.record.known or {}).get("deleted_at") is not None:
            label = self._ground.model.entities[assignment.entity].label
            raise NotFound(say("There is no such {entity}.", "没有这条{entity}。", entity=label))
        return scene

    def _decide(
        self, unit: UnitOfWork, assignment: Assignment, scene: Scene, *, dry: bool = False, now: bool = False
    ) -> Explanation:
        if not scene.holds(assignment.when):
            return Explanation(assignment=assignment.name, applies=False)
        waits = None if now else self._waits(unit, assignment)
        if waits is not None and not dry:
            return Explanation(assignment=assignment.name, applies=True, waits_until=waits)
        looked = []
        for rule in assignment.rules.values():
            looked.append(self._look(assignment, rule, scene, dry=dry))
            if looked[-1].chosen is not None:
                return self._explained(assignment, looked, waits)
        looked.append(self._fall_back(unit, assignment, scene, dry=dry))
        return self._explained(assignment, looked, waits)

    def _waits(self, unit: UnitOfWork, assignment: Assignment) -> datetime | None:
        """For working time, where the assignment says so."""
        hours = self._ground.calendars.of(assignment.calendar)
        if hours is None or assignment.outside_hours != "wait" or hours.is_working(unit.now):
            return None
        return hours.next_working(unit.now)

    def _explained(self, assignment: Assignment, looked: list[RuleLooked], waits: Any) -> Explanation:
        last = looked[-1]
        return Explanation(
            assignment=assignment.name,
            applies=True,
            person=last.chosen,
            rule=last.rule if last.chosen is not None else None,
            waits_until=waits,
            looked=tuple(looked),
        )

    def _look(self, assignment: Assignment, rule: AssignmentRule, scene: Scene, *, dry: bool) -> RuleLooked:
        if not scene.holds(rule.when):
            return RuleLooked(rule=rule.name, label=rule.label, fits=False, passed_over={})
        way = Way(
            turn=f"assignment:{assignment.name}:{rule.name}",
            entity=assignment.entity,
            field=assignment.field,
            method=rule.method,
            weight=rule.weight,
            load=rule.load,
            most=rule.most,
            skip_absent=assignment.skip_absent,
        )
        people = self._chooser.named(scene.unit, rule.to, scene)
        record = scene.record.id if scene.record is not None else ""
        seed = f"{way.turn}:{record}:{scene.unit.now.isoformat()}"
        return _looked(rule.name, rule.label, self._chooser.choose(scene, people, way, seed, dry=dry))

    def _fall_back(self, unit: UnitOfWork, assignment: Assignment, scene: Scene, *, dry: bool) -> RuleLooked:
        way = Way(
            turn=f"assignment:{assignment.name}:",
            entity=assignment.entity,
            field=assignment.field,
            skip_absent=assignment.skip_absent,
        )
        people = self._chooser.named(unit, assignment.fallback, scene)
        label = say("Otherwise", "其他情况")
        return _looked(FALLBACK, label, self._chooser.choose(scene, people, way, "", dry=dry))

    def _write(self, unit: UnitOfWork, assignment: Assignment, record_id: str, found: Explanation) -> None:
        reason = self._reason(assignment, found)
        actor = unit.actor if not unit.actor.is_system else self._ground.system(reason)
        access = self._ground.access(self._ground.system(reason))
        ours = replace(unit, actor=replace(actor, reason=reason))
        values = {assignment.field: found.person}
        self._ground.writer.change(ours, access, assignment.entity, record_id, values, version=None)

    def _reason(self, assignment: Assignment, found: Explanation) -> str:
        looked: Text = next((each.label for each in found.looked if each.rule == found.rule), assignment.label)
        text = say("assigned by “{name}”: {rule}", "按“{name}”分配：{rule}", name=assignment.label, rule=looked)
        return text.in_(self._ground.model.workspace.language)

    # New records

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.kind != "record.created":
            return
        for name in self._when_new.get(event.entity, ()):
            field = self._ground.model.assignments[name].field
            given = event.data.get("changed", {}).get(field, [None, None])[1]
            payload = {"assignment": name, "record": event.record_id, "given": given}
            unit.emit(Job(name=ASSIGN, payload=payload, key=f"assign:{name}:{event.id}"))

    def _perform(self, unit: UnitOfWork, job: Job) -> None:
        """A record that is gone needs nobody; one that somebody was given meanwhile stays with him."""
        name, record_id = str(job.payload["assignment"]), str(job.payload["record"])
        assignment = self._ground.model.assignments.get(name)
        if assignment is None:
            return
        try:
            scene = self._scene(unit, assignment, record_id)
        except NotFound:
            return
        present = (scene.record.known or {}).get(assignment.field) if scene.record is not None else None
        if "given" in job.payload and job.payload["given"] != present:
            return
        self.assign(unit, name, record_id)


def _looked(rule: str, label: Text, found: Chosen) -> RuleLooked:
    return RuleLooked(
        rule=rule,
        label=label,
        fits=True,
        candidates=found.candidates,
        passed_over=found.passed_over,
        chosen=found.person,
    )
