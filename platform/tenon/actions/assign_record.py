"""In charge of the action “assign”: the record gets another owner."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import METHODS, common, one_of, people, properties
from tenon.actions.slots import FieldsSlot, NameSlot, PeopleSlot, RecordsSlot, ValueSlot
from tenon.expressions import NUMBER
from tenon.texts import say


@action
class AssignRecord(Action):
    key = "assign"
    label = say("Assign", "分配")
    help = say(
        "Gives the record an owner: by an assignment rule, or to one of the people named.",
        "为记录指定负责人：按分配规则，或从所列人员中选择。",
    )
    icon = "user-check"
    schema = properties(
        {
            "rule": common("name", "The assignment rule (assignments/).", "分配规则（assignments/）。"),
            "to": people("Who may get it.", "可分配给谁。"),
            "method": one_of(
                METHODS, "How one of them is chosen; first when absent.", "如何从中选择；缺省为 first（第一个）。"
            ),
            "weight": common(
                "expression",
                "Of method weighted: a number for each `person`.",
                "method 为 weighted 时：每个 person 的权重。",
            ),
            "field": common(
                "name", "The look-up to a user that is filled; owner when absent.", "填写哪个用户字段；缺省为 owner。"
            ),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
    )
    slots = (
        RecordsSlot(at="of", many=False),
        NameSlot(at="rule", of="assignment"),
        PeopleSlot(at="to"),
        ValueSlot(at="weight", gives=NUMBER, person=True),
        FieldsSlot(at="field", target="user"),
    )
    choices = (("rule", "to"),)
    effect = "updated"
    example: ClassVar[Any] = {"to": 'role("seller", region=region)', "method": "round_robin"}
