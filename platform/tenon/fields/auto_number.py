"""In charge of numbers that the product gives out itself, such as OPP-2026-00042."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, OptionSchema, StoredColumn, documented
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import PLAIN_TEXT, clean
from tenon.texts import Text, say

MOST = 80
_TOKEN = re.compile(r"\{(year|month|day|number)(?::0?(\d{1,2}))?\}")


@FIELD_TYPES.register("auto_number")
class AutoNumberField(FieldType):
    """The counter itself is kept with the records; here is how a number is written."""

    key = "auto_number"
    label = say("Automatic number", "自动编号")
    help = say("A running number given to each new record.", "为每条新记录自动生成的流水号。")
    icon = "number"
    operators = WORDS
    writable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "pattern": documented(
            "How a number looks: {number:05} is the counter with 5 digits; {year}, {month} and {day} are of the day "
            "it is given, and the counter starts again with each of them.",
            "编号格式：{number:05} 为 5 位流水号；{year}、{month}、{day} 取生成当日，并随之重新计数。",
            type="string",
            pattern=r"\{number(:0?[0-9]{1,2})?\}",
            maxLength=60,
            default="{number:05}",
        )
    }

    @property
    def pattern(self) -> str:
        return str(self.options["pattern"])

    def problems(self) -> Sequence[Text]:
        names = [match[1] for match in _TOKEN.finditer(self.pattern)]
        rest = _TOKEN.sub("", self.pattern)
        if names.count("number") == 1 and "{" not in rest and "}" not in rest:
            return ()
        return (
            say(
                "The pattern needs {number} exactly once, and may have {year}, {month} and {day}.",
                "格式中必须恰好有一个 {number}，并可含 {year}、{month}、{day}。",
            ),
        )

    def series(self, day: date) -> str:
        """The key of the counter for numbers given on `day`: the pattern with its date filled in."""
        return _TOKEN.sub(lambda token: token[0] if token[1] == "number" else _digits(token, day), self.pattern)

    def write(self, number: int, day: date) -> str:
        """The number as stored and shown; it grows beyond its width rather than losing digits."""
        return _TOKEN.sub(
            lambda token: f"{number:0{token[2] or 1}d}" if token[1] == "number" else _digits(token, day), self.pattern
        )

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        """Only imports bring numbers along, as another program gave them."""
        return None if raw is None else clean(raw, most=MOST)

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MOST, "pattern": PLAIN_TEXT, "readOnly": True}

    def examples(self) -> Sequence[Any]:
        return (self.write(42, date(2026, 3, 14)), "OLD/17")

    def bad_examples(self) -> Sequence[Any]:
        return (42, True, "x" * (MOST + 1), "a\x00", ["1"])


def _digits(token: re.Match[str], day: date) -> str:
    return {"year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}"}[token[1]]
