"""In charge of the trigger “deleted”: a record was deleted."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import EntitySlot
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Deleted(Trigger):
    key = "deleted"
    label = say("Deleted", "删除时")
    help = say("When a record went to the recycle bin.", "记录放入回收站之后。")
    icon = "trash"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
        },
        "entity",
        short=NAME,
    )
    slots = (EntitySlot(at="entity"),)
    fired_by = ("deleted",)
    example: ClassVar[Any] = "opportunity"
