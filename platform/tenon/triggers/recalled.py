"""In charge of the trigger “recalled”: the submitter took a request for approval back."""

from tenon.texts import say
from tenon.triggers.base import trigger
from tenon.triggers.outcomes import ApprovalOutcome


@trigger
class Recalled(ApprovalOutcome):
    key = "recalled"
    label = say("Recalled", "审批撤回")
    help = say("When the submitter took a request for approval back.", "提交人撤回审批之后。")
