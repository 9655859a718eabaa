"""In charge of pictures: uploaded files whose bytes really are a picture."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema, documented
from tenon.fields.lookup import LINK_OPTIONS, LookupType
from tenon.fields.operators import IS_BLANK
from tenon.texts import say

KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""What every browser shows and what cannot hold scripts; SVG can."""
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
ENOUGH = 16
"""Bytes from which a kind can be told."""


@FIELD_TYPES.register("image")
class ImageField(LookupType):
    """A look-up to a record of `file` that holds a picture."""

    key = "image"
    label = say("Picture", "图片")
    help = say(
        "One picture (PNG, JPEG, GIF, WebP), shown where it stands.", "一张图片（PNG、JPEG、GIF、WebP），直接显示。"
    )
    icon = "photo"
    widget = "image"
    operators = IS_BLANK
    sortable = False
    groupable = False
    restriction = "mime_type in [" + ", ".join(f'"{kind}"' for kind in KINDS) + "]"
    option_schema: ClassVar[OptionSchema] = {
        **{name: rule for name, rule in LINK_OPTIONS.items() if name == "on_delete"},
        "max_size": documented(
            "Greatest size in megabytes.", "最大文件大小（MB）。", type="integer", minimum=1, maximum=50, default=5
        ),
    }
    target = "file"


def picture_kind(beginning: bytes) -> str | None:
    """The kind of picture that bytes beginning like this are; None for anything else."""
    if beginning[:4] == b"RIFF" and beginning[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _BEGINNINGS if beginning.startswith(mark)), None)


def trusted_kind(claimed: str, beginning: bytes) -> str:
    """The media type to remember: of what is, or says it is, one of our pictures its bytes decide."""
    found = picture_kind(beginning)
    if found is not None:
        return found
    return "application/octet-stream" if claimed in KINDS or not claimed else claimed[:120]
