"""In charge of the action “approval”: an approval is asked for."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import NAME, common, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, RecordsSlot
from tenon.texts import say


@action
class StartApproval(Action):
    key = "approval"
    label = say("Start an approval", "发起审批")
    help = say(
        "Submits the record for an approval.",
        "将记录提交审批。",
    )
    icon = "checklist"
    schema = properties(
        {
            "name": common("name", "The approval (approvals/).", "审批流程（approvals/）。"),
            "by": people(
                "Who counts as the submitter; whoever set this off when absent.", "以谁的名义提交；缺省为触发者。"
            ),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
        "name",
        short=NAME,
    )
    slots = (RecordsSlot(at="of", many=False), NameSlot(at="name", of="approval"), PeopleSlot(at="by"))
    short = "name"
    example: ClassVar[Any] = {"name": "discount", "by": "owner"}
