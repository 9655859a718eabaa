"""In charge of the action “delete”: records go to the recycle bin."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties
from tenon.actions.slots import ConditionSlot, RecordsSlot
from tenon.texts import say


@action
class DeleteRecord(Action):
    key = "delete"
    label = say("Delete", "删除")
    help = say(
        "Puts records into the recycle bin.",
        "将记录放入回收站。",
    )
    icon = "trash"
    schema = properties(
        {
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
            "where": common("expression", "Only those for which this holds.", "仅限满足该条件的记录。"),
        },
    )
    slots = (RecordsSlot(at="of"), ConditionSlot(at="where"))
    effect = "deleted"
    example: ClassVar[Any] = {"of": "lines", "where": "quantity == 0"}
