"""In charge of iCalendar over HTTP: personal feeds, holidays, and single records as files.

A feed has no other proof than the secret in its address: it is read with its owner's rights, and only while he is
active.
"""

from datetime import UTC, date, datetime, timedelta

from flask import Response, request

from tenon.api.limits import Meter
from tenon.api.meeting import meet_entity
from tenon.api.parameters import NOTHING, Parameter, read_parameters, table, text
from tenon.errors import NotFound
from tenon.exchange.agenda import Entry, Source, Stretch, feed, holidays, one_entry, read_agenda, sources_of
from tenon.exchange.agenda.icalendar import MIMETYPE
from tenon.fields import Display
from tenon.fields.locales import zone_of
from tenon.http import Asking, asking
from tenon.suggestions import did_you_mean
from tenon.texts import say
from tenon.workspace import calendar_feeds

PAST, FUTURE = timedelta(days=90), timedelta(days=365)
"""What a feed tells of, from the day on which it is asked for."""
MOST_OF_FEED = 2000
"""Entries of each source in a feed."""
_ASK_AGAIN = "private, max-age=0, must-revalidate"
FEED = table(Parameter(name="tasks", read=text, help=say("“todo”: to-dos as such.", "todo：任务以待办形式给出。")))


def personal(meter: Meter, secret: str) -> Response:
    """The feed of whoever made the address: what concerns him, past and future within a window."""
    known = _owner(meter, secret)
    given = read_parameters(FEED)
    sources = sources_of(known.reader, known.access)
    day = known.workspace.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    stretch = Stretch(
        zone=zone_of(known.actor.timezone),
        days=((day - PAST).date(), (day + FUTURE).date()),
        moments=(day - PAST, day + FUTURE),
    )
    with known.reading() as unit:
        agenda = read_agenda(
            known.reader,
            unit,
            known.access,
            sources,
            stretch,
            display=display_of(known),
            scope="mine",
            most=MOST_OF_FEED,
        )
    note = "" if agenda.complete else _CUT.in_(known.language)
    title = f"{known.model.workspace.label.in_(known.language)} · {known.actor.name}"
    document = feed(
        agenda.entries,
        title=title,
        workspace=known.model.workspace.name,
        address=lambda path: _whole(known, path),
        tasks=given.get("tasks") == "todo",
        note=note,
    )
    return _sent(document)


def of_holidays(meter: Meter, secret: str, name: str) -> Response:
    """Holidays and make-up days of one working calendar."""
    known = _owner(meter, secret)
    read_parameters(NOTHING)
    calendar = known.model.calendars.get(name)
    if calendar is None:
        raise NotFound(
            say("There is no calendar “{name}”.", "没有日历“{name}”。", name=name[:60]),
            hint=did_you_mean(name[:60], known.model.calendars),
        )
    return _sent(holidays(calendar, language=known.language, workspace=known.model.workspace.name))


def of_record(entity: str, identity: str) -> Response:
    """A single record as a file; by the first calendar view it stands in."""
    known, entity = meet_entity(entity)
    read_parameters(NOTHING)
    sources = [source for source in sources_of(known.reader, known.access) if source.entity.name == entity]
    # A stretch as long as time: what has a date lies within.
    edges = date(1000, 1, 1), date(9998, 12, 31)
    moments = tuple(datetime(day.year, day.month, day.day, tzinfo=UTC) for day in edges)
    stretch = Stretch(zone=zone_of(known.actor.timezone), days=edges, moments=moments)
    with known.reading() as unit:
        known.reader.one(unit, known.access, entity, identity, ("id",))
        for source in sources:
            found = read_agenda(
                known.reader,
                unit,
                known.access,
                [source],
                stretch,
                display=display_of(known),
                where=_this(source, identity),
                most=1,
            )
            if found.entries:
                return _sent(_file(known, found.entries[0]), name=f"{entity}.ics")
    raise NotFound(
        say("This record stands in no calendar.", "该记录不在任何日历中。"),
        hint=say("Enter its date first.", "请先填写其日期。"),
    )


def _this(source: Source, identity: str) -> str:
    own = source.view.where
    return f'id == "{identity}"' if own is None else f'({own.text}) and id == "{identity}"'


def display_of(known: Asking) -> Display:
    return Display(language=known.language, timezone=known.actor.timezone)


def _owner(meter: Meter, secret: str) -> Asking:
    """Whoever the secret belongs to asks from here on, and is counted as when he calls the API."""
    known, now = asking(), asking().workspace.now()
    with known.workspace.database.reading() as connection:
        found = known.workspace.identities.by_feed(connection, secret, now)
    if found is None:
        raise NotFound(
            say("This calendar address is not valid, or no longer.", "此日历地址无效或已失效。"),
            hint=say("Make a new one in your personal settings.", "请在个人设置中生成新地址。"),
        )
    known.person, known.language = found.actor, found.actor.language
    meter.count(known)
    if found.stale:
        with known.workspace.database.writing() as connection:
            calendar_feeds.touch(connection, str(found.actor.id), now)
    return known


def _file(known: Asking, entry: Entry) -> bytes:
    workspace = known.model.workspace.name
    return one_entry(entry, workspace=workspace, address=lambda path: _whole(known, path))


def _whole(known: Asking, path: str) -> str:
    """As links in mails are; where nobody said how the house is reached, as this very call reached it."""
    base = known.workspace.settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    return f"{base}{path}"


def _sent(document: bytes, name: str = "") -> Response:
    """With an ETag of what is in it: a program that has it is told so in a few bytes."""
    response = Response(document, content_type=f"{MIMETYPE}; charset=utf-8")
    response.headers["Cache-Control"] = _ASK_AGAIN
    if name:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.add_etag()
    response.make_conditional(request)
    return response


_CUT = say(
    "There are more entries than calendar programs are given. Open the calendar in the workspace for all of them.",
    "条目过多，此处未全部列出；完整内容请在工作区的日历中查看。",
)
