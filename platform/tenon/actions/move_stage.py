"""In charge of the action “move”: the record enters a stage."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import RecordsSlot, StagesSlot, ValueSlot
from tenon.expressions import TEXT
from tenon.texts import say


@action
class MoveStage(Action):
    key = "move"
    label = say("Move to a stage", "移动阶段")
    help = say(
        "Moves the record into a stage, by the rules of its pipeline.",
        "按流程规则将记录移到某阶段。",
    )
    icon = "arrow-right"
    schema = properties(
        {
            "to": common("name", "The stage.", "阶段。"),
            "reason": common("expression", "Why, as a text.", "原因（文本）。"),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
        "to",
        short=NAME,
    )
    slots = (RecordsSlot(at="of", many=False), StagesSlot(at="to"), ValueSlot(at="reason", gives=TEXT))
    short = "to"
    effect = "moved"
    example: ClassVar[Any] = {"to": "won", "reason": '"Signed"'}
