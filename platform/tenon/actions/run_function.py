"""In charge of the action “run”: a registered Python function."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import properties, said, values
from tenon.actions.slots import FunctionSlot, NamedValuesSlot
from tenon.texts import say


@action
class RunFunction(Action):
    key = "run"
    label = say("Run a function", "运行函数")
    help = say(
        "Runs a Python function that was registered for automations.",
        "运行已为自动化注册的 Python 函数。",
    )
    icon = "code"
    schema = properties(
        {
            "function": said(
                "Its registered name.", "注册的函数名。", {"type": "string", "pattern": "^[a-z][a-z0-9_.]{0,79}$"}
            ),
            "with": values("Its arguments.", "参数。"),
        },
        "function",
    )
    slots = (FunctionSlot(at="function", given="with"), NamedValuesSlot(at="with"))
    external = True
    example: ClassVar[Any] = {"function": "credit.check", "with": {"amount": "amount"}}
