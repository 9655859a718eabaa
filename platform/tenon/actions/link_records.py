"""In charge of the action “link”: links the record with another through a many-to-many relationship."""

from tenon.actions.base import action
from tenon.actions.ties import TieAction
from tenon.texts import say


@action
class LinkRecords(TieAction):
    key = "link"
    label = say("Link", "关联")
    help = say(
        "Links the record with another through a many-to-many relationship.",
        "通过多对多关系将当前记录与另一记录关联。",
    )
    icon = "link"
