"""In charge of lengths of time, and of moving dates and instants by them.

In PostgreSQL a length is a number of seconds, in SQLite (whose numbers are floats) one of microseconds.
"""

import calendar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function
from tenon.expressions.fragments import (
    MOST_DAYS,
    half_even,
    inline,
    let,
    minus,
    numeric,
    plus,
    quotient,
    raw,
    whole,
)
from tenon.expressions.numbers import divide, rounded
from tenon.expressions.types import DATE, DATETIME, DURATION, NUMBER
from tenon.texts import say

_COUNT = Parameter(name="count", kinds=("number",))
_DATE = Parameter(name="date", kinds=("date",))
_MOMENT = Parameter(name="moment", kinds=("datetime",))
_LENGTH = Parameter(name="length", kinds=("duration",))
_MICROSECOND = timedelta(microseconds=1)
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_800
"""From 1970-01-01 to the beginning of the year 1, and to the end of the year 9999."""
_DAY = 86_400


def _seconds(length: timedelta) -> Decimal:
    return Decimal(length // _MICROSECOND).scaleb(-6)


def _length(seconds: Decimal) -> timedelta | None:
    """Null beyond all dates; to the microsecond."""
    if abs(seconds) > MOST_DAYS * _DAY:
        return None
    return timedelta(microseconds=int(rounded(seconds, 6).scaleb(6)))


def _length_sql(seconds: Sql) -> Sql:
    most = inline(MOST_DAYS * _DAY)
    exact = half_even(seconds, 6)
    return let("length", exact, lambda v: sa.case((sa.func.abs(v) <= most, v)))


class _Unit(Function):
    """A number of equal units."""

    seconds: int
    parameters = (_COUNT,)
    returns = DURATION

    def python(self, count: Decimal) -> timedelta | None:
        return _length(count * self.seconds)

    def postgresql(self, count: Sql) -> Sql:
        return _length_sql(numeric(count) * inline(self.seconds))


@function
class Weeks(_Unit):
    name = "weeks"
    seconds = 7 * _DAY
    help = say("A length of so many weeks.", "若干周的时长。")
    examples = (Example(text='date("2017-03-31") + weeks(1)', shows="2017-04-07"),)


@function
class Days(_Unit):
    name = "days"
    seconds = _DAY
    help = say("A length of so many days.", "若干天的时长。")
    examples = (Example(text='date("2017-02-28") + days(1)', shows="2017-03-01"),)


@function
class Hours(_Unit):
    name = "hours"
    seconds = 3600
    help = say("A length of so many hours.", "若干小时的时长。")
    examples = (Example(text="hours(48) == days(2)", shows="true"),)


@function
class Minutes(_Unit):
    name = "minutes"
    seconds = 60
    help = say("A length of so many minutes.", "若干分钟的时长。")
    examples = (Example(text="minutes(90) > hours(1)", shows="true"),)


@function
class Seconds(_Unit):
    name = "seconds"
    seconds = 1
    help = say("A length of so many seconds.", "若干秒的时长。")
    examples = (Example(text="seconds(5400) == minutes(90)", shows="true"),)


@function
class AddLengths(Function):
    name = "_add_lengths"
    parameters = (_LENGTH, _LENGTH)
    returns = DURATION

    def python(self, left: timedelta, right: timedelta) -> timedelta | None:
        return _length(_seconds(left) + _seconds(right))

    def postgresql(self, left: Sql, right: Sql) -> Sql:
        return _length_sql(numeric(left) + numeric(right))


@function
class ScaleLength(Function):
    name = "_scale_length"
    parameters = (_LENGTH, _COUNT)
    returns = DURATION

    def python(self, length: timedelta, count: Decimal) -> timedelta | None:
        return _length(_seconds(length) * count)

    def postgresql(self, length: Sql, count: Sql) -> Sql:
        return _length_sql(numeric(length) * numeric(count))


@function
class LengthRatio(Function):
    name = "_length_ratio"
    parameters = (_LENGTH, _LENGTH)
    returns = NUMBER

    def python(self, left: timedelta, right: timedelta) -> Decimal | None:
        return divide(_seconds(left), _seconds(right))

    def postgresql(self, left: Sql, right: Sql) -> Sql:
        return quotient(left, right)


@function
class MoveDate(Function):
    """By whole days, rounded down."""

    name = "_move_date"
    parameters = (_DATE, _LENGTH)
    returns = DATE

    def python(self, day: date, length: timedelta) -> date | None:
        try:
            return day + timedelta(length.days)
        except OverflowError:
            return None

    def postgresql(self, day: Sql, length: Sql) -> Sql:
        """Counted from the first day there is: PostgreSQL fails beyond its own first date instead of giving null."""
        days = whole(sa.func.floor(numeric(length) / inline(_DAY), type_=sa.Numeric()))
        first = raw("DATE '0001-01-01'", sa.Date())
        place = plus(minus(day, first, sa.Integer()), days, sa.Integer())
        real = (inline(0), inline(date.max.toordinal() - 1))
        return let("place", place, lambda p: sa.case((p.between(*real), plus(first, p, sa.Date()))))


@function
class MoveMoment(Function):
    name = "_move_moment"
    parameters = (_MOMENT, _LENGTH)
    returns = DATETIME

    def python(self, moment: datetime, length: timedelta) -> datetime | None:
        try:
            return moment + length
        except OverflowError:
            return None

    def postgresql(self, moment: Sql, length: Sql) -> Sql:
        """Whole seconds and microseconds apart, because intervals are made of floats; null beyond the dates we know."""

        def body(at: Sql, v: Sql) -> Sql:
            reached = sa.cast(sa.extract("epoch", at), sa.Numeric()) + v
            seconds = sa.func.trunc(v, type_=sa.Numeric())
            unit, tiny = raw("INTERVAL '1 second'"), raw("INTERVAL '1 microsecond'")
            moved = sa.func.timezone(raw("'UTC'"), at).op("+")(
                (seconds.op("*")(unit)).op("+")(((v - seconds) * inline(10**6)).op("*")(tiny))
            )
            real = sa.and_(reached >= inline(_FIRST_SECOND), reached < inline(_LAST_SECOND))
            return sa.case((real, sa.func.timezone(raw("'UTC'"), moved)))

        moved = let("moment", moment, lambda at: let("length", numeric(length), lambda v: body(at, v)))
        return sa.type_coerce(moved, sa.DateTime(timezone=True))


@function
class BetweenDates(Function):
    name = "_between_dates"
    parameters = (_DATE, _DATE)
    returns = DURATION

    def python(self, later: date, earlier: date) -> timedelta:
        return later - earlier

    def postgresql(self, later: Sql, earlier: Sql) -> Sql:
        apart = minus(later, earlier, sa.Integer())
        return sa.cast(apart, sa.Numeric()) * inline(_DAY)


@function
class BetweenMoments(Function):
    name = "_between_moments"
    parameters = (_MOMENT, _MOMENT)
    returns = DURATION

    def python(self, later: datetime, earlier: datetime) -> timedelta:
        return later - earlier

    def postgresql(self, later: Sql, earlier: Sql) -> Sql:
        return sa.cast(sa.extract("epoch", later), sa.Numeric()) - sa.cast(sa.extract("epoch", earlier), sa.Numeric())


def moved_by_months(day: date, months: int) -> date | None:
    """The same day of another month, or that month's last one."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _months(count: Decimal) -> int:
    return int(count) if abs(count) <= MOST_DAYS else 10**6


def _shift(stamp: Sql, months: Sql) -> Sql:
    """Null outside the years 1 to 9999, and before PostgreSQL fails beyond its own."""

    def body(at: Sql, count: Sql) -> Sql:
        month = sa.extract("year", at) * inline(12) + sa.extract("month", at) - inline(1) + count
        moved = plus(at, sa.func.make_interval(raw("0"), count), sa.DateTime())
        return sa.case((month.between(inline(12), inline(10_000 * 12 - 1)), moved))

    return let("stamp", stamp, lambda at: let("months", whole(numeric(months)), lambda count: body(at, count)))


@function
class MoveDateByMonths(Function):
    name = "_move_date_by_months"
    parameters = (_DATE, _COUNT)
    returns = DATE

    def python(self, day: date, count: Decimal) -> date | None:
        return moved_by_months(day, _months(count))

    def postgresql(self, day: Sql, count: Sql) -> Sql:
        return sa.cast(_shift(sa.cast(day, sa.DateTime()), count), sa.Date())


@function
class MoveMomentByMonths(Function):
    """In UTC."""

    name = "_move_moment_by_months"
    parameters = (_MOMENT, _COUNT)
    returns = DATETIME

    def python(self, moment: datetime, count: Decimal) -> datetime | None:
        day = moved_by_months(moment.date(), _months(count))
        return None if day is None else datetime.combine(day, moment.time(), UTC)

    def postgresql(self, moment: Sql, count: Sql) -> Sql:
        utc = raw("'UTC'")
        moved = sa.func.timezone(utc, _shift(sa.func.timezone(utc, moment), count))
        return sa.type_coerce(moved, sa.DateTime(timezone=True))
