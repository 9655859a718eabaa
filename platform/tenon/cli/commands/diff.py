"""In charge of `tenon diff`: what differs between two versions, by thing and property."""

import click

from tenon.cli.call import Call
from tenon.compiler import Sources, read_layers
from tenon.compiler.differences import differences, file_differences
from tenon.database import Connection
from tenon.schema import published
from tenon.schema.versions import version
from tenon.texts import say
from tenon.workspace.proposals import with_builder

FILES = "files"


@click.command()
@click.argument("before")
@click.argument("after", required=False)
@click.option("--files", is_flag=True, help="The lines of the files instead.")
@click.pass_context
def command(ctx: click.Context, before: str, after: str | None, files: bool) -> None:
    """Show what differs between versions BEFORE and AFTER; the published one when AFTER is not given.

    Instead of a number, “files” stands for the files of the folder as they are now.

    \b
    Example:
      tenon -w acme diff 7
      tenon -w acme diff 7 9 --files
      tenon -w acme diff 9 files
    """
    call = ctx.ensure_object(Call)
    with call.database() as database, database.reading() as connection:
        old, new = (_sources(call, connection, name) for name in (before, after))
    if files:
        lines = list(file_differences(old, new))
        for line in lines:
            if not call.as_json:
                click.echo(line)
        call.show({"lines": lines})
        return
    found = differences(old, new)
    for item in found:
        call.say(item.text)
    if not found:
        call.say(say("No difference.", "没有差异。"))
    call.show(
        [
            {"kind": item.kind, "path": item.path, "layer": item.layer, "before": item.before, "after": item.after}
            for item in found
        ]
    )


def _sources(call: Call, connection: Connection, name: str | None) -> Sources:
    if name == FILES:
        return with_builder(read_layers(call.folder), published(connection))
    if name is not None and not name.isdigit():
        raise click.UsageError(f"“{name}” is neither a version's number nor “{FILES}”")
    return version(connection, None if name is None else int(name)).sources
