"""In charge of the stage of a record in its pipeline; its options are the stages."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema
from tenon.fields.choice import OneChoiceType
from tenon.texts import say


@FIELD_TYPES.register("stage")
class StageField(OneChoiceType):
    key = "stage"
    label = say("Stage", "阶段")
    help = say("Where the record stands in its pipeline.", "记录在流程中所处的阶段。")
    icon = "arrows-right"
    widget = "stage"
    internal = True
    option_schema: ClassVar[OptionSchema] = {}
