"""In charge of the trigger “stage_left”: a record left a stage."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, names, properties
from tenon.actions.slots import EntitySlot, NameSlot, StagesSlot
from tenon.expressions import TEXT
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger


@trigger
class StageLeft(Trigger):
    key = "stage_left"
    label = say("Stage left", "离开阶段")
    help = say("When a record left a stage.", "记录离开某阶段之后。")
    icon = "stairs"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "stage": names("The stage, or several; any when absent.", "一个或多个阶段；缺省为任意阶段。"),
            "to": names("It went to one of these.", "去往这些阶段之一。"),
            "pipeline": common("name", "Only in this pipeline.", "仅限该流程。"),
        },
        "entity",
        short=NAME,
    )
    slots = (
        EntitySlot(at="entity"),
        StagesSlot(at="stage"),
        StagesSlot(at="to"),
        NameSlot(at="pipeline", of="pipeline"),
    )
    has_old = True
    data: ClassVar[Any] = {"from_stage": TEXT, "to_stage": TEXT, "reason": TEXT, "by": Of("user")}
    fired_by = ("moved",)
    example: ClassVar[Any] = {"entity": "opportunity", "stage": "won"}
