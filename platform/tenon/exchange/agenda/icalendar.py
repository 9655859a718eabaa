"""In charge of iCalendar (RFC 5545): entries and holidays as calendar programs take them.

Instants are written in UTC and whole days as dates, so that no time zone has to be described. The same entries make the
same bytes, whenever they are asked for.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar as Document
from icalendar import Event, Todo

from tenon.exchange.agenda.entries import Entry
from tenon.model import Calendar, DayRange
from tenon.texts import say

MIMETYPE = "text/calendar"
PRODUCT = "-//Tenon//Tenon CRM//EN"
REFRESH = timedelta(hours=1)
"""How often programs are asked to look again."""

_WORKED = say("Workday: {name}", "补班：{name}")
_UNCHANGING = datetime(2000, 1, 1, tzinfo=UTC)
"""When holidays were last written: metadata has versions, not times, and their names carry what they are."""
Address = Callable[[str], str]


def feed(
    entries: Sequence[Entry], *, title: str, workspace: str, address: Address, tasks: bool, note: str = ""
) -> bytes:
    """`address` makes the whole address of a page, "" when there is none. `tasks`: to-dos as such, not as events."""
    document = _document(title, note)
    for entry in entries:
        to_do = tasks and entry.source.done is not None
        document.add_component(_to_do(entry, workspace, address) if to_do else _event(entry, workspace, address))
    return bytes(document.to_ical())


def one_entry(entry: Entry, *, workspace: str, address: Address) -> bytes:
    """For a single record, as a file somebody takes into his own calendar."""
    return feed([entry], title="", workspace=workspace, address=address, tasks=False)


def holidays(calendar: Calendar, *, language: str, workspace: str) -> bytes:
    """Holidays and the days that make up for them, each range as one event."""
    document = _document(calendar.label.in_(language), "")
    for kind, ranges in (("off", calendar.holidays), ("on", calendar.workdays)):
        for held in ranges.values():
            label = held.label.in_(language)
            shown = label if kind == "off" else _WORKED.filled(name=label).in_(language)
            document.add_component(_range(held, shown, f"{calendar.name}.{kind}.{held.name}@{workspace}"))
    return bytes(document.to_ical())


def _document(title: str, note: str) -> Document:
    document = Document()
    document.add("prodid", PRODUCT)
    document.add("version", "2.0")
    document.add("calscale", "GREGORIAN")
    document.add("method", "PUBLISH")
    if title:
        document.add("name", title)
        document.add("x-wr-calname", title)
    if note:
        document.add("description", note)
        document.add("x-wr-caldesc", note)
    document.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    document.add("x-published-ttl", "PT1H")
    return document


def _event(entry: Entry, workspace: str, address: Address) -> Event:
    event = Event()
    _describe(event, entry, workspace, address)
    event.add("dtstart", entry.starts)
    end = _end(entry)
    if end is not None:
        event.add("dtend", end)
    event.add("transp", "OPAQUE" if entry.timed and end is not None else "TRANSPARENT")
    event.add("status", "CONFIRMED")
    return event


def _to_do(entry: Entry, workspace: str, address: Address) -> Todo:
    to_do = Todo()
    _describe(to_do, entry, workspace, address)
    if entry.ends is None:
        to_do.add("due", entry.starts)
    else:
        to_do.add("dtstart", entry.starts)
        to_do.add("due", _end(entry) or entry.starts + timedelta(days=1))
    to_do.add("status", "COMPLETED" if entry.done else "NEEDS-ACTION")
    to_do.add("percent-complete", 100 if entry.done else 0)
    return to_do


def _describe(component: Event | Todo, entry: Entry, workspace: str, address: Address) -> None:
    """What events and to-dos have in common. The id of a record is its own everywhere; a view may show it twice."""
    component.add("uid", f"{entry.id}.{entry.source.view.name}@{workspace}")
    component.add("dtstamp", entry.changed_at.replace(microsecond=0))
    component.add("last-modified", entry.changed_at.replace(microsecond=0))
    component.add("sequence", max(0, entry.version - 1))
    component.add("summary", entry.title)
    whole = address(entry.address)
    lines = [f"{label}: {value}" for label, value in entry.lines]
    description = "\n".join([*lines, *([whole] if whole else [])])
    if description:
        component.add("description", description)
    if whole:
        component.add("url", whole)


def _end(entry: Entry) -> date | datetime | None:
    """Exclusive, as the standard wants it. None: a moment. Views are made of two dates or of two instants."""
    starts, ends = entry.starts, entry.ends
    if isinstance(starts, datetime):
        return ends if isinstance(ends, datetime) and ends > starts else None
    return (ends if ends is not None and ends > starts else starts) + timedelta(days=1)


def _range(held: DayRange, summary: str, uid: str) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", _UNCHANGING)
    event.add("summary", summary)
    event.add("dtstart", held.first)
    event.add("dtend", held.last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
