"""In charge of how long stays took: quartiles between two values, and the same in working time of a calendar."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from tenon.insight.figures import Spread
from tenon.process.working_time import WorkingTime
from tenon.query import Stays

QUARTERS = (1, 2, 3)
_FURTHEST = timedelta(days=3_700)


def spread_of(stays: Stays) -> Spread:
    """From the two values around each quartile; between them it lies in proportion."""
    low, median, high = (_between(at, around, stays.count) for at, around in zip(QUARTERS, stays.around, strict=True))
    return Spread(count=stays.count, mean=round(Fraction(stays.total, stays.count)), low=low, median=median, high=high)


def spread_among(lengths: Sequence[int]) -> Spread:
    """Of lengths that are at hand; there is at least one."""
    ordered, last = sorted(lengths), len(lengths) - 1
    around = tuple(
        (ordered[place], ordered[place + 1] if place < last else None)
        for place in (last * quarter // 4 for quarter in QUARTERS)
    )
    return spread_of(Stays(stage="", group=None, count=len(ordered), total=sum(ordered), around=around))


def _between(quarter: int, around: tuple[int, int | None], count: int) -> int:
    low, high = around
    part = Fraction((count - 1) * quarter % 4, 4)
    return low if high is None or not part else round(low + (high - low) * part)


class Clocked:
    """Working time between moments, with what passed before each day counted once."""

    def __init__(self, calendar: WorkingTime, first: datetime, last: datetime) -> None:
        self._begins: list[datetime] = []
        self._ends: list[datetime] = []
        self._before: list[timedelta] = []
        total = timedelta()
        day = calendar.day_of(first) - timedelta(days=1)
        while day <= calendar.day_of(last) + timedelta(days=1):
            for begin, end in calendar.spans(day):
                self._begins.append(begin)
                self._ends.append(end)
                self._before.append(total)
                total += end - begin
            day += timedelta(days=1)

    def between(self, first: datetime, last: datetime) -> int:
        """Whole seconds."""
        return int((self._passed(last) - self._passed(first)).total_seconds())

    def _passed(self, moment: datetime) -> timedelta:
        number = bisect_right(self._begins, moment) - 1
        if number < 0:
            return timedelta()
        return self._before[number] + min(moment, self._ends[number]) - self._begins[number]


def over_since(calendar: WorkingTime | None, limit: int, now: datetime) -> datetime | None:
    """Whoever came then or before has been longer than the limit; None when nobody can have been."""
    if calendar is None:
        return now - timedelta(seconds=limit)
    step = timedelta(microseconds=1)
    early, late = now - _FURTHEST, now
    if calendar.after(early, limit) > now:
        return None
    while late - early > step:
        middle = early + (late - early) // 2
        early, late = (middle, late) if calendar.after(middle, limit) <= now else (early, middle)
    return early
