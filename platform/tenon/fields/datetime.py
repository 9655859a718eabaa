"""In charge of instants: a date and a time, kept in UTC."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from tenon.expressions import DATETIME, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, StoredColumn
from tenon.fields.days import FIRST_YEAR, read_date
from tenon.fields.literals import instant_text
from tenon.fields.locales import locale_of, zone_of
from tenon.fields.operators import INSTANTS
from tenon.fields.storage import Instant
from tenon.fields.wording import line
from tenon.texts import say

_PARTS = re.compile(
    r"(?P<date>[^T ]+(?: ?[^T ]*日)?)"
    r"(?:[Tt ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?",
    re.ASCII,
)


@FIELD_TYPES.register("datetime")
class DatetimeField(FieldType):
    key = "datetime"
    label = say("Date and time", "日期时间")
    help = say("A moment, shown in each viewer's time zone.", "一个时刻，按查看者的时区显示。")
    icon = "calendar-time"
    widget = "datetime"
    operators = INSTANTS

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Instant()),)

    def expression_type(self) -> Type:
        return DATETIME

    def parse(self, raw: Any) -> datetime | None:
        """Only with a zone or offset: a time without one means different moments to different people."""
        return None if raw is None else _read(raw, None)

    def parse_local(self, raw: Any, timezone: str) -> datetime | None:
        """As `parse`; a text without zone is in `timezone`. A date alone is its first moment there."""
        return None if raw is None else _read(raw, zone_of(timezone))

    def to_json(self, value: Any) -> Any:
        return None if value is None else instant_text(value)

    def show(self, value: Any, display: Display) -> str:
        if value is None:
            return ""
        zone = zone_of(display.timezone)
        return str(format_datetime(value, format="medium", tzinfo=zone, locale=locale_of(display.language)))

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time", "examples": ["2026-03-14T09:00:00Z"]}

    def examples(self) -> Sequence[Any]:
        return (
            "2026-03-14T09:00:00Z",
            "2026-03-14T17:00:00+08:00",
            "2026-03-14 09:00Z",
            "2026-03-14T09:00:00.123456Z",
            "2026/3/14 9:05 +0800",
            datetime(2026, 3, 14, 9, tzinfo=UTC),
        )

    def bad_examples(self) -> Sequence[Any]:
        naive = datetime(2026, 3, 14, 9)  # noqa: DTZ001
        return ("2026-03-14T09:00", "2026-03-14", "2026-03-14T25:00Z", "03/04/2026 09:00Z", "now", 1770000000, naive)


def _read(raw: Any, local: ZoneInfo | None) -> datetime | None:
    if isinstance(raw, datetime):
        return _utc(raw, None, local)
    if not isinstance(raw, str):
        raise _not_an_instant()
    text = unicodedata.normalize("NFKC", line(raw, most=100)).strip()
    if not text:
        return None
    match = _PARTS.fullmatch(text)
    day = read_date(match["date"]) if match else None
    if match is None or day is None or (match["hour"] is None and (match["zone"] or local is None)):
        raise _not_an_instant()
    try:
        hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
        fraction = int((match["fraction"] or "").ljust(6, "0")[:6])
        naive = datetime(day.year, day.month, day.day, hour, minute, second, fraction)  # noqa: DTZ001
    except ValueError:
        raise _not_an_instant() from None
    return _utc(naive, match["zone"], local)


def _utc(moment: datetime, offset: str | None, local: ZoneInfo | None) -> datetime:
    """In UTC, from the moment's own zone, else `offset` as written, else `local`."""
    zone = moment.tzinfo or (_offset(offset) if offset else local)
    if zone is None:
        raise InvalidValue(
            "no_timezone",
            say("The time has no time zone.", "时间缺少时区。"),
            say("Add “Z” or an offset: 2026-03-14T09:00:00+08:00.", "请加上“Z”或偏移量：2026-03-14T09:00:00+08:00。"),
        )
    try:
        instant = moment.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        raise _not_an_instant() from None
    if not FIRST_YEAR <= instant.year <= 9998:
        raise _not_an_instant()
    return instant


def _offset(text: str) -> timezone:
    if text in ("Z", "z"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > 3 else 0
    if hours > 14 or minutes > 59:
        raise _not_an_instant()
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)


def _not_an_instant() -> InvalidValue:
    return InvalidValue(
        "not_a_datetime",
        say("This must be a date and time.", "这里必须是日期和时间。"),
        say("Write it like 2026-03-14T09:00:00+08:00.", "请写成 2026-03-14T09:00:00+08:00。"),
    )
