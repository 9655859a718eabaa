"""In charge of the action “assign”: a record gets an owner, by a rule or from among the people named."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from tenon.errors import InvalidInput
from tenon.process.performing.base import Again, Answer, Doing, Done, Performer, performer
from tenon.process.performing.writing import write_fields
from tenon.records import RecordFacts
from tenon.texts import Text, say


@performer("assign")
class AssignRecord(Performer):
    def perform(self, doing: Doing) -> Answer:
        """Nobody to choose from is refused, so that the record does not stay lying unseen.

        Where the rule waits for working time, so does the run; whoever was given the record meanwhile keeps it.
        """
        records = doing.records()
        if doing.step.slots.assignment is None:
            chosen = [self._chosen(doing, record) for record in records]
            return Done(touched=len(chosen), outcome=chosen)
        waiting = self._waiting(doing, doing.step.slots.assignment, records)
        if waiting is not None:
            return waiting
        free = [record for record in records if not _given(doing, record)]
        chosen = [self._by_rule(doing, doing.step.slots.assignment, record) for record in free]
        if records and not free:
            return Done(outcome=_plain(doing, say("Somebody got it meanwhile.", "已另行分配。")))
        return Done(touched=len(chosen), outcome=chosen)

    def _waiting(self, doing: Doing, rule: str, records: list[RecordFacts]) -> Again | None:
        """Nothing is done before the working time of all of them has begun."""
        assignments = doing.ground.service("assignments")
        moments = [assignments.waits_until(doing.unit, rule, record.id) for record in records]
        until = max((moment for moment in moments if moment is not None), default=None)
        if until is None:
            return None
        why = say(
            "Outside working hours: it goes on at {until}.",
            "非工作时间，将于 {until} 继续。",
            until=until.astimezone(ZoneInfo(doing.display.timezone)).strftime("%Y-%m-%d %H:%M"),
        )
        held = doing.kept or {record.id: _holder(doing, record) for record in records}
        return Again(until=until, why=_plain(doing, why), kept=held)

    def _by_rule(self, doing: Doing, rule: str, record: RecordFacts) -> str:
        return _found(doing.ground.service("assignments").assign(doing.unit, rule, record.id))

    def _chosen(self, doing: Doing, record: RecordFacts) -> str:
        people, assignments = doing.people("to"), doing.ground.service("assignments")
        person = _found(assignments.choose(doing.unit, doing.step, record, people, doing.scene.context))
        write_fields(doing, record, {doing.step.slots.fields.get("field", "owner"): person})
        return person


def _found(person: str | None) -> str:
    if person is None:
        raise InvalidInput(say("Nobody was found who could get the record.", "未找到可分配的人员。"))
    return person


def _given(doing: Doing, record: RecordFacts) -> bool:
    """Whether somebody else was given the record while the step waited."""
    held = doing.kept
    return isinstance(held, Mapping) and record.id in held and held[record.id] != _holder(doing, record)


def _holder(doing: Doing, record: RecordFacts) -> str | None:
    field = doing.ground.model.assignments[str(doing.step.slots.assignment)].field
    person = record[field]
    return person.id if isinstance(person, RecordFacts) else None


def _plain(doing: Doing, text: Text) -> str:
    return text.in_(doing.display.language)
