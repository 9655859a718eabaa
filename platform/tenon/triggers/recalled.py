"""In charge of the trigger “recalled”: the submitter took a request for approval back."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import NameSlot
from tenon.expressions import TEXT
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger


@trigger
class Recalled(Trigger):
    key = "recalled"
    label = say("Recalled", "审批撤回")
    help = say("When the submitter took a request for approval back.", "提交人撤回审批之后。")
    icon = "checklist"
    schema = properties(
        {
            "approval": common("name", "The approval (approvals/).", "审批流程（approvals/）。"),
        },
        "approval",
        short=NAME,
    )
    slots = (NameSlot(at="approval", of="approval"),)
    short = "approval"
    data: ClassVar[Any] = {"comment": TEXT, "by": Of("user"), "submitter": Of("user"), "step": TEXT}
    example: ClassVar[Any] = "discount"
