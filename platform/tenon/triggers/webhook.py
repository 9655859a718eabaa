"""In charge of the trigger “webhook”: another system called."""

from typing import Any, ClassVar

from tenon.actions.schemas import common, inputs, properties, values
from tenon.actions.slots import EntitySlot, InputsSlot, NameSlot, ValuesSlot
from tenon.texts import say
from tenon.triggers.base import Trigger, trigger


@trigger
class Webhook(Trigger):
    key = "webhook"
    label = say("Web hook", "收到 Webhook")
    help = say("When another system calls the signed address of this automation.", "其他系统调用本自动化的签名地址时。")
    icon = "webhook"
    schema = properties(
        {
            "connector": common(
                "name", "The system (connectors/), with its secrets.", "外部系统（connectors/），含其密钥。"
            ),
            "data": inputs(
                "What it sends: name → kind; read as trigger.<name>.",
                "对方发送的数据：名称 → 类型；用 trigger.<名称> 读取。",
            ),
            "entity": common("name", "The entity of the record it is about.", "所针对记录的实体。"),
            "match": values("How that record is found: fields with values.", "如何找到该记录：字段及其取值。"),
        },
        short=None,
    )
    slots = (
        InputsSlot(at="data"),
        NameSlot(at="connector", of="connector"),
        EntitySlot(at="entity"),
        ValuesSlot(at="match"),
    )
    short = ""
    has_record = False
    has_actor = False
    example: ClassVar[Any] = {
        "data": {"order_no": "text", "paid": "number"},
        "entity": "contract",
        "match": {"number": "trigger.order_no"},
    }
