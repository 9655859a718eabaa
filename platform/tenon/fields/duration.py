"""In charge of lengths of time: effort, answer times, running times; to the second."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from tenon.expressions import DURATION, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.lengths import ISO_PATTERN, UNITS, iso_length, length_in_words, length_of, not_a_length, read_length
from tenon.fields.numerals import read_number
from tenon.fields.operators import NUMBERS
from tenon.fields.storage import Length
from tenon.texts import Text, say

SECOND = timedelta(seconds=1)


@FIELD_TYPES.register("duration")
class DurationField(FieldType):
    key = "duration"
    label = say("Duration", "时长")
    help = say("A length of time, such as 1h 30m.", "一段时间的长度，例如 1小时30分钟。")
    icon = "clock"
    widget = "duration"
    operators = NUMBERS
    option_schema: ClassVar[OptionSchema] = {
        "unit": documented(
            "What a number without a unit counts; with days, long durations are shown in days of 24 hours.",
            "不带单位的数字所用的单位；选“days”时，较长的时长按 24 小时一天显示。",
            enum=["days", "hours", "minutes", "seconds"],
            default="minutes",
        ),
        "min": documented("Shortest duration allowed, such as 15m.", "允许的最短时长，例如 15m。", type="string"),
        "max": documented("Longest duration allowed, such as 40h.", "允许的最长时长，例如 40h。", type="string"),
    }

    @property
    def unit(self) -> str:
        return str(self.options["unit"])

    def problems(self) -> Sequence[Text]:
        try:
            low, high = self._limit("min"), self._limit("max")
        except InvalidValue as refusal:
            return (refusal.message,)
        if low is None or high is None or low <= high:
            return ()
        return (say("“min” is greater than “max”.", "“min”大于“max”。"),)

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Length()),)

    def expression_type(self) -> Type:
        return DURATION

    def parse(self, raw: Any) -> timedelta | None:
        length = self._read(raw)
        if length is None:
            return None
        low, high = self._limit("min"), self._limit("max")
        if low is not None and length < low:
            raise InvalidValue(
                "below_minimum", _limited(say("This must be at least {limit}.", "不能短于 {limit}。"), low, self.unit)
            )
        if high is not None and length > high:
            raise InvalidValue(
                "above_maximum", _limited(say("This must be at most {limit}.", "不能长于 {limit}。"), high, self.unit)
            )
        return length

    def _read(self, raw: Any) -> timedelta | None:
        if raw is None or isinstance(raw, str):
            return None if raw is None else read_length(raw, self.unit)
        if isinstance(raw, timedelta):
            return length_of(Decimal(raw // timedelta(microseconds=1)).scaleb(-6))
        if isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
            number = read_number(raw) or Decimal(0)
            return length_of(number * UNITS[self.unit]) if number.adjusted() < 18 else length_of(Decimal("Infinity"))
        raise not_a_length()

    def _limit(self, name: str) -> timedelta | None:
        return read_length(str(self.options.get(name) or ""), self.unit)

    def to_json(self, value: Any) -> Any:
        return None if value is None else iso_length(value)

    def from_expression(self, result: Any) -> Any:
        """To the second, half to even."""
        if result is None:
            return None
        whole, rest = divmod(result, SECOND)
        up = rest * 2 > SECOND or (rest * 2 == SECOND and whole % 2 == 1)
        return (whole + up) * SECOND

    def literal(self, value: Any) -> str:
        return "null" if value is None else f"seconds({value // SECOND})"

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else length_in_words(value, self.unit, display.language.startswith("zh"))

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "pattern": ISO_PATTERN, "examples": ["PT1H30M"]}

    def examples(self) -> Sequence[Any]:
        limit = self.options.get("min") or self.options.get("max")
        if limit:
            return (limit,)
        return (
            "1h 30m",
            "90 分钟",
            "1小时30分钟",
            "PT1H30M",
            "P1DT2H",
            "P2W",
            "1:30",
            "100:00:05",
            "2 days, 3 hours",
            "1.5h",
            "-45m",
            "１０分",
            90,
            0,
            timedelta(days=3_650_000),
            -timedelta(days=3_650_000),
        )

    def bad_examples(self) -> Sequence[Any]:
        long = "99999999h"
        limited = ("1s", "1000h") if self.options.get("max") else ()
        return (
            *limited,
            "soon",
            "1h 2h",
            "30m 1h",
            "P",
            "PT",
            "P1Y",
            "P1M",
            "1:75",
            long,
            10**30,
            float("nan"),
            True,
            [1],
            "1x",
        )


def _limited(wording: Text, limit: timedelta, unit: str) -> Text:
    shown = say(length_in_words(limit, unit, chinese=False), length_in_words(limit, unit, chinese=True))
    return wording.filled(limit=shown)
