"""In charge of the action “create”: a new record, which later steps may name."""

from tenon.process.evaluation import Ref
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.writing import create_from


@performer("create")
class CreateRecord(Performer):
    def perform(self, doing: Doing) -> Answer:
        made = create_from(doing, str(doing.step.slots.entity), doing.values())
        return Done(touched=1, gives=made, outcome=Ref(entity=made.entity, id=made.id))
