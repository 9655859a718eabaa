"""In charge of the days of a calendar: worked, off, a holiday by name, or made up for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenon.actors import Actor
from tenon.model import DayRange, Model
from tenon.process.calendars import Calendars
from tenon.process.working_time import WorkingTime
from tenon.texts import Text

Kind = Literal["worked", "off", "holiday", "made_up"]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What a day is. `label` is the name of the holiday, or of what the day is worked for; None on ordinary days."""

    kind: Kind
    label: Text | None = None


def mark_of(working: WorkingTime, day: date) -> Mark:
    """A holiday with hours of its own is named, and worked all the same."""
    made_up = covering(working.calendar.workdays.values(), day)
    if made_up is not None:
        return Mark(kind="made_up", label=made_up.label)
    off = covering(working.calendar.holidays.values(), day)
    worked = working.is_working_day(day)
    if off is not None:
        return Mark(kind="worked" if worked else "holiday", label=off.label)
    return Mark(kind="worked" if worked else "off")


def calendar_for(model: Model, calendars: Calendars, actor: Actor, name: str | None = None) -> WorkingTime | None:
    """The one named; else the first of the person's own time zone, else the first. None where there is none."""
    if name is not None and name in model.calendars:
        return calendars[name]
    known = [calendars[each] for each in model.calendars]
    near = (working for working in known if str(working.zone) == actor.timezone)
    return next(near, known[0] if known else None)


def covering(ranges: Iterable[DayRange], day: date) -> DayRange | None:
    return next((each for each in ranges if each.first <= day <= each.last), None)
