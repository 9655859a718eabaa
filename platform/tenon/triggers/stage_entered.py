"""In charge of the trigger “stage_entered”: a record entered a stage."""

from tenon.texts import say
from tenon.triggers.base import trigger
from tenon.triggers.moves import StageMove, schema_of_move, slots_of_move


@trigger
class StageEntered(StageMove):
    key = "stage_entered"
    label = say("Stage entered", "进入阶段")
    help = say("When a record entered a stage.", "记录进入某阶段之后。")
    schema = schema_of_move("from", "It came from one of these.", "来自这些阶段之一。")
    slots = slots_of_move("from")
