"""In charge of the action “unlink”: takes away the link of the record with another."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties
from tenon.actions.slots import RecordSlot, RecordsSlot
from tenon.texts import say


@action
class UnlinkRecords(Action):
    key = "unlink"
    label = say("Unlink", "取消关联")
    help = say(
        "Takes away the link of the record with another.",
        "取消当前记录与另一记录的关联。",
    )
    icon = "unlink"
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
