"""In charge of telephone numbers: stored in the international form (E.164), shown as people write them."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, ClassVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.texts import say

_EXTENSION = re.compile(r"(?:转|分机)\s*")


@FIELD_TYPES.register("phone")
class PhoneField(FieldType):
    key = "phone"
    label = say("Phone", "电话")
    help = say(
        "A telephone number; without country code it is in the workspace's country.",
        "电话号码；不带国家代码时属于工作区所在国家。",
    )
    icon = "phone"
    widget = "phone"
    operators = WORDS
    option_schema: ClassVar[OptionSchema] = {
        "country": documented(
            "Country of numbers without country code (ISO 3166); otherwise the workspace's.",
            "不带国家代码的号码所属国家（ISO 3166）；缺省为工作区的国家。",
            type="string",
            pattern="^[A-Z]{2}$",
        )
    }

    @property
    def country(self) -> str:
        return str(self.options.get("country") or self.settings.country)

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        """`+8613812345678`; an extension is kept behind it: `+861012345678;ext=801`."""
        text = "" if raw is None else unicodedata.normalize("NFKC", line(raw, most=60))
        number = _read(_EXTENSION.sub(" ext. ", text), self.country) if text else None
        if number is None:
            return None
        extension = f";ext={number.extension}" if number.extension else ""
        number.extension = None
        return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension

    def show(self, value: Any, display: Display) -> str:
        """As written inside the workspace's country, internationally for others."""
        if value is None:
            return ""
        try:
            number = phonenumbers.parse(value)
        except NumberParseException:
            return str(value)
        at_home = phonenumbers.country_code_for_region(self.country) == number.country_code
        return phonenumbers.format_number(
            number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
        )

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 60, "examples": ["+8613812345678"]}

    def examples(self) -> Sequence[Any]:
        local = {"CN": ("138 1234 5678", "010-62345678", "021-62345678转801", "138１２３４5678", "400-810-8888")}
        return (*local.get(self.country, ()), "+86 138-1234-5678", "+1 650-253-0000", "+44 20 7031 3000")

    def bad_examples(self) -> Sequence[Any]:
        return ("12", "call me", "+999 123456", 13812345678, ["+8613812345678"], "+86 138 1234 5678 9999 99")


def _read(text: str, country: str) -> PhoneNumber:
    """A number with country code needs a possible length; one without must be a known number of its country,
    or a local number without its area code would pass.
    """
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        raise _not_a_phone() from None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    if not possible or not (text.startswith("+") or phonenumbers.is_valid_number(number)):
        raise _not_a_phone()
    return number


def _not_a_phone() -> InvalidValue:
    return InvalidValue(
        "not_a_phone",
        say("This is not a complete telephone number.", "这不是完整的电话号码。"),
        say("Write it with area code or country code: +86 138 1234 5678.", "请写上区号或国家代码：+86 138 1234 5678。"),
    )
