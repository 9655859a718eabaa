"""In charge of the action “release”: a record goes into a pool."""

from typing import Any, ClassVar

from tenon.actions.base import Action, action
from tenon.actions.schemas import NAME, common, properties
from tenon.actions.slots import NameSlot, RecordsSlot, WordsSlot
from tenon.texts import say


@action
class ReleaseToPool(Action):
    key = "release"
    label = say("Release to a pool", "放入公海")
    help = say(
        "Gives the record back to a pool.",
        "将记录放回公海。",
    )
    icon = "hand-stop"
    schema = properties(
        {
            "pool": common("name", "The pool (pools/).", "公海（pools/）。"),
            "reason": common("text", "Why.", "原因。"),
            "of": common(
                "path",
                "The records: a way from the record, or a step; the record itself when absent.",
                "哪些记录：从当前记录出发的路径或某步骤的结果；缺省为当前记录。",
            ),
        },
        "pool",
        short=NAME,
    )
    slots = (RecordsSlot(at="of", many=False), NameSlot(at="pool", of="pool"), WordsSlot(at="reason"))
    short = "pool"
    effect = "updated"
    example: ClassVar[Any] = {"pool": "unsigned"}
