"""In charge of work that a command hands to the background, and of doing it in the call itself."""

from collections.abc import Mapping
from typing import Any

from tenon.cli.call import Call
from tenon.texts import say


def carry_out(call: Call) -> None:
    """Everything that is due in the background of the workspace, until nothing is."""
    with call.workspace() as workspace:
        workspace.background.run_due()


def queued(call: Call, told: Mapping[str, Any], *, done: bool) -> None:
    """Say whether it is done, or who does it."""
    if done:
        call.say(say("Done.", "已完成。"))
    else:
        call.say(
            say(
                "It is queued: the server or a worker does it; “tenon worker --once” does it at once.",
                "已加入后台任务：由服务器或后台进程执行；也可用“tenon worker --once”立即执行。",
            )
        )
    call.show({**told, "queued": True, "done": done})
