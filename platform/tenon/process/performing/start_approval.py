"""In charge of the action “approval”: records are submitted for an approval."""

from tenon.process.performing.base import Answer, Doing, Done, Performer, performer


@performer("approval")
class StartApproval(Performer):
    def perform(self, doing: Doing) -> Answer:
        """The submitter is whom `by` names, else who set the run off, else whom it acts as."""
        approvals = doing.ground.service("approvals")
        named = next(iter(doing.people("by")), None)
        submitter = named or doing.actor_id
        touched = 0
        for record in doing.records():
            approvals.submit_for(doing.unit, str(doing.step.slots.approval), record.entity, record.id, submitter)
            touched += 1
        return Done(touched=touched)
