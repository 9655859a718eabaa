"""In charge of the trigger “restored”: a record came back."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import EntitySlot
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Restored(Trigger):
    key = "restored"
    label = say("Restored", "恢复时")
    help = say("When a record came back from the recycle bin.", "记录从回收站恢复之后。")
    icon = "restore"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
        },
        "entity",
        short=NAME,
    )
    slots = (EntitySlot(at="entity"),)
    example: ClassVar[Any] = "opportunity"
