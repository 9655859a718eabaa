"""In charge of the action “wait”: time passes, working time where a calendar is named."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.process.performing.base import Answer, Doing, Done, Pause, Performer, performer


@performer("wait")
class Wait(Performer):
    def perform(self, doing: Doing) -> Answer:
        """A moment that has passed, and an unknown one, are not waited for."""
        early = doing.step.slots.expressions.get("go_on_when")
        if early is not None and doing.scene.holds(early):
            return Done()
        until = _until(doing)
        if until is None or until <= doing.unit.now:
            return Done()
        return Pause(until=until, early=early)


def _until(doing: Doing) -> datetime | None:
    slots, now = doing.step.slots, doing.unit.now
    calendar = doing.ground.calendars.of(slots.calendar)
    length = slots.seconds.get("for")
    if length is not None:
        return now + timedelta(seconds=length) if calendar is None else calendar.after(now, length)
    moment = instant_of(doing.value("until"), doing.display.timezone)
    return moment if moment is None or calendar is None else calendar.next_working(moment)


def instant_of(value: Any, timezone: str) -> datetime | None:
    """A date begins at midnight in the workspace's time zone."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), ZoneInfo(timezone)) if isinstance(value, date) else None
