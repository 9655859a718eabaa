"""In charge of the action “unlink”: takes away the link of the record with another."""

from tenon.actions.base import action
from tenon.actions.ties import TieAction
from tenon.texts import say


@action
class UnlinkRecords(TieAction):
    key = "unlink"
    label = say("Unlink", "取消关联")
    help = say(
        "Takes away the link of the record with another.",
        "取消当前记录与另一记录的关联。",
    )
    icon = "unlink"
