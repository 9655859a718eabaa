"""In charge of colours, written as #rrggbb."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, InvalidValue, StoredColumn
from tenon.fields.operators import ONE_OF
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.texts import say

_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)", re.ASCII)


@FIELD_TYPES.register("color")
class ColorField(FieldType):
    key = "color"
    label = say("Colour", "颜色")
    help = say("A colour, written as #1e6fd9.", "颜色，写作 #1e6fd9。")
    icon = "palette"
    widget = "color"
    operators = ONE_OF

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        """Always seven small characters, so that equal colours are equal texts."""
        text = "" if raw is None else unicodedata.normalize("NFKC", line(raw, most=100)).casefold().strip()
        if not text:
            return None
        match = _HEX.fullmatch(text)
        if match is not None:
            digits = match[1]
            return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)
        parts = _RGB.fullmatch(text)
        if parts is not None and all(int(part) < 256 for part in parts.groups()):
            return "#" + "".join(f"{int(part):02x}" for part in parts.groups())
        raise InvalidValue(
            "not_a_color",
            say("“{text}” is not a colour.", "“{text}”不是颜色。", text=text[:40]),
            say("Write it like #1e6fd9.", "请写成 #1e6fd9。"),
        )

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^#[0-9a-f]{6}$", "examples": ["#1e6fd9"]}

    def examples(self) -> Sequence[Any]:
        return ("#1E6FD9", "1e6fd9", "#fff", "rgb(0, 128, 255)", "＃ABC")

    def bad_examples(self) -> Sequence[Any]:
        return ("blue-ish", "#12", "#12345g", "rgb(0,0,256)", "url(x)", 123456, True, "#1234567", ["#fff"])
