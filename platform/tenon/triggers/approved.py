"""In charge of the trigger “approved”: an approval ended well."""

from tenon.texts import say
from tenon.triggers.base import trigger
from tenon.triggers.outcomes import ApprovalOutcome


@trigger
class Approved(ApprovalOutcome):
    key = "approved"
    label = say("Approved", "审批通过")
    help = say("When an approval ended well.", "审批通过之后。")
