"""In charge of the trigger “stage_left”: a record left a stage."""

from tenon.texts import say
from tenon.triggers.base import trigger
from tenon.triggers.moves import StageMove, schema_of_move, slots_of_move


@trigger
class StageLeft(StageMove):
    key = "stage_left"
    label = say("Stage left", "离开阶段")
    help = say("When a record left a stage.", "记录离开某阶段之后。")
    schema = schema_of_move("to", "It went to one of these.", "去往这些阶段之一。")
    slots = slots_of_move("to")
