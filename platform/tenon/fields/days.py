"""In charge of dates as people and programs write them."""

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from tenon.fields.base import InvalidValue
from tenon.fields.wording import line
from tenon.texts import say

FIRST_YEAR = 1000
_YEAR_FIRST = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年\s*(\d{1,2})月\s*)(\d{1,2})日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$", re.ASCII)


def read_date(raw: Any) -> date | None:
    """The date; None when blank. Raises InvalidValue, also for texts that could mean two dates."""
    if isinstance(raw, datetime):
        return _of_midnight(raw)
    if isinstance(raw, date):
        return _in_range(raw.year, raw.month, raw.day)
    if not isinstance(raw, str):
        raise not_a_date()
    text = unicodedata.normalize("NFKC", line(raw, most=100)).strip()
    if not text:
        return None
    if _YEAR_LAST.fullmatch(text):
        raise _ambiguous(text)
    text = _MIDNIGHT.sub("", text)
    match = _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise not_a_date()
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return _in_range(year, month, day)


def not_a_date() -> InvalidValue:
    return InvalidValue(
        "not_a_date",
        say("This must be a date.", "这里必须是日期。"),
        say("Write year, month, day: 2026-03-14.", "请按年、月、日书写：2026-03-14。"),
    )


def _of_midnight(raw: datetime) -> date:
    if raw.hour or raw.minute or raw.second or raw.microsecond or raw.tzinfo is not None:
        raise not_a_date()
    return _in_range(raw.year, raw.month, raw.day)


def _in_range(year: int, month: int, day: int) -> date:
    try:
        if year >= FIRST_YEAR:
            return date(year, month, day)
    except ValueError:
        pass
    raise InvalidValue(
        "no_such_date",
        say("There is no such date in the calendar.", "日历上没有这一天。"),
        say("Write year, month, day: 2026-03-14.", "请按年、月、日书写：2026-03-14。"),
    )


def _ambiguous(text: str) -> InvalidValue:
    return InvalidValue(
        "ambiguous_date",
        say("“{text}” can be read as two dates.", "“{text}”可能指两个不同的日期。", text=text),
        say("Write the year first: 2026-03-14.", "请先写年份：2026-03-14。"),
    )
