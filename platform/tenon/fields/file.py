"""In charge of pointing at an uploaded file."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema, documented
from tenon.fields.lookup import LINK_OPTIONS, LookupType
from tenon.fields.operators import IS_BLANK
from tenon.texts import say


@FIELD_TYPES.register("file")
class FileField(LookupType):
    """A look-up to a record of `file`; what may be uploaded is checked when the file comes in."""

    key = "file"
    label = say("File", "文件")
    help = say("One uploaded file; its rights follow the record.", "一个上传的文件；其权限跟随记录。")
    icon = "paperclip"
    widget = "file"
    operators = IS_BLANK
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        **{name: rule for name, rule in LINK_OPTIONS.items() if name == "on_delete"},
        "accept": documented(
            "Kinds of file allowed, such as image/* or application/pdf; empty means every kind.",
            "允许的文件类型，例如 image/* 或 application/pdf；为空表示不限。",
            type="array",
            items={"type": "string", "pattern": "^[a-z]+/[a-z0-9.+*-]+$"},
            default=[],
        ),
        "max_size": documented(
            "Greatest size in megabytes.", "最大文件大小（MB）。", type="integer", minimum=1, maximum=1024, default=20
        ),
    }
    target = "file"
