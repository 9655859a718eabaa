"""In charge of the trigger “form_submitted”: a web form was sent."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import NameSlot
from tenon.expressions import DATETIME, TEXT
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class FormSubmitted(Trigger):
    key = "form_submitted"
    label = say("Form submitted", "表单提交")
    help = say(
        "When somebody sent a web form; the record is the one it made.", "有人提交网页表单之后；记录为表单生成的记录。"
    )
    icon = "forms"
    schema = properties(
        {
            "form": common("name", "The web form (webforms/).", "网页表单（webforms/）。"),
        },
        "form",
        short=NAME,
    )
    slots = (NameSlot(at="form", of="webform"),)
    short = "form"
    data: ClassVar[Any] = {
        "page": TEXT,
        "source": TEXT,
        "at": DATETIME,
        "language": TEXT,
        "submission": TEXT,
        "outcome": TEXT,
    }
    has_actor = False
    example: ClassVar[Any] = "contact_us"
