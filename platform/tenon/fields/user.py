"""In charge of pointing at a person who works with the product."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema
from tenon.fields.lookup import LINK_OPTIONS, LookupType
from tenon.fields.operators import PEOPLE
from tenon.texts import say


@FIELD_TYPES.register("user")
class UserField(LookupType):
    key = "user"
    label = say("User", "用户")
    help = say("A person who works with this workspace.", "使用本工作区的人员。")
    icon = "user"
    widget = "user"
    operators = PEOPLE
    option_schema: ClassVar[OptionSchema] = {name: rule for name, rule in LINK_OPTIONS.items() if name != "to"}
    target = "user"
