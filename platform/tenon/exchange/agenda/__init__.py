"""In charge of calendars: what stands in them between two moments, which days are worked, and what calendar
programs are given of it (iCalendar).

Every entry comes through the door for reading, with the rights of whoever asks.
"""

from tenon.exchange.agenda.days import Mark, calendar_for, mark_of
from tenon.exchange.agenda.entries import Agenda, Entry, Stretch, read_agenda
from tenon.exchange.agenda.icalendar import feed, holidays, one_entry
from tenon.exchange.agenda.sources import SCOPES, Scope, Source, source_of, sources_of

__all__ = [
    "SCOPES",
    "Agenda",
    "Entry",
    "Mark",
    "Scope",
    "Source",
    "Stretch",
    "calendar_for",
    "feed",
    "holidays",
    "mark_of",
    "one_entry",
    "read_agenda",
    "source_of",
    "sources_of",
]
