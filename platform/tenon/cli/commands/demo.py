"""In charge of `tenon demo`: the demonstration data of the installed modules."""

import click

from tenon.cli.call import Call
from tenon.texts import say
from tenon.workspace.publishing import load_demo


@click.group()
def command() -> None:
    """Demonstration data.

    \b
    Example:
      tenon -w acme demo load
    """


@command.command("load")
@click.pass_context
def load(ctx: click.Context) -> None:
    """Create the demonstration records that are missing; those that exist are left alone."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.unit(call.actor("demo load")) as unit:
        count = load_demo(unit, workspace.current)
    call.say(say("{count} records created.", "已创建 {count} 条记录。", count=count))
    call.show({"created": count})
