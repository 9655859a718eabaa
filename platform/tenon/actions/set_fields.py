"""In charge of the action “set”: fields of the record get values."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import values
from tenon.actions.slots import ValuesSlot
from tenon.texts import say


@action
class SetFields(Action):
    key = "set"
    label = say("Set fields", "设置字段")
    help = say(
        "Gives fields of the record values.",
        "为当前记录的字段赋值。",
    )
    icon = "pencil"
    schema = values("Fields of the record with the values they get.", "当前记录的字段及其取值。")
    slots = (ValuesSlot(at=""),)
    effect = "updated"
    example: ClassVar[Any] = {"amount": "amount * 2"}
