"""In charge of what commands that publish have in common: show the proposal, ask, carry it out, say the number."""

import click

from tenon.cli.call import Call
from tenon.cli.decisions import accepting, long_work
from tenon.cli.plans import show_plan
from tenon.cli.upgrades import show_report
from tenon.database import Database
from tenon.texts import say
from tenon.workspace.keys import ring_of
from tenon.workspace.plan_documents import plan_document
from tenon.workspace.proposals import Proposal
from tenon.workspace.publishing import publish


def show_proposal(call: Call, proposal: Proposal) -> None:
    """For people."""
    if not call.as_json:
        show_plan(call, proposal.plan)
        show_report(call, proposal.report)


def carry_out(
    call: Call,
    database: Database,
    proposal: Proposal,
    *,
    yes: bool,
    reason: str,
    why: str,
    accept: tuple[str, ...] = (),
) -> int | None:
    """The number of the version in force afterwards; None when there was nothing to do. Asks unless `yes`."""
    proposal = accepting(proposal, accept)
    show_proposal(call, proposal)
    number = None
    if not proposal.plan.is_empty or proposal.same_model:
        if not (yes or call.as_json):
            click.confirm(call.words(say("Apply?", "是否应用？")), abort=True)
        with long_work(call) as work:
            actor, ring = call.actor(why), ring_of(call.folder)
            number = publish(database, proposal, actor, reason=reason, long_work=work, ring=ring)
        call.say(say("Version {number} is published.", "版本 {number} 已发布。", number=number))
    plan, upgrade = plan_document(proposal.plan), proposal.report.to_json()
    call.show({"version": number or proposal.plan.base[0], "plan": plan, "upgrade": upgrade})
    return number
