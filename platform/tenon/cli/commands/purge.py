"""In charge of `tenon purge`: drop for good what was retired long enough ago."""

from datetime import timedelta

import click

from tenon.cli.call import Call
from tenon.clock import SystemClock
from tenon.database import UnitOfWork
from tenon.errors import InvalidInput
from tenon.schema.purging import Retired, purge, retired
from tenon.texts import say


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="Only this retired field or entity (opportunity.note).")
@click.option("--consent", default="", metavar="NAME", help="The workspace's name: what you would type when asked.")
@click.pass_context
def command(ctx: click.Context, only: tuple[str, ...], consent: str) -> None:
    """Drop the columns and tables of removed fields and entities, for good, once their retention is over.

    Retention is the setting purge_after, in days. The name of the workspace has to be typed; no option says yes.

    \b
    Example:
      tenon -w acme purge --only opportunity.note
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace:
        keep = timedelta(days=call.settings.purge_after)
        now = SystemClock().now()
        with workspace.database.reading() as connection:
            due = _chosen(retired(connection, now, keep), only)
        _list(call, due)
        if not due:
            return
        _ask(call, workspace.model.workspace.name, consent)
        with workspace.database.writing() as connection:
            number = purge(UnitOfWork(call.actor("purge"), connection, now), due)
    call.say(say("Dropped. Version {number} says so.", "已删除，并记录为版本 {number}。", number=number))


def _chosen(due: list[Retired], only: tuple[str, ...]) -> list[Retired]:
    """Parts of a field (its currency) go with it."""
    return [
        item for item in due if not only or any(item.path == name or item.path.startswith(f"{name}.") for name in only)
    ]


def _list(call: Call, due: list[Retired]) -> None:
    call.show(
        [
            {"path": item.path, "version": item.version, "since": item.since, "rows": item.rows, "bytes": item.size}
            for item in due
        ]
    )
    if not due:
        call.say(say("Nothing is to be purged.", "没有可清除的内容。"))
        return
    headings = (say("Retired", "已停用"), say("Version", "版本"), say("Since", "停用时间"), say("Rows", "行数"))
    rows = [(item.path, item.version, f"{item.since:%Y-%m-%d}", item.rows, item.size) for item in due]
    call.table((*headings, say("Bytes", "字节数")), rows)


def _ask(call: Call, name: str, consent: str) -> None:
    question = say("Type “{name}” to drop this for good", "输入“{name}”以永久删除", name=name)
    typed = consent or ("" if call.as_json else click.prompt(call.words(question), default="", show_default=False))
    if typed != name:
        raise InvalidInput(
            say("Nothing was dropped: that is not the workspace's name.", "未删除任何内容：名称与工作区不符。"),
            hint=say("Type “{name}”, or give it with --consent.", "请输入“{name}”，或用 --consent 提供。", name=name),
        )
