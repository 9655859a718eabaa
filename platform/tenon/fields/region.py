"""In charge of pointing at a node of the region tree."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema
from tenon.fields.lookup import LINK_OPTIONS, LookupType
from tenon.texts import say


@FIELD_TYPES.register("region")
class RegionField(LookupType):
    key = "region"
    label = say("Region", "区域")
    help = say("A node of the region tree; rights may follow it.", "区域树中的一个节点；权限可以依据它设定。")
    icon = "map-pin"
    option_schema: ClassVar[OptionSchema] = {name: rule for name, rule in LINK_OPTIONS.items() if name != "to"}
    target = "region"
