"""In charge of the action “branch”: one of several ways."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, said, steps
from tenon.actions.slots import ArmsSlot
from tenon.texts import say


@action
class Branch(Action):
    key = "branch"
    label = say("Branch", "分支")
    help = say(
        "Takes the first way whose condition holds; one without a condition takes the rest.",
        "执行第一个条件成立的分支；没有条件的分支处理其余情况。",
    )
    icon = "git-branch"
    schema = said(
        "The ways by name, in order.",
        "按名称列出的分支，依次判断。",
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 50,
            "propertyNames": {"$ref": "common.schema.json#/$defs/name"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["do"],
                "properties": {
                    "label": common("text", "What people call this way.", "该分支的名称。"),
                    "when": common("expression", "Taken when this holds.", "条件成立时执行。"),
                    "do": steps("What is done.", "执行的步骤。"),
                },
            },
        },
    )
    slots = (ArmsSlot(at=""),)
    example: ClassVar[Any] = {
        "big": {"when": "amount > 100000", "do": {"tell": {"notify": {"to": "manager(owner)", "title": "{{ name }}"}}}}
    }
