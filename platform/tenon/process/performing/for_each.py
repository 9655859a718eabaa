"""In charge of the action “for_each”: steps once for each of the records at the end of a way."""

from collections.abc import Mapping
from typing import Any

from tenon.process.performing.base import Answer, Doing, Enter, Performer, performer, refs

MOST = 1000


@performer("for_each")
class ForEach(Performer):
    def inputs(self, doing: Doing) -> Mapping[str, Any]:
        return {"in": doing.step.slots.way}

    def perform(self, doing: Doing) -> Answer:
        """The records are those of now, in the order in which they were made; what comes later is not among them."""
        arm = next(iter(doing.step.arms.values()))
        records = sorted(refs(doing.records()), key=lambda ref: ref.id)[: int(doing.option("limit", MOST))]
        return Enter(arm=arm.name, items=records, item=arm.item, outcome=len(records))
