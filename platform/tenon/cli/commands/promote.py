"""In charge of `tenon promote`: a configuration goes to another workspace, with a plan made there."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.decisions import answers_of
from tenon.cli.publishing import carry_out
from tenon.cli.remote import SCHEMES, Server
from tenon.cli.remote_plans import show_remote_plan
from tenon.compiler import Sources, read_layers
from tenon.errors import BadRequest, Conflict
from tenon.texts import say
from tenon.workspace.client_files import write_files
from tenon.workspace.packages import Package
from tenon.workspace.promoting import pack, propose_package, refuse_unapplied

SUFFIX = ".tenon"


@click.command()
@click.option(
    "--to", "target", help="Folder of the other workspace, a package file (.tenon), or the address of its server."
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
    target: str | None,
    source: Path | None,
    number: int | None,
    rebase: bool,
    yes: bool,
    reason: str,
    accept: tuple[str, ...],
) -> None:
    """Publish this workspace's configuration in another one; the plan is made and shown there.

    Data, people and secrets stay where they are. Refused when the target was changed by somebody else meanwhile.
    A server wants a token of an administrator with the scope configuration, in TENON_PROMOTE_TOKEN.

    \b
    Example:
      tenon -w acme promote --to /srv/acme
      tenon -w acme promote --to https://crm.example.com
      tenon -w /srv/acme promote --from acme-7.tenon
    """
    call = ctx.ensure_object(Call)
    if (target is None) == (source is None):
        raise click.UsageError("give either --to or --from")
    way = _Way(rebase=rebase, yes=yes, reason=reason, accept=accept)
    if source is not None:
        _publish(call, Package.from_bytes(source.read_bytes()), way)
        return
    with call.database() as database:
        package = pack(database, number)
    if target is not None and target.startswith(SCHEMES):
        _send(call, Server.of(target, call.settings.promote_token, call.language), package, way)
    elif target is not None:
        _hand_over(call, Path(target), package, way)


@dataclass(frozen=True, kw_only=True)
class _Way:
    """How the caller wants it; `not_at` is the database the package comes from."""

    rebase: bool
    yes: bool
    reason: str
    accept: tuple[str, ...]
    not_at: tuple[str, str] | None = None


def _hand_over(call: Call, to: Path, package: Package, way: _Way) -> None:
    if to.suffix == SUFFIX or to.is_file():
        to.write_bytes(package.to_bytes())
        call.say(say("Packed into {path}.", "已打包为 {path}。", path=str(to)))
        call.show({"version": package.number, "digest": package.digest, "file": str(to)})
        return
    there = replace(call, folder=to)
    _prepare(there, package)
    here = (call.settings.database_url, call.settings.database_schema)
    _publish(there, package, replace(way, not_at=here))


def _send(call: Call, server: Server, package: Package, way: _Way) -> None:
    """Planned there, shown here, applied there as it was shown."""
    data = package.to_bytes()
    plan = server.plan(data, rebase=way.rebase)
    show_remote_plan(call, plan)
    if not plan["operations"]:
        call.show({"version": plan["base"]["number"], "plan": plan})
        return
    if not (way.yes or call.as_json):
        click.confirm(call.words(say("Apply?", "是否应用？")), abort=True)
    decided = {
        "rebase": way.rebase,
        "seal": plan["seal"],
        "reason": _reason(way, package),
        "accept": answers_of(way.accept),
        "consent": [step["subject"] for step in plan["operations"] if step["risk"] == "removes"],
    }
    made = server.apply(data, decided)
    call.say(say("Version {number} is published there.", "目标已发布版本 {number}。", number=made["version"]))
    call.show({"version": made["version"], "plan": plan})


def _reason(way: _Way, package: Package) -> str:
    return way.reason or f"promoted from version {package.number}: {package.reason}"[:2000]


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
        refuse_unapplied(database, call.folder, here)
        proposal = propose_package(database, package, rebase=way.rebase, here=here)
        reason = _reason(way, package)
        made = carry_out(call, database, proposal, yes=way.yes, reason=reason, why="promote", accept=way.accept)
        if made is not None:
            write_files(call.folder, here, proposal.sources)
