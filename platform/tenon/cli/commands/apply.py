"""In charge of `tenon apply`: publish what the files say."""

import click

from tenon.cli.call import Call
from tenon.cli.decisions import accepting, long_work
from tenon.cli.plans import show_plan
from tenon.cli.trials import tested
from tenon.cli.upgrades import show_report
from tenon.compiler import read_layers
from tenon.compiler.editors import refresh_schemas
from tenon.texts import say
from tenon.workspace.client_files import write_files
from tenon.workspace.keys import ring_of
from tenon.workspace.publishing import propose, publish


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Kept with the version.")
@click.option("--take", multiple=True, metavar="PATH", help="Drop your own value at PATH and take the layers' below.")
@click.option("--accept", multiple=True, metavar="NAME=ANSWER", help="Decide a step, e.g. opportunity.size=empty.")
@click.option("--skip-tests", is_flag=True, help="Do not run the tests written for the workspace first.")
@click.pass_context
def command(
    ctx: click.Context, yes: bool, reason: str, take: tuple[str, ...], accept: tuple[str, ...], skip_tests: bool
) -> None:
    """Apply the workspace's files: tables, columns and indexes are added, and a new version is published.

    The tests of modules and workspace are run before, on a copy; nothing is applied while one of them fails.

    \b
    Example:
      tenon -w acme apply --yes --reason "field for the tax number"
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        here = read_layers(call.folder)
        proposal = accepting(propose(database, call.folder, take=take), accept)
        show_plan(call, proposal.plan)
        show_report(call, proposal.report)
        if proposal.plan.is_empty and not proposal.same_model:
            refresh_schemas(call.folder)
            return
        if not (yes or call.as_json):
            click.confirm(call.words(say("Apply?", "是否应用？")), abort=True)
        tested(call, proposal, skip=skip_tests)
        with long_work(call) as work:
            actor, ring = call.actor("apply"), ring_of(call.folder)
            number = publish(database, proposal, actor, reason=reason, long_work=work, ring=ring)
        write_files(call.folder, here, proposal.sources)
        refresh_schemas(call.folder)
    call.say(say("Version {number} is published.", "版本 {number} 已发布。", number=number))
    call.show({"version": number})
