"""In charge of the parent of a record in its own entity's tree."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema
from tenon.fields.lookup import LINK_OPTIONS, LookupType
from tenon.texts import say


@FIELD_TYPES.register("hierarchy")
class HierarchyField(LookupType):
    """`to` is the entity the field stands in; the compiler fills it in."""

    key = "hierarchy"
    label = say("Parent", "上级")
    help = say("The record above this one in the tree of its entity.", "本实体树中位于其上的记录。")
    icon = "binary-tree"
    option_schema: ClassVar[OptionSchema] = LINK_OPTIONS
