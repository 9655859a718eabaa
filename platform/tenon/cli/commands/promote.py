"""In charge of `tenon promote`: a configuration goes to another workspace, with a plan made there."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.publishing import carry_out
from tenon.compiler import Sources, read_layers
from tenon.database import Database
from tenon.errors import BadRequest, Conflict
from tenon.schema import published, versions
from tenon.texts import say
from tenon.workspace.client_files import same_files, write_files
from tenon.workspace.packages import Package
from tenon.workspace.promoting import pack, propose_package
from tenon.workspace.proposals import propose

SUFFIX = ".tenon"


@click.command()
@click.option(
    "--to", type=click.Path(path_type=Path), help="Folder of the other workspace, or a package file (.tenon)."
)
@click.option(
    "--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Publish a package here."
)
@click.option("--version", "number", type=int, help="An older version instead of the published one.")
@click.option("--rebase", is_flag=True, help="The target went on by itself: keep what was changed in its builder.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--reason", default="", help="Kept with the version.")
@click.option("--accept", multiple=True, metavar="NAME=ANSWER", help="Decide a step, e.g. opportunity.size=empty.")
@click.pass_context
def command(
    ctx: click.Context,
    to: Path | None,
    source: Path | None,
    number: int | None,
    rebase: bool,
    yes: bool,
    reason: str,
    accept: tuple[str, ...],
) -> None:
    """Publish this workspace's configuration in another one; the plan is made and shown there.

    Data, people and secrets stay where they are. Refused when the target was changed by somebody else meanwhile.
    Targets are folders and package files; a server is reached by promoting on its machine.

    \b
    Example:
      tenon -w acme promote --to /srv/acme
      tenon -w /srv/acme promote --from acme-7.tenon
    """
    call = ctx.ensure_object(Call)
    if (to is None) == (source is None):
        raise click.UsageError("give either --to or --from")
    if source is not None:
        way = _Way(rebase=rebase, yes=yes, reason=reason, accept=accept)
        _publish(call, Package.from_bytes(source.read_bytes()), way)
        return
    with call.database() as database:
        package = pack(database, number)
    if to is not None and (to.suffix == SUFFIX or to.is_file()):
        to.write_bytes(package.to_bytes())
        call.say(say("Packed into {path}.", "已打包为 {path}。", path=str(to)))
        call.show({"version": package.number, "digest": package.digest, "file": str(to)})
    elif to is not None:
        there = replace(call, folder=to)
        _prepare(there, package)
        here = (call.settings.database_url, call.settings.database_schema)
        _publish(there, package, _Way(rebase=rebase, yes=yes, reason=reason, accept=accept, not_at=here))


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How the caller wants it; `not_at` is the database the package comes from."""

    rebase: bool
    yes: bool
    reason: str
    accept: tuple[str, ...]
    not_at: tuple[str, str] | None = None


def _prepare(call: Call, package: Package) -> None:
    """A folder that is no workspace yet becomes one with the package's files."""
    if not (call.folder / "workspace.yaml").is_file():
        call.folder.mkdir(parents=True, exist_ok=True)
        if any(call.folder.iterdir()):
            raise BadRequest(
                say(
                    "{folder} is neither a workspace nor empty.",
                    "{folder} 既不是工作区，也不是空文件夹。",
                    folder=str(call.folder),
                )
            )
        write_files(call.folder, Sources(files=()), package.sources)


def _publish(call: Call, package: Package, way: _Way) -> None:
    with call.database() as database:
        if (call.settings.database_url, call.settings.database_schema) == way.not_at:
            raise Conflict(
                say("Both workspaces use the same database.", "两个工作区使用同一个数据库。"),
                hint=say("Give the target a database of its own.", "请为目标设置独立的数据库。"),
            )
        here = read_layers(call.folder)
        if not _is_applied(call, database, here):
            raise _unapplied(call)
        proposal = propose_package(database, package, rebase=way.rebase, here=here)
        reason = way.reason or f"promoted from version {package.number}: {package.reason}"
        made = carry_out(call, database, proposal, yes=way.yes, reason=reason, why="promote", accept=way.accept)
        if made is not None:
            write_files(call.folder, here, proposal.sources)


def _is_applied(call: Call, database: Database, here: Sources) -> bool:
    """Whether nothing would be lost by writing over the folder's files: they are, or were, published."""
    with database.reading() as connection:
        present = published(connection)
        if present is None:
            return True
        known = (published(connection, item.number) for item in versions(connection))
        if any(item is not None and same_files(item.sources, here) for item in known):
            return True
    return propose(database, call.folder).plan.is_empty


def _unapplied(call: Call) -> Conflict:
    return Conflict(
        say(
            "The files in {folder} were edited and not applied.",
            "{folder} 中的文件已修改但尚未应用。",
            folder=str(call.folder),
        ),
        hint=say("Run “tenon apply” there, or take the edits back.", "请在那里运行“tenon apply”，或撤销修改。"),
    )
