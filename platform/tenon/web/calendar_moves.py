"""In charge of putting an entry on another day or time: dragged, by the keyboard, or as typed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Blueprint, Response, request

from tenon.errors import BadRequest, Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from tenon.exchange.agenda import Source
from tenon.fields import InvalidValue
from tenon.fields.locales import locale_of, zone_of
from tenon.http import Asking, asking
from tenon.texts import say
from tenon.web.calendars import calendar_source
from tenon.web.pages import toast
from tenon.web.words import Words

MOST_DAYS = 4000
"""Further than anybody drags; dates stay within what can be counted."""
Moment = date | datetime


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/calendar", "calendar_move", move, methods=["POST"])


def move(entity: str, identity: Any) -> Response:
    """By so many days and minutes on the clock of the person (`days`, `minutes`), or to a day or time (`at`).

    What it takes stays the same. The record is changed as by its form, with the version the page showed.
    """
    known = asking()
    source = calendar_source(known, entity, request.form.get("view", ""))
    if source is None:
        raise NotFound(say("This list has no calendar.", "此列表没有日历。"))
    if not source.movable(known.access):
        raise Forbidden(
            say("These dates cannot be changed here.", "不能在此修改这些日期。"),
            hint=say("Open the record to see where its dates come from.", "请打开记录查看日期的来源。"),
        )
    version = request.form.get("version", "")
    names = [name for name in (source.starts, source.ends) if name is not None]
    try:
        with known.writing() as unit:
            record = known.reader.one(unit, known.access, entity, str(identity), names, form="values")
            changes = _moved(known, source, record)
            given = int(version) if version.isdecimal() else None
            known.writer.change(unit, known.access, entity, str(identity), changes, version=given)
    except (InvalidInput, Conflict, Forbidden, StaleVersion) as refusal:
        words = [detail.message for detail in refusal.details] or [refusal.message]
        response = toast(Response("", 409), " ".join(text.in_(known.language) for text in words), "danger")
        response.headers["HX-Reswap"] = "none"
        return response
    word = Words.of(known.model, known.language)
    return toast(Response("", 204), word("calendar.moved", when=_told(known, changes[source.starts])))


def _moved(known: Asking, source: Source, record: dict[str, Any]) -> dict[str, Moment]:
    zone = zone_of(known.actor.timezone)
    starts: Moment | None = record[source.starts]
    if starts is None:
        raise Conflict(say("The record has no date any more.", "该记录已没有日期。"))
    step = _asked(known, source, starts, zone)
    changes = {source.starts: shifted(starts, step, zone)}
    ends: Moment | None = None if source.ends is None else record[source.ends]
    if source.ends is not None and ends is not None:
        changes[source.ends] = _later(starts, ends, changes[source.starts], shifted(ends, step, zone))
    return changes


def _asked(known: Asking, source: Source, starts: Moment, zone: ZoneInfo) -> timedelta:
    """How far, on the wall."""
    typed = request.form.get("at", "")
    if typed:
        kind = source.entity.fields[source.starts].type
        try:
            wanted = kind.parse_local(typed, known.actor.timezone)
        except InvalidValue as wrong:
            raise BadRequest(wrong.message, hint=wrong.hint) from None
        if wanted is None:
            raise BadRequest(say("Enter a day.", "请填写日期。"))
        return _wall(wanted, zone) - _wall(starts, zone)
    days, minutes = _number("days"), _number("minutes")
    if not isinstance(starts, datetime):
        minutes = 0
    return timedelta(days=days, minutes=minutes)


def _number(name: str) -> int:
    text = request.form.get(name, "") or "0"
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 6 or abs(int(text)) > MOST_DAYS * 24:
        raise BadRequest(say("“{name}” is a whole number.", "“{name}”应为整数。", name=name))
    return int(text)


def shifted(moment: Moment, step: timedelta, zone: ZoneInfo) -> Moment:
    """So far on the wall: nine in the morning stays nine in the morning, also when clocks were changed between."""
    try:
        if not isinstance(moment, datetime):
            return moment + step
        return (_wall(moment, zone) + step).replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise BadRequest(say("There is no such day.", "没有这一天。")) from None


def _later(starts: Moment, ends: Moment, began: Moment, end: Moment) -> Moment:
    """The end; in a night whose clocks are changed it could come before the beginning."""
    if isinstance(starts, datetime) and isinstance(ends, datetime) and isinstance(began, datetime):
        return end if isinstance(end, datetime) and (end > began or ends <= starts) else began + (ends - starts)
    return end


def _wall(moment: Moment, zone: ZoneInfo) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(zone).replace(tzinfo=None)
    return datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - a day on the wall


def _told(known: Asking, moment: Moment) -> str:
    locale = locale_of(known.language)
    if isinstance(moment, datetime):
        zone = zone_of(known.actor.timezone)
        return str(format_datetime(moment, "medium", tzinfo=zone, locale=locale))
    return str(format_date(moment, "full", locale=locale))
