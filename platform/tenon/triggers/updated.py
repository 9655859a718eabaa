"""In charge of the trigger “updated”: a record was changed."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, names, properties
from tenon.actions.slots import EntitySlot, FieldsSlot
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Updated(Trigger):
    key = "updated"
    label = say("Updated", "修改时")
    help = say(
        "When a record was changed; with fields, when one of them got another value.",
        "记录修改之后；指定字段时，仅当其中某字段的值变化。",
    )
    icon = "edit"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "fields": names("One of these fields changed.", "这些字段中有变化。"),
        },
        "entity",
        short=NAME,
    )
    slots = (EntitySlot(at="entity"), FieldsSlot(at="fields"))
    has_old = True
    fired_by = ("updated", "moved")
    example: ClassVar[Any] = {"entity": "opportunity", "fields": ["amount"]}
