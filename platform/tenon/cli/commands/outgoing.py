"""In charge of `tenon outgoing`: whether messages, calls and other work leave the workspace, and letting them again."""

from typing import Literal

import click

from tenon.cli.call import Call
from tenon.clock import SystemClock
from tenon.errors import Conflict
from tenon.jobs import held, outgoing_pause, pause_outgoing, resume_outgoing
from tenon.texts import Text, say


@click.group(invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Say whether messages, web hooks, mailboxes and scheduled backups are at work, or held back.

    A workspace restored from a backup holds them back until somebody says “resume”. All other work goes on.

    \b
    Example:
      tenon -w acme outgoing
      tenon -w acme outgoing resume --held discard
    """
    if ctx.invoked_subcommand is not None:
        return
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.database.reading() as connection:
        pause, waiting = outgoing_pause(connection), held(connection)
    reason = "" if pause is None else call.words(Text.of(pause.reason))
    since = None if pause is None else pause.at
    call.show({"paused": pause is not None, "since": since, "reason": reason, "held": waiting})
    if pause is None:
        call.say(say("Messages and calls leave this workspace.", "消息与调用正常对外发送。"))
        return
    told = say(
        "Nothing leaves this workspace since {at}; {count} job(s) are held. {reason}",
        "自 {at} 起暂停对外发送；暂存 {count} 项。{reason}",
        at=f"{pause.at:%Y-%m-%d %H:%M} UTC",
        count=waiting,
        reason=reason,
    )
    call.say(told)
    call.say(say("“tenon outgoing resume” lets them leave again.", "“tenon outgoing resume”可恢复发送。"))


@command.command("pause")
@click.option("--reason", default="", help="What people read who ask why.")
@click.pass_context
def pause(ctx: click.Context, reason: str) -> None:
    """Hold back everything that would leave the workspace, from now on.

    \b
    Example:
      tenon -w acme outgoing pause --reason "we are moving to another mail server"
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.database.writing() as connection:
        pause_outgoing(connection, SystemClock().now(), call.actor("outgoing pause").name, Text.of(reason or "–"))
    call.say(say("Nothing leaves this workspace from now on.", "即刻起暂停对外发送。"))
    call.show({"paused": True})


@command.command("resume")
@click.option(
    "--held", "what_is_held", type=click.Choice(["send", "discard"]), help="What becomes of the work held meanwhile."
)
@click.pass_context
def resume(ctx: click.Context, what_is_held: str | None) -> None:
    """Let messages and calls leave again. What was held is sent now, in its order, or never.

    After a restore, ask yourself whether the original has sent it since: then discard.

    \b
    Example:
      tenon -w acme outgoing resume --held send
    """
    call = ctx.ensure_object(Call)
    with call.workspace() as workspace, workspace.unit(call.actor("outgoing resume")) as unit:
        waiting = held(unit.connection)
        if waiting and what_is_held is None:
            raise Conflict(
                say(
                    "{count} job(s) are held: say what becomes of them.",
                    "有 {count} 项暂存任务，请说明如何处理。",
                    count=waiting,
                ),
                hint=say(
                    "--held send does them now; --held discard never does them.",
                    "--held send 立即发送；--held discard 不再发送。",
                ),
            )
        what: Literal["send", "discard"] = "send" if what_is_held == "send" else "discard"
        touched = resume_outgoing(unit, what, workspace.current.processes.duties)
    call.say(
        say(
            "Messages and calls leave again; {count} held job(s) settled.",
            "已恢复对外发送；处理暂存任务 {count} 项。",
            count=touched,
        )
    )
    call.show({"paused": False, "held": touched, "what": what_is_held})
