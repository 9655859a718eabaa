"""In charge of the action “set”: fields of the record get values; several in a row are one change."""

from collections.abc import Mapping
from typing import Any

from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.process.performing.writing import field_values, write_fields


@performer("set")
class SetFields(Performer):
    merges = True

    def changes(self, doing: Doing) -> Mapping[str, Any]:
        if doing.record is None:
            return {}
        return field_values(doing.ground.model.entities[doing.record.entity], doing.values())

    def perform(self, doing: Doing) -> Answer:
        if doing.record is None:
            return Done()
        return Done(touched=write_fields(doing, doing.record, self.changes(doing)))
