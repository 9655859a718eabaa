"""In charge of `tenon module disable`, `enable` and `remove`: what goes out of sight is kept, and comes back."""

from datetime import UTC, datetime
from pathlib import Path

import click

from tenon.actors import Actor
from tenon.cli.call import Call
from tenon.cli.commands.module.publishing import asked, proposed, published_model, published_now, reverting
from tenon.cli.publishing import show_proposal
from tenon.compiler.folders import ALWAYS
from tenon.database import Database, UnitOfWork
from tenon.errors import Conflict, Detail, NotFound
from tenon.model import Model
from tenon.query import Reader
from tenon.schema import Ledger, build_tables
from tenon.texts import say
from tenon.workspace.modules import Impact, Wishes, export_data, impact_of


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def disable(ctx: click.Context, name: str, yes: bool) -> None:
    """Let a module sleep: pages and API do without it, its records and all that was changed on it are kept.

    \b
    Example:
      tenon -w acme module disable rental
    """
    _switch(ctx.ensure_object(Call), name, enabled=False, yes=yes)


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def enable(ctx: click.Context, name: str, yes: bool) -> None:
    """Wake a module up: its records, and what was changed on it, are back.

    \b
    Example:
      tenon -w acme module enable rental
    """
    _switch(ctx.ensure_object(Call), name, enabled=True, yes=yes)


@click.command()
@click.argument("name")
@click.option("--export", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where its data goes first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def remove(ctx: click.Context, name: str, folder: Path | None, yes: bool) -> None:
    """Take a module out: its data is written to CSV files first, then its tables and columns retire.

    Works from what is published, so also when the module's folder is gone.

    \b
    Example:
      tenon -w acme module remove rental --export ./rental-data
    """
    call = ctx.ensure_object(Call)
    with call.database() as database:
        model = _installed(database, name)
        with database.reading() as connection:
            unit = UnitOfWork(actor=call.actor("module remove"), connection=connection, now=datetime.now(UTC))
            impact = impact_of(model, name, unit)
        _refuse_while_needed(impact, model)
        wishes = Wishes(call.folder)
        _keep_others(wishes, model, name)
        with reverting(wishes.restore):
            wishes.save()
            refusal = say("“{name}” cannot go while others use it.", "其他内容仍在使用“{name}”，无法移除。", name=name)
            proposal = proposed(call, database, refusal)
            _tell(call, impact)
            show_proposal(call, proposal)
            asked(call, yes=yes)
            files = _export(database, model, impact, folder or _default(call, name))
            call.say(say("{count} files of data written.", "已写出 {count} 个数据文件。", count=len(files)))
            exported = [str(path) for path in files]
            published_now(call, database, proposal, f"module remove {name}", exported=exported, impact=_json(impact))


def _switch(call: Call, name: str, *, enabled: bool, yes: bool) -> None:
    with call.database() as database:
        wishes = Wishes(call.folder)
        if enabled and wishes.enabled(name):
            raise Conflict(say("“{name}” is not disabled.", "“{name}”并未停用。", name=name))
        if not enabled:
            model = _installed(database, name)
            _refuse_while_needed(
                Impact(module=name, entities=(), fields=(), dependants=_dependants(model, name)), model
            )
        wishes.enable(name, enabled)
        with reverting(wishes.restore):
            wishes.save()
            refusal = (
                say("“{name}” cannot wake up.", "无法启用“{name}”。", name=name)
                if enabled
                else say(
                    "“{name}” cannot sleep while others use it.", "其他内容仍在使用“{name}”，无法停用。", name=name
                )
            )
            proposal = proposed(call, database, refusal)
            show_proposal(call, proposal)
            asked(call, yes=yes)
            published_now(call, database, proposal, f"module {'enable' if enabled else 'disable'} {name}")


def _installed(database: Database, name: str) -> Model:
    """The published model. Raises NotFound when the module is not part of it, Conflict for the one all stand on."""
    if name == ALWAYS:
        raise Conflict(say("Every workspace stands on “core”; it stays.", "每个工作区都依赖“core”，不能移除。"))
    model = published_model(database)
    if model is None or name not in model.modules:
        raise NotFound(
            say("The module “{name}” is not installed.", "模块“{name}”未安装。", name=name),
            hint=say("“tenon module list” shows what is.", "“tenon module list”可查看已安装的模块。"),
        )
    return model


def _dependants(model: Model, name: str) -> tuple[str, ...]:
    return tuple(other.name for other in model.modules.values() if name in other.requires)


def _refuse_while_needed(impact: Impact, model: Model) -> None:
    if not impact.dependants:
        return
    message = say("Other modules stand on “{name}”.", "其他模块依赖“{name}”。", name=impact.module)
    details = [
        Detail(
            path=other,
            code="needed",
            message=say("“{label}” requires it.", "“{label}”依赖它。", label=model.modules[other].label),
        )
        for other in impact.dependants
    ]
    raise Conflict(message, details=details, hint=say("Take those out first.", "请先移除这些模块。"))


def _keep_others(wishes: Wishes, model: Model, name: str) -> None:
    """What came along because this module required it is asked for by name from now on."""
    for other in model.modules:
        if other not in (name, ALWAYS):
            wishes.add(other)
    wishes.remove(name)


def _tell(call: Call, impact: Impact) -> None:
    rows = [(item.name, item.table, item.records) for item in impact.entities]
    rows += [(f"{item.entity}.{item.name}", item.column, item.values) for item in impact.fields]
    call.table((say("Goes", "将移除"), say("Table or column", "表或列"), say("Filled", "数据量")), rows)


def _json(impact: Impact) -> dict[str, object]:
    return {
        "entities": [{"name": e.name, "table": e.table, "records": e.records} for e in impact.entities],
        "fields": [{"entity": f.entity, "name": f.name, "column": f.column, "values": f.values} for f in impact.fields],
    }


def _default(call: Call, name: str) -> Path:
    return call.folder / ".tenon" / "exports" / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"


def _export(database: Database, model: Model, impact: Impact, folder: Path) -> list[Path]:
    with database.reading() as connection:
        actor = Actor.system(f"data of the module {impact.module}, before it is removed")
        unit = UnitOfWork(actor=actor, connection=connection, now=datetime.now(UTC))
        reader = Reader(model, build_tables(model, Ledger.load(connection)), connection.dialect)
        return export_data(impact, unit, reader, folder)
