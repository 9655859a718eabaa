"""In charge of the action “delete”: records go to the recycle bin."""

from tenon.process.performing.base import Answer, Doing, Done, Performer, performer, refs


@performer("delete")
class DeleteRecord(Performer):
    def perform(self, doing: Doing) -> Answer:
        records = refs(doing.records())
        for record in records:
            doing.ground.writer.delete(doing.unit, doing.access, record.entity, record.id, version=None)
        return Done(touched=len(records), outcome=len(records))
