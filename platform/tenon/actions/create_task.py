"""In charge of the action “task”: something people have to do."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import PeopleSlot, ValueSlot, WordsSlot
from tenon.texts import say


@action
class CreateTask(Action):
    key = "task"
    label = say("Create a task", "创建任务")
    help = say(
        "Gives people something to do about the record.",
        "给相关人员创建与该记录有关的任务。",
    )
    icon = "checkbox"
    schema = properties(
        {
            "title": common("text", "What is to be done, with {{ expressions }}.", "任务标题，可含 {{ 表达式 }}。"),
            "help": common("text", "More about it.", "任务说明。"),
            "to": people("Who has to do it.", "由谁完成。"),
            "due": common("expression", "Until when: a date or an instant.", "截止日期或时间。"),
        },
        "title",
        "to",
    )
    slots = (WordsSlot(at="title"), WordsSlot(at="help"), PeopleSlot(at="to"), ValueSlot(at="due", moment=True))
    example: ClassVar[Any] = {"title": "Call {{ name }}", "to": "owner", "due": "today() + days(1)"}
