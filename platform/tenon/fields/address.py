"""In charge of postal addresses: country, province, city, district, street and postcode, each a column of its own.

The main column holds the whole address in one line, in the order of its country: what filters and search look into.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.codes import CountryField
from tenon.fields.divisions import take_apart
from tenon.fields.operators import WORDS
from tenon.fields.storage import LongText, ShortText
from tenon.fields.wording import PLAIN_TEXT, clean, line
from tenon.texts import Text, say

LONGEST = {"street": 300, "postcode": 20, "province": 100, "city": 100, "district": 100}
_BIG_FIRST = frozenset(("CN", "HK", "MO", "TW", "JP", "KR"))
"""Countries that write the largest place first, when their own people read it."""


class Address(NamedTuple):
    """`country` is an ISO 3166 code; "" for parts that are not given."""

    country: str
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""


PARTS = Address._fields


@FIELD_TYPES.register("address")
class AddressField(FieldType):
    key = "address"
    label = say("Postal address", "地址")
    help = say(
        "Country, province, city, district, street and postcode; Chinese places can be chosen step by step.",
        "国家、省、市、区、详细地址与邮编；中国地址可逐级选择。",
    )
    icon = "map-pin"
    widget = "address"
    operators = WORDS
    groupable = False
    part_types: ClassVar[Mapping[str, Type]] = dict.fromkeys(PARTS, TEXT)
    option_schema: ClassVar[OptionSchema] = {
        "country": documented(
            "Country of an address that names none (ISO 3166); otherwise the workspace's.",
            "地址未写国家时的国家代码（ISO 3166）；缺省为工作区所在国家。",
            type="string",
            pattern="^[A-Z]{2}$",
        ),
        "parts": documented(
            "Parts that forms ask for; empty means all.",
            "表单中填写的部分；为空表示全部。",
            type="array",
            items={"enum": list(PARTS)},
            uniqueItems=True,
            default=[],
        ),
    }

    @property
    def country(self) -> str:
        return str(self.options.get("country") or self.settings.country)

    @property
    def countries(self) -> CountryField:
        return CountryField({}, self.settings)

    def problems(self) -> Sequence[Text]:
        known = {option.key for option in CountryField.all_options()}
        unknown = say("“{code}” is not a country of ISO 3166.", "“{code}”不是 ISO 3166 国家代码。", code=self.country)
        return () if self.country in known else (unknown,)

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=LongText()), *(StoredColumn(part=part, type=ShortText()) for part in PARTS))

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> Address | None:
        """From parts, or from one line; of a Chinese line the province, city and district are recognised."""
        if raw is None:
            return None
        if isinstance(raw, str):
            return self._of_line(raw)
        if isinstance(raw, Address):
            raw = raw._asdict()
        if not isinstance(raw, Mapping) or set(raw) - {*PARTS, "text"}:
            raise _not_an_address()
        return self._of_parts(raw)

    def _of_parts(self, raw: Mapping[Any, Any]) -> Address | None:
        given = {name: clean(raw[name], most=most) or "" for name, most in LONGEST.items() if raw.get(name) is not None}
        given = {
            name: unicodedata.normalize("NFKC", text) if name == "postcode" else text for name, text in given.items()
        }
        if not any(given.values()):
            return None
        return Address(country=self._country(raw.get("country")), **given)

    def _of_line(self, raw: str) -> Address | None:
        text = line(raw)
        if not text:
            return None
        if self.country == "CN":
            found = take_apart(text)
            if found.province:
                return Address(self.country, found.province, found.city, found.district, self._street(found.rest))
        return Address(self.country, street=self._street(text))

    def _street(self, text: str) -> str:
        return clean(text, most=LONGEST["street"]) or ""

    def _country(self, raw: Any) -> str:
        text = "" if raw is None else line(raw, most=100)
        if not text:
            return self.country
        found = self.countries.parse_label(text)
        return found or self.country

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        if value is None:
            return (None,) * (len(PARTS) + 1)
        return (self._line(value, value.country in _BIG_FIRST, None), *(part or None for part in value))

    def from_columns(self, stored: Sequence[Any]) -> Any:
        """What comes as one line alone (a formula) is a street."""
        if stored[0] is None:
            return None
        if len(stored) == 1:
            return Address(self.country, street=stored[0])
        country, *parts = stored[1:]
        return Address(country or self.country, *(part or "" for part in parts))

    def to_json(self, value: Any) -> Any:
        if value is None:
            return None
        shown = self._line(value, value.country in _BIG_FIRST, None)
        return {"text": shown, **{name: part or None for name, part in value._asdict().items()}}

    def exported(self, sent: Any) -> Any:
        return sent["text"]

    def expression_value(self, value: Any) -> Any:
        return None if value is None else self._line(value, value.country in _BIG_FIRST, None)

    def from_expression(self, result: Any) -> Any:
        return None if result is None or not result.strip() else Address(self.country, street=result)

    def show(self, value: Any, display: Display) -> str:
        """In the order of the reader's language; the country when it is not the usual one."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        country = "" if value.country == self.country else self.countries.show(value.country, display)
        return self._line(value, display.language.partition("-")[0] in ("zh", "ja", "ko"), country)

    def _line(self, value: Address, big_first: bool, country: str | None) -> str:
        """`country`: its name, "" to leave it out, None for its code where it is not the field's own."""
        if country is None:
            country = "" if value.country == self.country else value.country
        city = "" if value.city == value.province else value.city
        places = (value.province, city, value.district, value.street)
        if big_first:
            tight = all(not part or not part.isascii() for part in places[:3])
            said = ("" if tight else " ").join(part for part in places if part)
            return " ".join(part for part in (country, said, value.postcode) if part)
        small_first = ", ".join(part for part in reversed(places) if part)
        return ", ".join(part for part in (f"{small_first} {value.postcode}".strip(), country) if part)

    def openapi(self) -> dict[str, Any]:
        part = {"type": ["string", "null"], "pattern": PLAIN_TEXT}
        parts = {name: {**part, "maxLength": LONGEST.get(name, 2)} for name in PARTS}
        whole = {
            "type": "object",
            "properties": {**parts, "text": {"type": "string", "readOnly": True}},
            "additionalProperties": False,
        }
        return {"anyOf": [whole, {"type": "string", "maxLength": 1000}]}

    def examples(self) -> Sequence[Any]:
        return (
            {
                "province": "广东省",
                "city": "深圳市",
                "district": "南山区",
                "street": "科技园路 1 号",
                "postcode": "518057",
            },
            "上海市浦东新区世纪大道100号",
            {"country": "US", "province": "IL", "city": "Springfield", "street": "1 Main St", "postcode": "62701"},
            {"country": "德国", "city": "Berlin", "street": "Unter den Linden 5", "postcode": "１０１１７"},
            "Just a street 5",
            {"postcode": "100000"},
        )

    def bad_examples(self) -> Sequence[Any]:
        return (
            5,
            True,
            ["x"],
            {"town": "x"},
            {"city": 5},
            {"street": "x" * 301},
            {"country": "XQ", "city": "A"},
            "x" * 1001,
        )


def _not_an_address() -> InvalidValue:
    return InvalidValue(
        "not_an_address",
        say(
            "An address has the parts country, province, city, district, street and postcode.",
            "地址由 country、province、city、district、street、postcode 组成。",
        ),
        say("Send an object with these, or one line of text.", "请提供含这些部分的对象，或一行文本。"),
    )
