"""In charge of what the actions on many-to-many relationships share."""

from typing import Any, ClassVar

from tenon.actions.base import Action
from tenon.actions.schemas import common, properties
from tenon.actions.slots import RecordSlot, RecordsSlot


class TieAction(Action):
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
