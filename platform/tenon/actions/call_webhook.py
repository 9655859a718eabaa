"""In charge of the action “webhook”: a call of another system."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, one_of, properties, said, values
from tenon.actions.slots import NamedValuesSlot, NameSlot
from tenon.texts import say


@action
class CallWebhook(Action):
    key = "webhook"
    label = say("Call a web hook", "调用 Webhook")
    help = say(
        "Sends data to another system by HTTP.",
        "通过 HTTP 向其他系统发送数据。",
    )
    icon = "webhook"
    schema = properties(
        {
            "connector": common(
                "name", "The system (connectors/), with its secrets.", "外部系统（connectors/），含其密钥。"
            ),
            "url": said(
                "The address, when there is no connector.",
                "未配置连接器时的地址。",
                {"type": "string", "pattern": "^https?://[^\\s]+$", "maxLength": 2000},
            ),
            "method": one_of(("POST", "PUT", "PATCH", "GET", "DELETE"), "POST when absent.", "缺省为 POST。"),
            "send": values("Names with values; the whole record when absent.", "发送的数据；缺省为整条记录。"),
        },
    )
    slots = (NameSlot(at="connector", of="connector"), NamedValuesSlot(at="send"))
    choices = (("connector", "url"),)
    external = True
    example: ClassVar[Any] = {"url": "https://erp.example.com/orders", "send": {"order": "name"}}
