"""In charge of `tenon pull`: what was changed in the builder becomes part of the client's files."""

import click

from tenon.cli.call import Call
from tenon.compiler import BUILDER, read_layers
from tenon.compiler.company import written_into
from tenon.compiler.layering import said_by
from tenon.schema.versions import version
from tenon.texts import say
from tenon.workspace.client_files import write_files
from tenon.workspace.keys import ring_of
from tenon.workspace.proposals import propose_pull
from tenon.workspace.publishing import publish


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Write what was changed in the builder into the files of the folder, and empty the builder.

    Comments and everything else in the files stay as they are. The workspace itself does not change.

    \b
    Example:
      tenon -w acme pull
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        with database.reading() as connection:
            present = version(connection)
        if not present.sources.layer(BUILDER):
            call.say(say("Nothing to pull: nothing was changed in the builder.", "无需拉取：构建器中没有更改。"))
            call.show({"version": present.number, "files": []})
            return
        proposal = propose_pull(database)
        here = read_layers(call.folder)
        touched = write_files(call.folder, here, written_into(here, said_by(present.sources, BUILDER).plain()))
        number = publish(database, proposal, call.actor("pull"), reason="pull", ring=ring_of(call.folder))
    for path in touched:
        call.say(say("{path}", "{path}", path=path))
    call.say(
        say(
            "Version {number} says the same, from the files alone.",
            "版本 {number} 内容相同，且全部来自文件。",
            number=number,
        )
    )
    call.show({"version": number, "files": touched})
