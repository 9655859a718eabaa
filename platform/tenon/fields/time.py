"""In charge of times of the day without a date, such as opening hours; kept as 09:00 or 09:00:30."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import time
from typing import Any

from babel.dates import format_time

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, StoredColumn
from tenon.fields.locales import locale_of
from tenon.fields.operators import TIMES
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.texts import say

_HALVES = {
    "am": 0,
    "a.m.": 0,
    "上午": 0,
    "早上": 0,
    "凌晨": 0,
    "pm": 12,
    "p.m.": 12,
    "下午": 12,
    "晚上": 12,
    "中午": 12,
}
_HALF = "|".join(re.escape(word) for word in _HALVES)
_TIME = re.compile(
    rf"t?(?P<before>{_HALF})?\s*(?P<hour>\d{{1,2}})"
    r"(?:(?::|[点时])\s*(?:(?P<minute>\d{1,2})\s*分?(?::?(?P<second>\d{2})\s*秒?(?:\.0+)?)?|(?P<half>半))?)?"
    rf"\s*(?P<after>{_HALF})?",
    re.ASCII,
)


@FIELD_TYPES.register("time")
class TimeField(FieldType):
    """The stored text sorts as the day goes and is what expressions compare: `opens < "09:30"`."""

    key = "time"
    label = say("Time of day", "时间")
    help = say(
        "A time without a date, such as 09:30; the same in every time zone.",
        "不含日期的时间，例如 09:30；不随时区变化。",
    )
    icon = "clock"
    widget = "time"
    operators = TIMES

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        if raw is None:
            return None
        if isinstance(raw, time):
            if raw.tzinfo is not None or raw.microsecond:
                raise _not_a_time()
            return _written(raw.hour, raw.minute, raw.second)
        if not isinstance(raw, str):
            raise _not_a_time()
        text = unicodedata.normalize("NFKC", line(raw, most=100)).strip().casefold()
        return _read(text) if text else None

    def show(self, value: Any, display: Display) -> str:
        if value is None:
            return ""
        width = "short" if len(value) == 5 else "medium"
        return str(format_time(time.fromisoformat(value), width, locale=locale_of(display.language)))

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$", "examples": ["09:30"]}

    def examples(self) -> Sequence[Any]:
        return (
            "09:30",
            "9:05",
            "T23:59:59",
            "00:00",
            "9:30 pm",
            "12 am",
            "下午3点",
            "上午9点半",
            "15时30分",
            "１０：００",
            "09:00:00",
            time(7, 15),
        )

    def bad_examples(self) -> Sequence[Any]:
        return ("24:00", "9:60", "13pm", "9", "noon", "09:30Z", "-1:00", 930, True, "09:30:61", ["09:30"], "下午3点pm")


def _read(text: str) -> str:
    match = _TIME.fullmatch(text)
    half = match and (match["before"] or match["after"])
    if match is None or (match["before"] and match["after"]) or (not half and not re.search("[:点时]", text)):
        raise _not_a_time()
    hour, minute, second = int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0)
    if match["half"]:
        minute = 30
    if half:
        if not 1 <= hour <= 12:
            raise _not_a_time()
        hour = hour % 12 + _HALVES[half]
    return _written(hour, minute, second)


def _written(hour: int, minute: int, second: int) -> str:
    if hour > 23 or minute > 59 or second > 59:
        raise _not_a_time()
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")


def _not_a_time() -> InvalidValue:
    return InvalidValue(
        "not_a_time",
        say("This must be a time of the day.", "这里必须是一天中的时间。"),
        say("Write it like 09:30 or 9:30 pm.", "请写成 09:30 或 下午9:30。"),
    )
