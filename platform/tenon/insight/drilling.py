"""In charge of how the records behind a number are named in addresses: `sales,offer,entered,stage,<since>,<until>,`.

In this order: pipeline, stage, number, cohort, from, until, reason; what is left empty means none.
"""

from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

from tenon.errors import BadRequest, Detail
from tenon.fields.literals import instant_text
from tenon.query import Cohort, Kind, Passed, Window
from tenon.texts import Text, say

_PARTS = 7
_MOST = 400


def write_passed(passed: Passed) -> str:
    window = passed.window
    moments = ["" if moment is None else instant_text(moment) for moment in (window.since, window.until)]
    parts = (passed.pipeline, passed.stage or "", passed.kind, window.cohort, *moments, passed.reason or "")
    return ",".join(parts).rstrip(",")


def read_passed(text: str, name: str = "passed") -> Passed:
    """Raises BadRequest; whether pipeline and stage exist is asked when it is used."""
    parts = [part.strip() for part in text[:_MOST].split(",", _PARTS - 1)]
    pipeline, stage, kind, cohort, since, until, reason = [*parts, *[""] * (_PARTS - len(parts))]
    if kind not in get_args(Kind):
        raise _refused(name, say("the number", "数字"), kind, get_args(Kind))
    if cohort not in ("", *get_args(Cohort)):
        raise _refused(name, say("the cohort", "统计口径"), cohort, get_args(Cohort))
    window = Window(
        cohort="stage" if cohort == "stage" else "pipeline", since=_moment(name, since), until=_moment(name, until)
    )
    known = next(one for one in get_args(Kind) if one == kind)
    return Passed(pipeline=pipeline, stage=stage or None, kind=known, window=window, reason=reason or None)


def read_moment(name: str, text: str, timezone: str = "UTC") -> datetime:
    """A day (its beginning in that time zone) or an instant. Raises BadRequest."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(timezone))).astimezone(UTC)
    except (ValueError, OverflowError):
        message = say("“{text}” is no date or instant.", "“{text}”不是日期或时刻。", text=text[:40])
        hint = say("Write 2026-03-01 or 2026-03-01T08:00:00Z.", "请写成 2026-03-01 或 2026-03-01T08:00:00Z。")
        detail = Detail(path=name, code="bad_parameter", message=message, hint=hint)
        raise BadRequest(message, hint=hint, details=[detail]) from None


def _moment(name: str, text: str) -> datetime | None:
    return read_moment(name, text) if text else None


def _refused(name: str, what: Text, given: str, known: tuple[str, ...]) -> BadRequest:
    message = say("“{given}” is not known as {what}.", "无法识别{what}“{given}”。", given=given[:40], what=what)
    hint = say("One of: {names}.", "可选：{names}。", names=", ".join(known))
    return BadRequest(message, hint=hint, details=[Detail(path=name, code="bad_parameter", message=message, hint=hint)])
