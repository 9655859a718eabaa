"""In charge of what stands in calendars between two moments, over HTTP."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Response

from tenon.api.meeting import meet
from tenon.api.outcomes import answer
from tenon.api.parameters import Parameter, names, number, read_parameters, refused, table
from tenon.errors import UnknownName
from tenon.exchange.agenda import (
    SCOPES,
    Agenda,
    Entry,
    Source,
    Stretch,
    calendar_for,
    mark_of,
    read_agenda,
    sources_of,
)
from tenon.fields import Display, InvalidValue
from tenon.fields.literals import instant_text
from tenon.fields.locales import zone_of
from tenon.http import Asking, asking
from tenon.texts import say

MOST_DAYS = 62
MOST_A_DAY = 500


def _moment(name: str, raw: str) -> datetime:
    """An instant, or the first moment of a day in the caller's time zone."""
    try:
        kind = asking().model.entity("user").fields["created_at"].type
        found = kind.parse_local(raw, asking().actor.timezone)
    except InvalidValue as wrong:
        raise refused(name, wrong.message, wrong.code, wrong.hint) from None
    if not isinstance(found, datetime) or not 1000 < found.year < 9000:
        raise refused(name, say("“{name}” is no moment.", "“{name}”不是有效的时间。", name=name))
    return found


def _scope(name: str, raw: str) -> str:
    if raw not in SCOPES:
        raise refused(name, say("“{name}” is one of {known}.", "“{name}”应为 {known} 之一。", name=name, known=_KNOWN))
    return raw


_KNOWN = ", ".join(SCOPES)
FROM = Parameter(
    name="from",
    read=_moment,
    required=True,
    help=say(
        "The first moment: an instant, or a date for the beginning of that day in your time zone.",
        "起始时刻：带时区的时间，或日期（您所在时区当天零点）。",
    ),
    example="2026-03-01",
)
TO = Parameter(
    name="to",
    read=_moment,
    required=True,
    help=say(
        "The moment after the last one, at most {most} days later.",
        "结束时刻（不含），最多相隔 {most} 天。",
        most=MOST_DAYS,
    ),
    example="2026-04-01",
)
SCOPE = Parameter(
    name="scope",
    read=_scope,
    help=say(
        "Whose entries: your own, those of your department, or all you may read.",
        "范围：本人、本部门，或您可查看的全部。",
    ),
    schema={"enum": list(SCOPES), "default": "mine"},
)
SOURCES = Parameter(
    name="sources",
    read=names,
    help=say("Calendar views by name, with commas; all of them when absent.", "日历视图名称，用逗号分隔；缺省为全部。"),
    example="task.calendar",
)
PER_DAY = Parameter(
    name="per_day",
    read=number,
    help=say(
        "Entries of each source that begin on a day; “days” counts all of them.",
        "每个来源每天返回的条目数；“days”中为总数。",
    ),
    schema={"type": "integer", "minimum": 1, "maximum": MOST_A_DAY, "default": 100},
)
BETWEEN = table(FROM, TO, SCOPE, SOURCES, PER_DAY)


def between() -> Response:
    """What stands in the calendars of the person who asks."""
    known = meet()
    given = read_parameters(BETWEEN)
    zone = zone_of(known.actor.timezone)
    begin, end = given["from"], given["to"]
    if not timedelta() < end - begin <= timedelta(days=MOST_DAYS):
        raise refused(
            "to",
            say(
                "“to” lies at most {most} days after “from”.", "“to”须晚于“from”，最多相隔 {most} 天。", most=MOST_DAYS
            ),
        )
    most = given.get("per_day", 100)
    if not 1 <= most <= MOST_A_DAY:
        raise refused("per_day", say("From 1 to {most}.", "须在 1 到 {most} 之间。", most=MOST_A_DAY))
    sources = _chosen(sources_of(known.reader, known.access), given.get("sources", ()))
    stretch = Stretch.between(zone, begin, end)
    with known.reading() as unit:
        agenda = read_agenda(
            known.reader,
            unit,
            known.access,
            sources,
            stretch,
            display=Display(language=known.language, timezone=known.actor.timezone),
            scope=given.get("scope", "mine"),
            most=most,
        )
    return answer(
        {
            "from": instant_text(begin),
            "to": instant_text(end),
            "timezone": known.actor.timezone,
            "complete": agenda.complete,
            "sources": [_source(known, source) for source in sources],
            "entries": [_entry(entry) for entry in agenda.entries],
            "days": _days(known, agenda),
        }
    )


def _chosen(sources: list[Source], wanted: tuple[str, ...]) -> list[Source]:
    known = {source.name: source for source in sources}
    for name in wanted:
        if name not in known:
            raise UnknownName.among(name[:90], known, where="sources")
    return [source for source in sources if not wanted or source.name in wanted]


def _source(known: Asking, source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "entity": source.entity.name,
        "view": source.view.name,
        "label": source.view.label.in_(known.language),
        "color": source.color,
        "all_day": not source.timed,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "source": entry.source.name,
        "entity": entry.source.entity.name,
        "id": entry.id,
        "version": entry.version,
        "title": entry.title,
        "starts": _written(entry.starts),
        "ends": None if entry.ends is None else _written(entry.ends),
        "all_day": not entry.timed,
        "first_day": entry.first.isoformat(),
        "last_day": entry.last.isoformat(),
        "color": entry.color,
        "done": entry.done if entry.source.done is not None else None,
    }


def _written(value: date | datetime) -> str:
    return instant_text(value) if isinstance(value, datetime) else value.isoformat()


def _days(known: Asking, agenda: Agenda) -> list[dict[str, Any]]:
    working = calendar_for(known.model, known.assembled.processes.calendars, known.actor)
    found = []
    for day, count in agenda.counts.items():
        mark = None if working is None else mark_of(working, day)
        found.append(
            {
                "day": day.isoformat(),
                "count": count,
                "kind": None if mark is None else mark.kind,
                "label": None if mark is None or mark.label is None else mark.label.in_(known.language),
            }
        )
    return found
