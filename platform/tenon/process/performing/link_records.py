"""In charge of the actions “link” and “unlink”: ties between the record and another."""

from tenon.errors import NotFound
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.records import RecordFacts
from tenon.texts import say


@performer("link")
class LinkRecords(Performer):
    def perform(self, doing: Doing) -> Answer:
        near, relationship, far = ends(doing)
        writer = doing.ground.writer
        saved = writer.link(doing.unit, doing.access, near.entity, near.id, relationship, far)
        return Done(touched=int(saved.changed))


@performer("unlink")
class UnlinkRecords(Performer):
    def perform(self, doing: Doing) -> Answer:
        """A tie that is not there needs no undoing."""
        near, relationship, far = ends(doing)
        try:
            gone = doing.ground.writer.unlink(doing.unit, doing.access, near.entity, near.id, relationship, far)
        except NotFound:
            return Done(outcome=0)
        return Done(touched=len(gone), outcome=len(gone))


def ends(doing: Doing) -> tuple[RecordFacts, str, str]:
    """The record the relationship belongs to, its name, and the id of the other record. Raises NotFound."""
    way, _dot, relationship = doing.step.slots.way.rpartition(".")
    near = doing.at(way)
    far = getattr(doing.value("to"), "id", None)
    if near is None or far is None:
        raise NotFound(say("There is no record to link with.", "没有可关联的记录。"))
    return near, relationship, str(far)
