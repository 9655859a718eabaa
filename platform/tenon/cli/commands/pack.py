"""In charge of `tenon pack`: a whole configuration in one file."""

from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.texts import say
from tenon.workspace.promoting import pack


@click.command()
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="The file; named by itself when not given.")
@click.option("--version", "number", type=int, help="An older version instead of the published one.")
@click.pass_context
def command(ctx: click.Context, to: Path | None, number: int | None) -> None:
    """Pack what is published into one file: every kind of metadata in every layer, and no secrets.

    The same content always gives the same bytes. “tenon promote --from FILE” publishes it elsewhere.

    \b
    Example:
      tenon -w acme pack --to acme-7.tenon
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        package = pack(database, number)
    path = to or Path(f"{call.folder.resolve().name}-{package.number}.tenon")
    path.write_bytes(package.to_bytes())
    call.say(
        say(
            "Version {number} is packed into {path} (digest {digest}…).",
            "版本 {number} 已打包为 {path}（摘要 {digest}…）。",
            number=package.number,
            path=str(path),
            digest=package.digest[:12],
        )
    )
    call.show({"version": package.number, "digest": package.digest, "file": str(path)})
