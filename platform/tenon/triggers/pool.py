"""In charge of the trigger “pool”: a record came into a pool, left it, or its owner was warned."""

from typing import Any, ClassVar

from tenon.actions.schemas import common, properties, said
from tenon.actions.slots import NameSlot
from tenon.expressions import DATETIME, TEXT
from tenon.texts import say
from tenon.triggers.base import Of, Trigger, trigger

EVENTS = ("entered", "claimed", "released", "recycled", "warned", "assigned", "asked", "refused", "kept")
"""“assigned”: handed out of the pool, or passed on, by somebody else. “kept”: it could not be taken back."""


@trigger
class PoolTrigger(Trigger):
    key = "pool"
    label = say("Pool", "公海")
    help = say(
        "When a record of a pool was claimed, given back, taken back, handed out, or its owner was warned.",
        "公海记录被领取、退回、回收、分配，或负责人收到回收提醒时。",
    )
    icon = "refresh"
    schema = properties(
        {
            "pool": common("name", "The pool (pools/).", "公海（pools/）。"),
            "event": said(
                "What happened, one or several: entered, claimed, released (given back), recycled (taken back), "
                "warned, assigned (handed out or passed on), asked, refused, kept (could not be taken back).",
                "发生了什么，可写多个：entered 进入、claimed 领取、released 退回、recycled 回收、warned 提醒、"
                "assigned 分配或转交、asked 申请、refused 拒绝、kept 未能回收。",
                {
                    "type": ["string", "array"],
                    "pattern": f"^({'|'.join(EVENTS)})$",
                    "items": {"enum": list(EVENTS)},
                    "uniqueItems": True,
                    "minItems": 1,
                },
            ),
        },
        "pool",
        "event",
    )
    slots = (NameSlot(at="pool", of="pool"),)
    short = ""
    data: ClassVar[Any] = {
        "pool": TEXT,
        "event": TEXT,
        "person": Of("user"),
        "by": Of("user"),
        "reason": TEXT,
        "note": TEXT,
        "due": DATETIME,
    }
    example: ClassVar[Any] = {"pool": "unsigned", "event": ["recycled", "warned"]}
