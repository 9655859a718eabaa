"""In charge of what the triggers about the end of an approval share."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import NameSlot
from tenon.expressions import TEXT
from tenon.triggers.base import Of, Trigger


class ApprovalOutcome(Trigger):
    icon = "checklist"
    schema = properties(
        {"approval": common("name", "The approval (approvals/).", "审批流程（approvals/）。")}, "approval", short=NAME
    )
    slots = (NameSlot(at="approval", of="approval"),)
    short = "approval"
    data: ClassVar[Any] = {"comment": TEXT, "by": Of("user"), "submitter": Of("user"), "step": TEXT}
    example: ClassVar[Any] = "discount"
