"""In charge of the command `tenon`: the options every command shares, and how a refusal is told."""

import importlib
import pkgutil
import sys
from pathlib import Path

import click

from tenon import __version__
from tenon.cli import commands
from tenon.cli.call import Call
from tenon.errors import TenonError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Tenon(click.Group):
    """Finds each command in the file of its name, when it is called for, and tells a refusal instead of a trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(info.name.rstrip("_") for info in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for info in pkgutil.iter_modules(commands.__path__):
            if info.name.rstrip("_") == cmd_name:
                found: click.Command = importlib.import_module(f"{commands.__name__}.{info.name}").command
                return found
        return None

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TenonError as error:
            ctx.ensure_object(Call).refuse(error)
            ctx.exit(1)


@click.group(cls=_Tenon, context_settings=CONTEXT)
@click.option(
    "--workspace",
    "-w",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TENON_WORKSPACE",
    default=Path(),
    help="Folder of the workspace; the current folder when not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print for programs instead of people.")
@click.version_option(__version__, prog_name="tenon")
@click.pass_context
def tenon(ctx: click.Context, workspace: Path, as_json: bool) -> None:
    """Tenon: a CRM declared as metadata.

    \b
    Example:
      tenon init acme --modules core,customers,sales
      tenon -w acme serve
    """
    ctx.obj = Call(folder=workspace, as_json=as_json)


def main() -> None:
    """The entry point of the console script."""
    try:
        tenon(prog_name="tenon")
    except BrokenPipeError:
        sys.exit(0)
