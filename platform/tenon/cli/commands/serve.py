"""In charge of `tenon serve`: pages and API of a workspace, or of an installation of many, in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import waitress  # type: ignore[import-untyped]

from tenon.cli.call import Call
from tenon.errors import TenonError
from tenon.hosting import FILE, Installation, Site
from tenon.settings import Settings
from tenon.texts import Text, say
from tenon.workspace import require_workspace

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.pass_context
def command(ctx: click.Context, host: str, port: int, threads: int) -> None:
    """Serve the workspace's pages and API; in a folder with installation.yaml, all the workspaces it names.

    \b
    Example:
      tenon -w acme serve --port 8080
    """
    call = ctx.ensure_object(Call)
    with _served(call) as (application, name):
        server = waitress.create_server(application, host=host, port=port, threads=threads, ident="tenon")
        call.say(say("{name} is at {url}", "{name}：{url}", name=name, url=f"http://{host}:{server.effective_port}/"))
        server.run()


@contextmanager
def _served(call: Call) -> "Iterator[tuple[WSGIApplication, Text]]":
    if (call.folder / FILE).is_file():
        installation = _installation(call.folder)
        installation.start()
        try:
            yield installation, say("The installation", "此安装")
        finally:
            installation.close()
        return
    require_workspace(call.folder)
    site = Site(call.folder)
    try:
        yield site, _opened(site, call)
    finally:
        site.close()


def _installation(folder: Path) -> Installation:
    idle = Settings.of(folder).workspace_idle
    return Installation.read(folder, idle=timedelta(seconds=idle) if idle else None)


def _opened(site: Site, call: Call) -> Text:
    """Its name. A workspace that cannot be opened is served all the same: its page says what to do, and tries again."""
    try:
        site.open()
    except TenonError as error:
        call.refuse(error)
    return site.workspace.model.workspace.label if site.workspace is not None else Text.of(call.folder.resolve().name)
