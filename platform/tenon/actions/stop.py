"""In charge of the action “stop”: nothing more is done."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, properties
from tenon.actions.slots import WordsSlot
from tenon.texts import say


@action
class Stop(Action):
    key = "stop"
    label = say("Stop", "停止")
    help = say(
        "Ends the run; the reason stands in its log.",
        "结束运行；原因写入运行日志。",
    )
    icon = "player-stop"
    schema = properties({"reason": common("text", "Why.", "原因。")}, short={}, bare="boolean")
    slots = (WordsSlot(at="reason"),)
    ends = True
    example: ClassVar[Any] = True
