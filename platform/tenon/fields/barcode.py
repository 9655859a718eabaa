"""In charge of codes that scanners read: article numbers, serial numbers, contents of QR codes."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import PLAIN_TEXT, line
from tenon.texts import say

MOST = 500
_GTIN = re.compile(r"\d{8}|\d{12,14}", re.ASCII)


@FIELD_TYPES.register("barcode")
class BarcodeField(FieldType):
    key = "barcode"
    label = say("Barcode or QR code", "条码/二维码")
    help = say("What a scanner reads; a scanner types it straight into the form.", "扫码枪读取的内容；可直接扫入表单。")
    icon = "scan"
    widget = "barcode"
    operators = WORDS
    option_schema: ClassVar[OptionSchema] = {
        "form": documented(
            "“gtin” checks the check digit of article numbers (EAN, UPC, ISBN-13); “any” takes every text.",
            "“gtin”会校验商品条码（EAN、UPC、ISBN-13）的校验位；“any”不校验。",
            enum=["any", "gtin"],
            default="any",
        )
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        text = "" if raw is None else line(raw, most=MOST)
        if not text or self.options["form"] == "any":
            return text or None
        digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
        if not _GTIN.fullmatch(digits) or not _checks(digits):
            raise InvalidValue(
                "not_a_gtin",
                say("“{text}” is not an article number.", "“{text}”不是有效的商品条码。", text=text[:40]),
                say(
                    "It has 8, 12, 13 or 14 digits; the last one checks the others.",
                    "应为 8、12、13 或 14 位数字，末位为校验位。",
                ),
            )
        return digits

    def openapi(self) -> dict[str, Any]:
        if self.options["form"] == "gtin":
            return {"type": "string", "pattern": "^[0-9]{8}([0-9]{4,6})?$", "examples": ["4006381333931"]}
        return {"type": "string", "maxLength": MOST, "pattern": PLAIN_TEXT}

    def examples(self) -> Sequence[Any]:
        return ("4006381333931", "96385074", "978-7-302-51163-2", "０３６０００２９１４５２", "6901234567892")

    def bad_examples(self) -> Sequence[Any]:
        wrong = ("4006381333932", "12345", "abc") if self.options["form"] == "gtin" else ()
        return (5, True, ["1"], "x" * (MOST + 1), "\x00", *wrong)


def _checks(digits: str) -> bool:
    """GS1: from the right, digits count three and one times in turn; the sum is a multiple of ten."""
    weights = (1, 3) * 7
    return sum(int(digit) * weight for digit, weight in zip(reversed(digits), weights, strict=False)) % 10 == 0
