"""In charge of the action “notify”: people are told in the product."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, WordsSlot
from tenon.texts import say


@action
class NotifyPeople(Action):
    key = "notify"
    label = say("Notify", "站内通知")
    help = say(
        "Tells people in the product, and outside it as they wish.",
        "在系统内通知相关人员，并按其偏好同时发往其他渠道。",
    )
    icon = "bell"
    schema = properties(
        {
            "to": people("Who is told.", "通知谁。"),
            "template": common("name", "The template (templates/).", "模板（templates/）。"),
            "title": common("text", "The words, with {{ expressions }}.", "通知标题，可含 {{ 表达式 }}。"),
            "body": common("text", "More words.", "更多内容。"),
        },
        "to",
    )
    slots = (PeopleSlot(at="to"), NameSlot(at="template", of="template"), WordsSlot(at="title"), WordsSlot(at="body"))
    choices = (("template", "title"),)
    example: ClassVar[Any] = {"to": ["owner", "manager(owner)"], "template": "deal_won"}
