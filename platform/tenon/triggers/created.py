"""In charge of the trigger “created”: a record was made."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import EntitySlot
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Created(Trigger):
    key = "created"
    label = say("Created", "新建时")
    help = say("When a record was made.", "记录新建之后。")
    icon = "plus"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
        },
        "entity",
        short=NAME,
    )
    slots = (EntitySlot(at="entity"),)
    fired_by = ("created",)
    example: ClassVar[Any] = "opportunity"
