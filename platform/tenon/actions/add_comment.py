"""In charge of the action “comment”: words on the record."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import PeopleSlot, RecordsSlot, WordsSlot
from tenon.texts import say


@action
class AddComment(Action):
    key = "comment"
    label = say("Comment", "评论")
    help = say(
        "Writes a comment on the record.",
        "在记录上发表评论。",
    )
    icon = "message-circle"
    schema = properties(
        {
            "text": common("text", "The words, with {{ expressions }}.", "评论内容，可含 {{ 表达式 }}。"),
            "mention": people("Who is told of it.", "提及谁。"),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
        "text",
        short={"maxLength": 2000},
    )
    slots = (RecordsSlot(at="of", many=False), WordsSlot(at="text"), PeopleSlot(at="mention"))
    short = "text"
    example: ClassVar[Any] = {"text": "{{ amount }}", "mention": "owner"}
