"""In charge of the action “comment”."""

from tenon.process.performing import Doing, Done, Performer, performer
from tenon.process.performing.base import Answer, refs


@performer("comment")
class AddComment(Performer):
    def perform(self, doing: Doing) -> Answer:
        """As whoever the run acts as, with his rights."""
        text, mentions = doing.words("text") or "", list(doing.people("mention"))
        records = doing.records()
        writer = doing.ground.writer
        for record in records:
            values = {"record_entity": record.entity, "record_id": record.id, "text": text, "mentions": mentions}
            writer.create(doing.unit, doing.access, "comment", values)
        return Done(touched=len(records), outcome={"on": [[ref.entity, ref.id] for ref in refs(records)]})
