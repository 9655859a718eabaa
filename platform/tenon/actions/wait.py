"""In charge of the action “wait”: time passes."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import DURATION, common, properties
from tenon.actions.slots import ConditionSlot, LengthSlot, NameSlot, ValueSlot
from tenon.texts import say


@action
class Wait(Action):
    key = "wait"
    label = say("Wait", "等待")
    help = say(
        "Waits for a length of time, or until a moment; what happened meanwhile is seen afterwards.",
        "等待一段时间或到某一时刻；期间的变化在之后可见。",
    )
    icon = "clock-pause"
    schema = properties(
        {
            "for": common("duration", "How long.", "等待多久。"),
            "until": common("expression", "A date or an instant.", "某个日期或时间。"),
            "go_on_when": common("expression", "Goes on earlier as soon as this holds.", "一旦该条件成立即提前继续。"),
            "calendar": common(
                "name",
                "Only working time of this calendar counts (calendars/).",
                "仅计算该日历的工作时间（calendars/）。",
            ),
        },
        short={"pattern": DURATION},
    )
    slots = (
        LengthSlot(at="for"),
        ValueSlot(at="until", moment=True),
        ConditionSlot(at="go_on_when"),
        NameSlot(at="calendar", of="calendar"),
    )
    choices = (("for", "until"),)
    short = "for"
    example: ClassVar[Any] = "3d"
