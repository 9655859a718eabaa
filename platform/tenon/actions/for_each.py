"""In charge of the action “for_each”: steps for each of several records."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, count, properties, steps
from tenon.actions.slots import BodySlot, ConditionSlot, RecordsSlot
from tenon.texts import say


@action
class ForEach(Action):
    key = "for_each"
    label = say("For each", "逐条处理")
    help = say(
        "Does steps once for each related record.",
        "对每条相关记录执行步骤。",
    )
    icon = "repeat"
    schema = properties(
        {
            "in": common("path", "The relationship.", "关系名称。"),
            "as": common("name", "What the steps call it; item when absent.", "步骤中对该记录的称呼；缺省为 item。"),
            "where": common("expression", "Only those for which this holds.", "仅限满足该条件的记录。"),
            "limit": count("At most so many; 1000 when absent.", "最多多少条；缺省为 1000。", 100_000),
            "do": steps("What is done for each.", "对每条记录执行的步骤。"),
        },
        "in",
        "do",
    )
    slots = (RecordsSlot(at="in", many=True), ConditionSlot(at="where"), BodySlot(at="do", named="as"))
    example: ClassVar[Any] = {
        "in": "lines",
        "as": "line",
        "do": {"reserve": {"update": {"of": "line", "set": {"reserved": True}}}},
    }
