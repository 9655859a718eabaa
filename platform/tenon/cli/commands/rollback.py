"""In charge of `tenon rollback`: the configuration of an older version becomes the newest; data stays."""

import click

from tenon.cli.call import Call
from tenon.cli.publishing import carry_out
from tenon.compiler import read_layers
from tenon.schema import published
from tenon.texts import say
from tenon.workspace.client_files import same_files
from tenon.workspace.proposals import propose_version


@click.command()
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Kept with the version.")
@click.option("--accept", multiple=True, metavar="NAME=ANSWER", help="Decide a step, e.g. opportunity.size=empty.")
@click.pass_context
def command(ctx: click.Context, number: int, yes: bool, reason: str, accept: tuple[str, ...]) -> None:
    """Publish the configuration of version NUMBER again, as a new version. Data entered since then stays.

    What NUMBER did not have is retired with its values, and comes back with a later version that has it.

    \b
    Example:
      tenon -w acme rollback 7 --reason "the new stages were a mistake"
    """
    call = ctx.ensure_object(Call)
    reason = reason or f"rollback to version {number}"
    with call.database() as database:
        proposal = propose_version(database, number)
        made = carry_out(call, database, proposal, yes=yes, reason=reason, why="rollback", accept=accept)
        with database.reading() as connection:
            present = published(connection)
    if made is not None and present is not None and not same_files(present.sources, read_layers(call.folder)):
        call.say(
            say(
                "The files of the folder still say what they said: “tenon plan” shows the difference.",
                "文件夹中的文件未变：“tenon plan”可显示差异。",
            )
        )
