"""In charge of the action “email”: an e-mail."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, flag, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, WordsSlot
from tenon.texts import say


@action
class SendEmail(Action):
    key = "email"
    label = say("Send an e-mail", "发送邮件")
    help = say(
        "Sends an e-mail to people or addresses.",
        "向人员或邮箱地址发送邮件。",
    )
    icon = "mail"
    schema = properties(
        {
            "to": people("People or addresses.", "收件人或邮箱地址。"),
            "cc": people("Who gets a copy.", "抄送。"),
            "bcc": people("Who gets a hidden copy.", "密送。"),
            "reply_to": people("Whom an answer goes to.", "回复地址。"),
            "template": common("name", "The template (templates/).", "模板（templates/）。"),
            "subject": common("text", "The subject, with {{ expressions }}.", "主题，可含 {{ 表达式 }}。"),
            "body": common("text", "The words.", "正文。"),
            "attach": common("paths", "File fields of the record to attach.", "作为附件的文件字段。"),
            "keep": flag(
                "Whether it is kept with the record as a contact; true when absent.", "是否作为联系记录保存；缺省为是。"
            ),
        },
        "to",
    )
    slots = (
        *(PeopleSlot(at=name, addresses=True) for name in ("to", "cc", "bcc", "reply_to")),
        NameSlot(at="template", of="template"),
        WordsSlot(at="subject"),
        WordsSlot(at="body"),
    )
    choices = (("template", "subject"),)
    external = True
    example: ClassVar[Any] = {"to": "account.primary_contact.email", "template": "survey"}
