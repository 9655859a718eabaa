"""In charge of `tenon docs`: the reference pages, written anew from the product."""

from pathlib import Path

import click

from tenon import resources
from tenon.actions import action_document
from tenon.cli.call import Call
from tenon.cli.reference import pages
from tenon.compiler.editors import text_of
from tenon.texts import say
from tenon.triggers import trigger_document


@click.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/reference"), show_default=True
)
@click.pass_context
def command(ctx: click.Context, out: Path) -> None:
    """Write the reference of field types, functions, settings, errors, commands and metadata.

    \b
    Example:
      tenon docs --out docs/reference
    """
    root = ctx.find_root().command
    written = pages(root) if isinstance(root, click.Group) else {}
    out.mkdir(parents=True, exist_ok=True)
    for name, content in written.items():
        (out / name).write_text(content, encoding="utf-8")
    _write_catalogues(out)
    ctx.ensure_object(Call).say(
        say("{count} pages in {folder}", "{folder} 中有 {count} 个页面", count=len(written), folder=str(out))
    )


def _write_catalogues(out: Path) -> None:
    """The schemas that are made from catalogues, when these are the pages of this very checkout."""
    language = resources.folder("metadata")
    if out.resolve().parent.parent != language.resolve().parent:
        return
    for name, document in {"action": action_document(), "trigger": trigger_document()}.items():
        (language / f"{name}.schema.json").write_text(text_of(document), encoding="utf-8")
