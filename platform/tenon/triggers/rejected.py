"""In charge of the trigger “rejected”: an approval was refused."""

from tenon.texts import say
from tenon.triggers.base import trigger
from tenon.triggers.outcomes import ApprovalOutcome


@trigger
class Rejected(ApprovalOutcome):
    key = "rejected"
    label = say("Rejected", "审批拒绝")
    help = say("When an approval was refused.", "审批被拒绝之后。")
