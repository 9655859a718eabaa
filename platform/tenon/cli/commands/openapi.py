"""In charge of `tenon openapi`: the API document as one person sees it."""

import click
import orjson

from tenon.access import Access
from tenon.api import contract_of
from tenon.cli.call import Call
from tenon.cli.people import acting


@click.command()
@click.option("--as", "email", help="Whose rights hold; else the first administrator's.")
@click.pass_context
def command(ctx: click.Context, email: str | None) -> None:
    """Print the OpenAPI 3.1 document of the generated API.

    \b
    Example:
      tenon -w acme openapi --as ann@example.com > openapi.json
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace:
        actor = acting(workspace, email)
        document = contract_of(Access.of(workspace.model, actor), actor.language)
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
