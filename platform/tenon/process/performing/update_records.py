"""In charge of the action “update”: fields of related records get values, worked out once for all of them."""

from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.writing import field_values, write_fields


@performer("update")
class UpdateRecords(Performer):
    def perform(self, doing: Doing) -> Answer:
        """Every record is counted as touched, changed or not: the limit is about the work."""
        records = doing.records()
        if not records:
            return Done(outcome=0)
        values = field_values(doing.ground.model.entities[records[0].entity], doing.values())
        changed = sum(write_fields(doing, record, values) for record in records)
        return Done(touched=len(records), outcome=changed)
