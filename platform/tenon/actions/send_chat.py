"""In charge of the action “chat”: a message to a chat."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, WordsSlot
from tenon.texts import say


@action
class SendChat(Action):
    key = "chat"
    label = say("Send a chat message", "发送群聊消息")
    help = say(
        "Writes into a chat of WeCom, DingTalk or Feishu, or to people there.",
        "向企业微信、钉钉或飞书的群或个人发送消息。",
    )
    icon = "brand-wechat"
    schema = properties(
        {
            "connector": common("name", "The chat (connectors/).", "群机器人（connectors/）。"),
            "to": people("People, in their own chat.", "发给个人。"),
            "template": common("name", "The template (templates/).", "模板（templates/）。"),
            "text": common("text", "The words, with {{ expressions }}.", "消息内容，可含 {{ 表达式 }}。"),
        },
    )
    slots = (
        NameSlot(at="connector", of="connector"),
        PeopleSlot(at="to", addresses=True),
        NameSlot(at="template", of="template"),
        WordsSlot(at="text"),
    )
    choices = (("connector", "to"), ("template", "text"))
    external = True
    example: ClassVar[Any] = {"to": "owner", "text": "{{ name }}"}
