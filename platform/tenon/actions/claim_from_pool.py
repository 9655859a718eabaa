"""In charge of the action “claim”: a record of a pool gets an owner."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import common, people, properties
from tenon.actions.slots import NameSlot, PeopleSlot, RecordsSlot
from tenon.texts import say


@action
class ClaimFromPool(Action):
    key = "claim"
    label = say("Claim from a pool", "从公海领取")
    help = say(
        "Takes the record out of a pool for somebody, within the limits of the pool.",
        "在公海规则限制内，为某人领取该记录。",
    )
    icon = "hand-grab"
    schema = properties(
        {
            "pool": common("name", "The pool (pools/).", "公海（pools/）。"),
            "to": people("Who gets it.", "由谁领取。"),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
        "pool",
        "to",
    )
    slots = (RecordsSlot(at="of", many=False), NameSlot(at="pool", of="pool"), PeopleSlot(at="to"))
    effect = "updated"
    example: ClassVar[Any] = {"pool": "unsigned", "to": "trigger.by"}
