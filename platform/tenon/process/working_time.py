"""In charge of time as a calendar counts it: working hours of a week, holidays, days that make up for them.

Pure arithmetic; nothing here knows a database. Instants are aware and in UTC, days are those of the calendar's own
time zone, so that a day with a change of clocks has the hours it really has.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenon.errors import Conflict
from tenon.model import Calendar, DayRange
from tenon.texts import say

DAY = 86_400
_FURTHEST = 3_700
"""Days to look for working time; a calendar without any in ten years has none."""
Span = tuple[datetime, datetime]


class WorkingTime:
    """One calendar. `timezone` is the workspace's, for calendars that name none."""

    def __init__(self, calendar: Calendar, timezone: str = "UTC") -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.timezone or timezone)
        self._usual = next((spans for _day, spans in sorted(calendar.week.items()) if spans), ())
        self._days: dict[date, tuple[Span, ...]] = {}

    # Instants

    def is_working(self, instant: datetime) -> bool:
        return any(begin <= instant < end for begin, end in self.spans(self.day_of(instant)))

    def next_working(self, instant: datetime) -> datetime:
        """`instant` itself when it is working time, else when work begins again."""
        return max(instant, self._following(instant)[0])

    def add(self, start: datetime, seconds: int) -> datetime:
        """When so many seconds of working time have passed since `start`; before it when there are less than none.

        The end of a working day is reached on that day, not on the next morning. Raises Conflict when the calendar
        has no such time.
        """
        return self._forward(start, seconds) if seconds >= 0 else self._backward(start, -seconds)

    def between(self, first: datetime, last: datetime) -> int:
        """Seconds of working time from `first` to `last`; less than none when `last` comes first."""
        if last < first:
            return -self.between(last, first)
        total = timedelta()
        day = self.day_of(first)
        while day <= self.day_of(last):
            for begin, end in self.spans(day):
                total += max(timedelta(), min(end, last) - max(begin, first))
            day += timedelta(days=1)
        return int(total.total_seconds())

    def after(self, start: datetime, seconds: int) -> datetime:
        """When a length of time such as “2d” or “4h” has passed: days are working days, the rest is working time.

        Two days after Friday 15:00 is Tuesday 15:00. Counting begins with working time.
        """
        days, rest = divmod(seconds, DAY)
        begin = self.next_working(start)
        if not days:
            return self.add(begin, rest)
        clock = begin.astimezone(self.zone).time()
        return self.add(self._on(self.add_working_days(self.day_of(begin), days), clock), rest)

    # Days

    def day_of(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        return bool(self.spans(day))

    def working_days(self, first: date, last: date) -> int:
        """How many there are from `first` to `last`, both included."""
        return sum(self.is_working_day(first + timedelta(days=number)) for number in range((last - first).days + 1))

    def add_working_days(self, day: date, count: int) -> date:
        """The working day so many after (before, when less than none) `day`, which itself does not count."""
        step = timedelta(days=1 if count >= 0 else -1)
        left, idle = abs(count), 0
        while left:
            day += step
            idle = 0 if self.is_working_day(day) else idle + 1
            left -= not idle
            if idle > _FURTHEST:
                raise self._no_time(day)
        return day

    def spans(self, day: date) -> tuple[Span, ...]:
        """Working time of a day, in order."""
        found = self._days.get(day)
        if found is None:
            moments = [(self._instant(day, begin), self._instant(day, end)) for begin, end in self._minutes(day)]
            found = self._days[day] = tuple((begin, end) for begin, end in moments if begin < end)
        return found

    def _minutes(self, day: date) -> tuple[tuple[int, int], ...]:
        """A made-up working day has its own hours, else those of Monday (of the first day of the week that has any)."""
        made_up = _covering(self.calendar.workdays.values(), day)
        if made_up is not None:
            return made_up.hours or self.calendar.week.get(0) or self._usual
        off = _covering(self.calendar.holidays.values(), day)
        return off.hours if off is not None else self.calendar.week.get(day.weekday(), ())

    def _instant(self, day: date, minute: int) -> datetime:
        """Of a time on the wall. One that clocks skip is when they are put forward, one shown twice the first."""
        wall = datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), self.zone)
        early, late = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
        if late <= early:
            return late
        before = early.astimezone(self.zone).utcoffset()
        while late - early > timedelta(seconds=1):
            middle = early + (late - early) / 2
            if middle.astimezone(self.zone).utcoffset() == before:
                early = middle
            else:
                late = middle
        return late.replace(microsecond=0)

    def _following(self, instant: datetime) -> Span:
        """The span that holds `instant` or comes next."""
        day = self.day_of(instant)
        for number in range(_FURTHEST):
            for span in self.spans(day + timedelta(days=number)):
                if instant < span[1]:
                    return span
        raise self._no_time(day)

    def _preceding(self, instant: datetime) -> Span:
        """The span that holds what is just before `instant`, or came before."""
        day = self.day_of(instant)
        for number in range(_FURTHEST):
            for span in reversed(self.spans(day - timedelta(days=number))):
                if span[0] < instant:
                    return span
        raise self._no_time(day)

    def _forward(self, at: datetime, seconds: int) -> datetime:
        left = timedelta(seconds=seconds)
        while left:
            begin, end = self._following(at)
            begin = max(begin, at)
            if end - begin >= left:
                return begin + left
            left -= end - begin
            at = end
        return at

    def _backward(self, at: datetime, seconds: int) -> datetime:
        left = timedelta(seconds=seconds)
        while left:
            begin, end = self._preceding(at)
            end = min(end, at)
            if end - begin >= left:
                return end - left
            left -= end - begin
            at = begin
        return at

    def _on(self, day: date, clock: time) -> datetime:
        """That time of a working day; the nearest working time of the day when it is none."""
        wall = self._instant(day, clock.hour * 60 + clock.minute) + timedelta(seconds=clock.second)
        spans = self.spans(day)
        later = [max(wall, begin) for begin, end in spans if wall < end]
        return later[0] if later else spans[-1][1]

    def _no_time(self, day: date) -> Conflict:
        return Conflict(
            say(
                "The calendar “{name}” has no working time around {day}.",
                "日历“{name}”在 {day} 前后没有工作时间。",
                name=self.calendar.label,
                day=day.isoformat(),
            ),
            hint=say("Enter the hours of a week in it.", "请在其中填写每周的工作时间。"),
        )


def _covering(ranges: Iterable[DayRange], day: date) -> DayRange | None:
    return next((each for each in ranges if each.first <= day <= each.last), None)
