"""In charge of the action “link”: links the record with another through a many-to-many relationship."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties
from tenon.actions.slots import RecordSlot, RecordsSlot
from tenon.texts import say


@action
class LinkRecords(Action):
    key = "link"
    label = say("Link", "关联")
    help = say(
        "Links the record with another through a many-to-many relationship.",
        "通过多对多关系将当前记录与另一记录关联。",
    )
    icon = "link"
    schema = properties(
        {
            "relationship": common("path", "The relationship.", "关系名称。"),
            "to": common("expression", "The other record.", "另一条记录。"),
        },
        "relationship",
        "to",
    )
    slots = (RecordsSlot(at="relationship", many=True), RecordSlot(at="to"))
    effect = "updated"
    example: ClassVar[Any] = {"relationship": "competitors", "to": "steps.found"}
