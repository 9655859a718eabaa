"""In charge of `tenon module add` and `tenon module new`."""

from pathlib import Path

import click

from tenon.cli.call import Call
from tenon.cli.commands.module.publishing import proposed, reverting
from tenon.cli.publishing import show_proposal
from tenon.compiler.folders import module_folders
from tenon.database import Database
from tenon.errors import UnknownName
from tenon.texts import say
from tenon.workspace.modules import Wishes, replace_module, scaffold
from tenon.workspace.publishing import Proposal


@click.command()
@click.argument("name")
@click.option("--version", "range_", help="Which versions will do, such as >=1.2,<2.")
@click.option("--from", "source", type=click.Path(exists=True, path_type=Path), help="Folder or zip to copy it from.")
@click.pass_context
def add(ctx: click.Context, name: str, range_: str | None, source: Path | None) -> None:
    """Put a module into workspace.yaml, with all it requires, and show what `tenon apply` would change.

    \b
    Example:
      tenon -w acme module add rental --from ../rental
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        replacement = replace_module(call.folder, source, name=name) if source is not None else None
        with reverting(replacement.put_back if replacement is not None else lambda: None):
            proposal = _added(call, database, name, range_)
        if replacement is not None:
            replacement.keep_new()
    show_proposal(call, proposal)
    call.show({"module": name, "plan": proposal.plan.to_json()})
    if not proposal.plan.is_empty:
        call.say(say("“tenon apply” installs it.", "运行“tenon apply”即可安装。"))


def _added(call: Call, database: Database, name: str, range_: str | None) -> Proposal:
    known = module_folders(call.folder)
    if name not in known:
        raise UnknownName.among(name, known, where="module")
    wishes = Wishes(call.folder)
    wishes.add(name, range_)
    with reverting(wishes.restore):
        wishes.save()
        refusal = say("The module “{name}” does not fit in here.", "模块“{name}”无法装入此工作区。", name=name)
        return proposed(call, database, refusal)


@click.command()
@click.argument("name")
@click.option("--label", help="What people call it; made from the name when not given.")
@click.option("--prefix", help="What its names begin with; made from the name when not given.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Where; else under the workspace's modules.")
@click.pass_context
def new(ctx: click.Context, name: str, label: str | None, prefix: str | None, folder: Path | None) -> None:
    """Write a small module that compiles and is tested, to be changed into the real one.

    \b
    Example:
      tenon -w acme module new rental --label "Machine rental"
    """
    call = ctx.ensure_object(Call)
    target = folder or call.folder / "modules" / name
    files = scaffold(
        target,
        name=name,
        label=label or name.replace("_", " ").capitalize(),
        prefix=prefix or f"{name.replace('_', '')[:9]}_",
    )
    call.say(
        say("{count} files in {folder}.", "已在 {folder} 写入 {count} 个文件。", count=len(files), folder=str(target))
    )
    call.say(say("“tenon module add {name}” installs it.", "运行“tenon module add {name}”即可安装。", name=name))
    call.show({"files": [str(path) for path in files]})
