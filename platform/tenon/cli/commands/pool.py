"""In charge of `tenon pool`: what is in pools, what tonight would take back, and putting single records right."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from tenon.access import Access, in_pool
from tenon.cli.call import Call
from tenon.cli.people import id_of
from tenon.cli.queued import carry_out, queued
from tenon.database import UnitOfWork
from tenon.process.pools import REASONS, Pools
from tenon.query import Query
from tenon.texts import say
from tenon.workspace import Workspace


@click.group()
def command() -> None:
    """Pools: records nobody owns, and the night in which records fall back.

    \b
    Example:
      tenon -w acme pool tonight public
    """


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Every pool, with how many records are in it and when it is next looked at."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.reading(call.actor("pool list")) as unit:
        access = Access.of(workspace.model, unit.actor)
        found = [_told(workspace, unit, access, pool.name) for pool in workspace.model.pools.values()]
    call.table(
        (say("Pool", "公海"), say("Name", "名称"), say("Records in it", "记录数"), say("Next night", "下次回收")),
        [(one["name"], call.words(one["label"]), one["records"], one["next"]) for one in found],
    )
    call.show([{**one, "label": call.words(one["label"])} for one in found])


@command.command("tonight")
@click.argument("name")
@click.pass_context
def tonight(ctx: click.Context, name: str) -> None:
    """What the next night would take back or warn of, as things are now. Nothing is changed."""
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.reading(call.actor("pool tonight")) as unit:
        access = Access.of(workspace.model, unit.actor)
        planned, verdicts, complete = _pools(workspace).tonight(unit, access, name)
    if planned is None:
        call.say(say("Records never fall into this pool by themselves.", "该公海不会自动回收记录。"))
    else:
        call.say(
            say(
                "{at}: {count} records{more}",
                "{at}：{count} 条记录{more}",
                at=f"{planned:%Y-%m-%d %H:%M} UTC",
                count=len(verdicts),
                more="" if complete else " …",
            )
        )
    doing = {"recycle": say("goes back", "回收"), "warn": say("warned", "预警")}
    headings = (
        say("Record", "记录"),
        say("Owner", "负责人"),
        say("What", "操作"),
        say("Why", "原因"),
        say("Due", "到期"),
    )
    call.table(
        (*headings, say("Id", "ID")),
        [
            (
                one.title,
                one.owner_name,
                call.words(doing[one.action]),
                call.words(REASONS[one.reason]),
                f"{one.due:%Y-%m-%d}",
                one.record_id,
            )
            for one in verdicts
        ],
    )
    records = [
        {
            "record": one.record_id,
            "title": one.title,
            "owner": one.owner,
            "action": one.action,
            "reason": one.reason,
            "since": one.since,
            "due": one.due,
        }
        for one in verdicts
    ]
    call.show({"at": planned, "complete": complete, "records": records})


@command.command("run")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Without it nothing is changed; “pool tonight” shows what would be.")
@click.option("--work", is_flag=True, help="Do it in this call, instead of leaving it to the server or a worker.")
@click.pass_context
def run(ctx: click.Context, name: str, yes: bool, work: bool) -> None:
    """Take back now what is due now, without waiting for the night."""
    call = ctx.ensure_object(Call)
    with _writing(call, "pool run") as (workspace, unit, access):
        pool = _pools(workspace).named(name)
        if yes:
            _pools(workspace).recycle_now(unit, access, name)
    if not yes:
        call.say(say("Nothing was changed; add --yes.", "未作任何更改；请加上 --yes。"))
        call.show({"pool": pool.name, "queued": False})
        return
    if work:
        carry_out(call)
    queued(call, {"pool": pool.name}, done=work)


@command.command("assign")
@click.argument("name")
@click.argument("record")
@click.option("--to", help="The e-mail of who gets it; the pool's own rule decides without it.")
@click.pass_context
def assign(ctx: click.Context, name: str, record: str, to: str | None) -> None:
    """Hand a record of the pool out to somebody."""
    call = ctx.ensure_object(Call)
    with _writing(call, "pool assign") as (workspace, unit, access):
        person = None if to is None else id_of(workspace, unit, access, to)
        found = _pools(workspace).hand_out(unit, access, name, record, person)
    if found is None:
        call.say(say("The rule of the pool finds nobody.", "该公海的分配规则未找到合适人员。"))
    else:
        call.say(say("It is handed out.", "已分配。"))
    call.show({"record": record, "person": found})


@command.command("release")
@click.argument("name")
@click.argument("record")
@click.option("--reason", help="A key of the pool's reasons.")
@click.option("--note", help="Words that are kept with it.")
@click.pass_context
def release(ctx: click.Context, name: str, record: str, reason: str | None, note: str | None) -> None:
    """Move a record back into the pool."""
    call = ctx.ensure_object(Call)
    with _writing(call, "pool release") as (workspace, unit, access):
        _pools(workspace).release(unit, access, name, record, reason=reason, note=note)
    call.say(say("It is in the pool again.", "已退回公海。"))
    call.show({"record": record, "state": "released"})


def _told(workspace: Workspace, unit: UnitOfWork, access: Access, name: str) -> dict[str, Any]:
    pool = workspace.model.pools[name]
    inside = Query(entity=pool.entity, where=in_pool(workspace.model, pool).text)
    return {
        "name": pool.name,
        "label": pool.label,
        "entity": pool.entity,
        "records": workspace.reader.count(unit, access, inside).value,
        "next": _pools(workspace).next_night(unit, name),
    }


def _pools(workspace: Workspace) -> Pools:
    found: Pools = workspace.current.processes.pools
    return found


@contextmanager
def _writing(call: Call, reason: str) -> Iterator[tuple[Workspace, UnitOfWork, Access]]:
    with call.workspace() as workspace, workspace.unit(call.actor(reason)) as unit:
        yield workspace, unit, Access.of(workspace.model, unit.actor)
