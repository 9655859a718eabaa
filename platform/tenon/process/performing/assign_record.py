"""In charge of the action “assign”: a record gets an owner, by a rule or from among the people named."""

from tenon.errors import InvalidInput
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.writing import write_fields
from tenon.texts import say


@performer("assign")
class AssignRecord(Performer):
    def perform(self, doing: Doing) -> Answer:
        """Nobody to choose from is refused, so that the record does not stay lying unseen."""
        assignments, slots = doing.ground.service("assignments"), doing.step.slots
        chosen: list[str] = []
        for record in doing.records():
            if slots.assignment is not None:
                person = assignments.assign(doing.unit, slots.assignment, record.id)
            else:
                person = assignments.choose(doing.unit, doing.step, record, doing.people("to"), doing.scene.context)
                if person is not None:
                    write_fields(doing, record, {slots.fields.get("field", "owner"): person})
            if person is None:
                raise InvalidInput(say("Nobody was found who could get the record.", "未找到可分配的人员。"))
            chosen.append(person)
        return Done(touched=len(chosen), outcome=chosen)
