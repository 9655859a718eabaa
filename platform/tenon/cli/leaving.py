"""In charge of `tenon user leave`: what somebody would leave behind and who would get it, and doing it."""

from typing import Any

import click

from tenon.access import Access
from tenon.cli.call import Call
from tenon.cli.people import id_of
from tenon.cli.queued import carry_out, queued
from tenon.database import UnitOfWork
from tenon.errors import BadRequest
from tenon.process.leaving import NOBODY, Leavers, Preview
from tenon.texts import say
from tenon.workspace import Workspace


@click.command("leave")
@click.argument("email")
@click.option("--to", help="The e-mail of the successor.")
@click.option(
    "--other",
    "others",
    multiple=True,
    metavar="HOLDING=EMAIL",
    help="Another successor for one kind of thing, - to leave it as it is; may be given several times.",
)
@click.option("--yes", is_flag=True, help="Do it; without it only what would happen is shown.")
@click.option("--work", is_flag=True, help="Hand the records over in this call, instead of in the background.")
@click.pass_context
def leave(ctx: click.Context, email: str, to: str | None, others: tuple[str, ...], yes: bool, work: bool) -> None:
    """Close a person and hand everything over; without --yes, only show what moves to whom.

    \b
    Example:
      tenon -w acme user leave ann@example.com --to bob@example.com --other account.owner=eve@example.com
    """
    call = ctx.ensure_object(Call)
    if yes and to is None:
        raise BadRequest(
            say("Say who gets it: --to.", "请用 --to 指定接任者。"),
            hint=say("Without --yes you see what there is.", "不加 --yes 可先查看。"),
        )
    with call.workspace() as workspace, workspace.unit(call.actor("user leave")) as unit:
        access = Access.of(workspace.model, unit.actor)
        person = id_of(workspace, unit, access, email)
        chosen = dict(_other(one) for one in others)
        found = _service(workspace).preview(unit, access, person)
        told = _told(call, found, to, chosen)
        if yes and to is not None:
            ids = {key: NOBODY if who == NOBODY else id_of(workspace, unit, access, who) for key, who in chosen.items()}
            _leave(workspace, unit, access, person, id_of(workspace, unit, access, to), ids)
    shown = {"person": found.person, "name": found.name, "tasks": found.tasks, "holdings": told}
    call.table(
        (say("What", "事项"), say("Holding", "键"), say("Records", "数量"), say("To", "接任者")),
        [(one["label"], one["key"], one["count"], one["to"] or "–") for one in told],
    )
    if not yes:
        call.say(say("Nothing was changed; add --yes to do it.", "未作任何更改；加上 --yes 后执行。"))
        call.show({**shown, "queued": False})
        return
    if work:
        carry_out(call)
    call.say(say("{email} may not sign in any more.", "{email} 已不能登录。", email=email))
    queued(call, shown, done=work)


def _leave(
    workspace: Workspace, unit: UnitOfWork, access: Access, person: str, to: str, others: dict[str, str]
) -> None:
    _service(workspace).leave(unit, access, person, to, others)


def _told(call: Call, found: Preview, to: str | None, others: dict[str, str]) -> list[dict[str, Any]]:
    """What there is, and the e-mail of who gets it; None: it stays as it is, or nobody was named yet."""
    lines: list[dict[str, Any]] = []
    for holding, count in found.counts:
        who = others.get(holding.key, to if holding.usual else NOBODY)
        label = f"{call.words(holding.entity.plural)}: {call.words(holding.field.label)}"
        successor = None if who == NOBODY else who
        lines.append({"key": holding.key, "label": label, "count": count, "usual": holding.usual, "to": successor})
    if found.tasks:
        label = call.words(say("Open tasks of approvals", "待处理的审批"))
        lines.append({"key": "tasks", "label": label, "count": found.tasks, "usual": True, "to": to})
    return lines


def _other(text: str) -> tuple[str, str]:
    key, mark, who = text.partition("=")
    if not mark or not key.strip() or not who.strip():
        raise BadRequest(
            say("“{text}” is not HOLDING=EMAIL.", "“{text}”的格式应为 事项=邮箱。", text=text[:60]),
            hint=say("As in account.owner=eve@example.com.", "例如 account.owner=eve@example.com。"),
        )
    return key.strip(), who.strip()


def _service(workspace: Workspace) -> Leavers:
    found: Leavers = workspace.current.processes.ground.service("leavers")
    return found
