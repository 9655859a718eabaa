"""In charge of the trigger “stage_entered”: a record entered a stage."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, names, properties
from tenon.actions.slots import EntitySlot, NameSlot, StagesSlot
from tenon.expressions import TEXT
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger


@trigger
class StageEntered(Trigger):
    key = "stage_entered"
    label = say("Stage entered", "进入阶段")
    help = say("When a record entered a stage.", "记录进入某阶段之后。")
    icon = "stairs"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "stage": names("The stage, or several; any when absent.", "一个或多个阶段；缺省为任意阶段。"),
            "from": names("It came from one of these.", "来自这些阶段之一。"),
            "pipeline": common("name", "Only in this pipeline.", "仅限该流程。"),
        },
        "entity",
        short=NAME,
    )
    slots = (
        EntitySlot(at="entity"),
        StagesSlot(at="stage"),
        StagesSlot(at="from"),
        NameSlot(at="pipeline", of="pipeline"),
    )
    has_old = True
    data: ClassVar[Any] = {"from_stage": TEXT, "to_stage": TEXT, "reason": TEXT, "by": Of("user")}
    fired_by = ("moved",)
    example: ClassVar[Any] = {"entity": "opportunity", "stage": "won"}
