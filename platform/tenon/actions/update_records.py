"""In charge of the action “update”: fields of related records get values."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties, values
from tenon.actions.slots import ConditionSlot, RecordsSlot, ValuesSlot
from tenon.texts import say


@action
class UpdateRecords(Action):
    key = "update"
    label = say("Update related records", "更新相关记录")
    help = say(
        "Gives fields of related records values; names in these are read in the record the automation is about.",
        "为相关记录的字段赋值；取值表达式中的名称指自动化所针对的记录。",
    )
    icon = "edit"
    schema = properties(
        {
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
            "where": common("expression", "Only those for which this holds.", "仅限满足该条件的记录。"),
            "set": values("Fields with the values they get.", "字段及其取值。"),
        },
        "of",
        "set",
    )
    slots = (RecordsSlot(at="of"), ConditionSlot(at="where"), ValuesSlot(at="set"))
    effect = "updated"
    example: ClassVar[Any] = {"of": "lines", "where": "quantity > 1", "set": {"checked": True}}
