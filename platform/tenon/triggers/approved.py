"""In charge of the trigger “approved”: an approval ended well."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import NameSlot
from tenon.expressions import TEXT
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger


@trigger
class Approved(Trigger):
    key = "approved"
    label = say("Approved", "审批通过")
    help = say("When an approval ended well.", "审批通过之后。")
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
