"""In charge of `tenon hook`: the addresses at which other systems set automations off."""

import click

from tenon.cli.call import Call
from tenon.errors import NotFound
from tenon.exchange.hooks.incoming import hook_path
from tenon.exchange.house import House
from tenon.texts import say

TRIGGER = "webhook"


@click.command()
@click.argument("automation", required=False)
@click.pass_context
def command(ctx: click.Context, automation: str | None) -> None:
    """Print the address of an automation that other systems call, or of all of them.

    Keep it secret: whoever knows it can call it. The setting public_url says what stands before it.

    \b
    Example:
      tenon -w acme hook order_paid
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace:
        listening = [name for name, each in workspace.model.automations.items() if TRIGGER in each.on]
        if automation is not None and automation not in listening:
            raise NotFound(
                say(
                    "No automation “{name}” waits for a web hook.",
                    "没有等待 Webhook 的自动化“{name}”。",
                    name=automation,
                )
            )
        house = House(settings=workspace.settings, files=workspace.files, secret=lambda: workspace.secret)
        for name in [automation] if automation is not None else listening:
            path = hook_path(house, name)
            click.echo(f"{name}  {house.address(path) or path}")
