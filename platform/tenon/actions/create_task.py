"""In charge of the action “task”: something people have to do."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, one_of, people, properties
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
            "due": common(
                "expression",
                "Until when: an instant, or a date with the whole of its day.",
                "截止时间；日期包括当天全天。",
            ),
            "about": common(
                "expression", "The record it is about; the record itself when absent.", "相关记录；缺省为当前记录。"
            ),
            "change": common(
                "expression",
                "A task that is changed instead while it is not done: a look-up that keeps the one made before.",
                "若该任务尚未完成则修改它而不新建：通常是保存上次所建任务的关联字段。",
            ),
            "absent": one_of(
                ("wait", "delegate"),
                "Somebody who is away: gets it all the same, or whoever stands in does; wait when absent.",
                "负责人休假时：wait 仍给本人，delegate 交给代理人；缺省为 wait。",
            ),
            "otherwise": people("Who has to do it when nobody of these works here.", "上述人员均已离职时由谁完成。"),
        },
        "title",
        "to",
    )
    slots = (
        WordsSlot(at="title"),
        WordsSlot(at="help"),
        PeopleSlot(at="to"),
        ValueSlot(at="due", moment=True),
        PeopleSlot(at="otherwise"),
        ValueSlot(at="about"),
        ValueSlot(at="change"),
    )
    gives_entity = "task"
    example: ClassVar[Any] = {"title": "Call {{ name }}", "to": "owner", "due": "today() + days(1)"}
