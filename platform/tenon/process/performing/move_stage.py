"""In charge of the action “move”: a record moves to another stage, by the same rules as for people."""

from tenon.process.performing.base import Answer, Doing, Done, Performer, performer


@performer("move")
class MoveStage(Performer):
    def perform(self, doing: Doing) -> Answer:
        """A stage that needs an approval is asked for."""
        stage = doing.step.slots.stages["to"].names[0]
        reason, stages = doing.value("reason"), doing.ground.service("stages")
        moved, outcome = 0, None
        for record in doing.records():
            answer = stages.move(doing.unit, doing.access, record.entity, record.id, stage, reason=reason)
            moved += int(answer.saved is None or answer.saved.changed)
            outcome = stage if answer.saved is not None else {"approval": answer.approval}
        return Done(touched=moved, outcome=outcome)
