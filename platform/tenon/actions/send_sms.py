"""In charge of the action “sms”: a text message."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, WordsSlot
from tenon.texts import say


@action
class SendSms(Action):
    key = "sms"
    label = say("Send a text message", "发送短信")
    help = say(
        "Sends a text message to people or phone numbers.",
        "向人员或手机号发送短信。",
    )
    icon = "message"
    schema = properties(
        {
            "to": people("People or phone numbers.", "接收人或手机号。"),
            "template": common("name", "The template (templates/).", "模板（templates/）。"),
            "text": common("text", "The words, with {{ expressions }}.", "短信内容，可含 {{ 表达式 }}。"),
        },
        "to",
    )
    slots = (PeopleSlot(at="to", addresses=True), NameSlot(at="template", of="template"), WordsSlot(at="text"))
    choices = (("template", "text"),)
    external = True
    example: ClassVar[Any] = {"to": "owner", "template": "reminder"}
