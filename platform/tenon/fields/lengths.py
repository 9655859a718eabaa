"""In charge of lengths of time as people and programs write them: 1h 30m, 90 分钟, 1:30, PT1H30M."""

import re
import unicodedata
from datetime import timedelta
from decimal import Decimal

from tenon.fields.base import InvalidValue
from tenon.fields.wording import line
from tenon.texts import Text, say

MOST = timedelta(days=3_650_000)
"""Ten thousand years; well inside what expressions compute with."""
UNITS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_WORDS = {
    "weeks": ("w", "week", "weeks", "wk", "wks", "周", "星期", "个星期"),
    "days": ("d", "day", "days", "天", "日"),
    "hours": ("h", "hr", "hrs", "hour", "hours", "小时", "个小时", "时", "钟头", "个钟头"),
    "minutes": ("m", "min", "mins", "minute", "minutes", "分钟", "分"),
    "seconds": ("s", "sec", "secs", "second", "seconds", "秒", "秒钟"),
}
_SECONDS = {word: UNITS[unit] for unit, words in _WORDS.items() for word in words}
_NUMBER = r"\d{1,12}(?:\.\d{1,9})?"
_PART = re.compile(rf"\s*({_NUMBER})\s*({'|'.join(sorted(_SECONDS, key=len, reverse=True))})(?![a-z])\s*,?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,8}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_ISO = re.compile(
    rf"p(?:({_NUMBER})w)?(?:({_NUMBER})d)?(?:t(?:({_NUMBER})h)?(?:({_NUMBER})m)?(?:({_NUMBER})s)?)?", re.ASCII
)
ISO_PATTERN = r"^-?P(?=[0-9T])([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?$"


def read_length(text: str, unit: str) -> timedelta | None:
    """To the second; None when blank. A bare number counts `unit`s. Raises InvalidValue."""
    plain = unicodedata.normalize("NFKC", line(text, most=100)).casefold().replace("−", "-").strip()
    if not plain:
        return None
    sign, body = (-1, plain[1:].lstrip()) if plain.startswith("-") else (1, plain)
    seconds = _seconds(body, unit)
    if seconds is None:
        raise not_a_length()
    return length_of(sign * seconds)


def length_of(seconds: Decimal) -> timedelta:
    """To the second; raises InvalidValue when it is too long."""
    if abs(seconds) > MOST.total_seconds():
        raise InvalidValue("too_long", say("The duration is too long.", "时长过长。"))
    return timedelta(seconds=int(seconds.to_integral_value()))


def iso_length(length: timedelta) -> str:
    """ISO 8601: P1DT2H30M; -PT1H for one that runs backwards."""
    parts = _split(abs(length), "days")
    day = f"{parts[0]}D" if parts[0] else ""
    clock = "".join(f"{count}{mark}" for count, mark in zip(parts[1:], "HMS", strict=True) if count)
    written = f"P{day}{'T' + clock if clock else ''}"
    return ("-" if length < timedelta(0) else "") + (written if len(written) > 1 else "PT0S")


def length_in_words(length: timedelta, unit: str, chinese: bool) -> str:
    """As people write it, and as `read_length` reads it: 26h 30m, 26小时30分钟; days only where `unit` is days."""
    counts = _split(abs(length), "days" if unit in ("days", "weeks") else "hours")
    marks = ("天", "小时", "分钟", "秒") if chinese else ("d", "h", "m", "s")
    said = [f"{count}{mark}" for count, mark in zip(counts, marks, strict=True) if count]
    minus = "-" if length < timedelta(0) else ""
    return minus + (("" if chinese else " ").join(said) or f"0{marks[3 if unit == 'seconds' else 2]}")


def _split(length: timedelta, largest: str) -> tuple[int, int, int, int]:
    """Days (0 unless they are the largest), hours, minutes, seconds."""
    seconds = length // timedelta(seconds=1)
    days, rest = divmod(seconds, UNITS["days"]) if largest == "days" else (0, seconds)
    hours, rest = divmod(rest, 3600)
    return days, hours, rest // 60, rest % 60


def _seconds(text: str, unit: str) -> Decimal | None:
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return Decimal(int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0))
    if re.fullmatch(_NUMBER, text, re.ASCII):
        return Decimal(text) * UNITS[unit]
    if text.startswith("p"):
        match = _ISO.fullmatch(text)
        counts = [] if match is None or text[-1] == "t" else [Decimal(group or 0) for group in match.groups()]
        written = match is not None and any(match.groups())
        return (
            sum((n * size for n, size in zip(counts, UNITS.values(), strict=True)), Decimal(0))
            if written and counts
            else None
        )
    return _of_words(text)


def _of_words(text: str) -> Decimal | None:
    """Parts from the largest unit to the smallest, each once."""
    total, place, last = Decimal(0), 0, 10**9
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or _SECONDS[part[2]] >= last:
            return None
        last = _SECONDS[part[2]]
        total += Decimal(part[1]) * last
        place = part.end()
    return total


def not_a_length() -> InvalidValue:
    return InvalidValue("not_a_duration", say("This must be a duration.", "这里必须是时长。"), HOW)


HOW: Text = say("Write it like 1h 30m, 1:30 or PT1H30M.", "请写成 1小时30分钟、1:30 或 PT1H30M。")
