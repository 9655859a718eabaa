"""In charge of `tenon module upgrade`."""

from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.commands.module.publishing import asked, proposed, published_now, reverting
from tenon.cli.publishing import show_proposal
from tenon.cli.trials import tested
from tenon.texts import say
from tenon.workspace.modules import replace_module


@click.command()
@click.argument("name")
@click.option(
    "--from", "source", type=click.Path(exists=True, path_type=Path), help="Folder or zip of the new version."
)
@click.option("--skip-tests", is_flag=True, help="Do not run the tests written for the workspace first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def upgrade(ctx: click.Context, name: str, source: Path | None, skip_tests: bool, yes: bool) -> None:
    """Move to a newer version of a module, with its data steps; the company's own changes stay in force.

    A standard module comes with the product: without --from, whatever lies ready is shown and applied.
    The old version is put back unless the new one was applied.

    \b
    Example:
      tenon -w acme module upgrade rental --from rental-2.0.zip
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        replacement = replace_module(call.folder, source, name=name) if source is not None else None
        with reverting(replacement.put_back if replacement is not None else lambda: None):
            refusal = say(
                "The new version of “{name}” does not fit in here.", "“{name}”的新版本无法装入此工作区。", name=name
            )
            proposal = proposed(call, database, refusal)
            show_proposal(call, proposal)
            if not proposal.plan.is_empty:
                asked(call, yes=yes)
                tested(call, proposal, skip=skip_tests)
            published_now(call, database, proposal, f"module upgrade {name}")
        if replacement is not None:
            replacement.keep_new()
