"""In charge of the trigger “manual”: somebody pressed a button."""

from typing import Any, ClassVar

from tenon.actions.schemas import NAME, common, inputs, properties
from tenon.actions.slots import ConditionSlot, EntitySlot, InputsSlot, NameSlot, WordsSlot
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger


@trigger
class Manual(Trigger):
    key = "manual"
    label = say("Button", "按钮")
    help = say("When somebody presses the button on a record.", "有人在记录上点击按钮时。")
    icon = "click"
    schema = properties(
        {
            "entity": common("name", "The entity.", "实体。"),
            "label": common(
                "text",
                "What stands on the button; the label of the automation when absent.",
                "按钮文字；缺省为自动化的名称。",
            ),
            "icon": common("icon", "Its icon.", "图标。"),
            "roles": common(
                "names",
                "Who sees it; everybody who may change the record when absent.",
                "哪些角色可见；缺省为可修改该记录者。",
            ),
            "where": common("expression", "On which records it is shown.", "在哪些记录上显示。"),
            "ask": inputs(
                "What is asked for: name → kind; read as trigger.<name>.",
                "点击后询问的内容：名称 → 类型；用 trigger.<名称> 读取。",
            ),
            "confirm": common("text", "What must be confirmed.", "需要确认的提示。"),
        },
        "entity",
        short=NAME,
    )
    slots = (
        EntitySlot(at="entity"),
        WordsSlot(at="label"),
        NameSlot(at="roles", of="roles"),
        ConditionSlot(at="where"),
        InputsSlot(at="ask"),
        WordsSlot(at="confirm"),
    )
    data: ClassVar[Any] = {"by": Of("user")}
    example: ClassVar[Any] = {
        "entity": "opportunity",
        "label": {"en": "Recalculate", "zh-CN": "重新计算"},
        "ask": {"reason": "text"},
    }
