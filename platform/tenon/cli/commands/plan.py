"""In charge of `tenon plan`: what applying the files would change."""

import click

from tenon.cli.call import Call
from tenon.cli.plans import show_plan
from tenon.cli.trials import show_trials
from tenon.cli.upgrades import show_report
from tenon.workspace.plan_documents import proposal_document
from tenon.workspace.publishing import propose
from tenon.workspace.trials import run_trials


@click.command()
@click.option("--tests", is_flag=True, help="Run the tests of what is proposed on a copy that is thrown away.")
@click.pass_context
def command(ctx: click.Context, tests: bool) -> None:
    """Show what `tenon apply` would change, what uses it, and what callers of the API will notice. Changes nothing.

    \b
    Example:
      tenon -w acme plan
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        proposal = propose(database, call.folder)
    if not call.as_json:
        show_plan(call, proposal.plan)
        show_report(call, proposal.report)
    result = proposal_document(proposal)
    if not tests:
        call.show(result)
    elif not show_trials(call, run_trials(proposal.sources, proposal.model), **result):
        ctx.exit(1)
