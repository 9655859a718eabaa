"""In charge of `tenon module`: what a workspace is made of, and changing that."""

import click

from tenon.cli.commands.module.adding import add, new
from tenon.cli.commands.module.leaving import disable, enable, remove
from tenon.cli.commands.module.listing import list_
from tenon.cli.commands.module.upgrading import upgrade


@click.group()
def command() -> None:
    """Modules of the workspace: the parts its CRM is made of.

    \b
    Example:
      tenon -w acme module list
      tenon -w acme module add service --version ">=1.2,<2"
    """


for _part in (list_, add, upgrade, disable, enable, remove, new):
    command.add_command(_part)
