"""In charge of the functions on dates: parts, periods, distances.

An instant counts as its date in the viewer's zone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function
from tenon.expressions.fragments import inline, let, minus, numeric, plus, raw, whole
from tenon.expressions.nodes import Node
from tenon.expressions.types import DATE, INTEGER
from tenon.texts import say

_DATE = Parameter(name="date", kinds=("date",))


def local_date(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


@function
class DateOf(Function):
    name = "date"
    nulls = "blank"
    returns = DATE
    parameters = (
        Parameter(name="value", kinds=("text", "date", "datetime", "number")),
        Parameter(name="month", kinds=("number",), optional=True),
        Parameter(name="day", kinds=("number",), optional=True),
    )
    help = say(
        "A date: of a text like 2017-03-31, of an instant (in your time zone), or of year, month and day; "
        "null when there is no such day.",
        "日期：来自形如 2017-03-31 的文本、某个时间（按您的时区），或年、月、日；没有这一天则为空。",
    )
    examples = (Example(text='date("2017-03-31")', shows="2017-03-31"), Example(text="date(2017, 2, 29)", shows=None))

    def overload(self, arguments: Sequence[Node]) -> str:
        kind = arguments[0].type.kind
        if len(arguments) == 3 and kind in ("number", "null"):
            return "_date_of_parts"
        return {"datetime": "_date_of_moment", "date": "_date_of_date"}.get(kind, self.name)

    def python(self, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if len(text) == 10 and text[4] == text[7] == "-" else None
        except ValueError:
            return None

    def postgresql(self, text: Sql) -> Sql:
        """A day that does not exist must not be an error: the days of its month are counted first."""
        shape = raw("'^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'")

        def body(v: Sql) -> Sql:
            parts = [
                sa.cast(sa.func.substr(v, inline(a), inline(n)), sa.Integer()) for a, n in ((1, 4), (6, 2), (9, 2))
            ]
            return sa.case((v.op("~")(shape), _day(*parts)))

        return let("said", text, body)


def _day(year: Sql, month: Sql, day: Sql) -> Sql:
    """PostgreSQL; null for a 30 February."""

    def body(y: Sql, m: Sql, d: Sql) -> Sql:
        first = sa.func.make_date(y, m, raw("1"), type_=sa.Integer())
        right = sa.and_(
            y.between(inline(1), inline(9999)), m.between(inline(1), inline(12)), d.between(inline(1), inline(31))
        )
        moved = plus(first, minus(d, raw("1"), sa.Integer()), sa.Date())
        kept = let("made", moved, lambda v: sa.case((sa.extract("month", v) == m, v)))
        return sa.case((right, kept))

    return let("y", year, lambda y: let("m", month, lambda m: let("d", day, lambda d: body(y, m, d))))


@function
class DateOfDate(Function):
    name = "_date_of_date"
    parameters = (_DATE,)
    returns = DATE

    def python(self, day: date) -> date:
        return day

    def postgresql(self, day: Sql) -> Sql:
        return day

    sqlite = postgresql


@function
class DateOfParts(Function):
    name = "_date_of_parts"
    parameters = tuple(Parameter(name=name, kinds=("number",)) for name in ("year", "month", "day"))
    returns = DATE

    def python(self, year: Decimal, month: Decimal, day: Decimal) -> date | None:
        try:
            return date(int(year), int(month), int(day))
        except (ValueError, OverflowError):
            return None

    def postgresql(self, year: Sql, month: Sql, day: Sql) -> Sql:
        return _day(*(whole(numeric(part)) for part in (year, month, day)))


@function
class DateOfMoment(Function):
    name = "_date_of_moment"
    zoned = True
    parameters = (Parameter(name="moment", kinds=("datetime",)),)
    returns = DATE

    def python(self, moment: datetime, zone: str) -> date | None:
        try:
            return local_date(moment, zone)
        except OverflowError:
            return None

    def postgresql(self, moment: Sql, zone: Sql) -> Sql:
        return sa.cast(sa.func.timezone(zone, moment), sa.Date())

    def sqlite(self, moment: Sql, zone: Sql) -> Sql:
        return sa.func.tenon_local_date(moment, zone, type_=sa.Text())


class _Part(Function):
    """A number in a date: `field` as PostgreSQL calls it, `slice` in the text that SQLite keeps."""

    parameters = (_DATE,)
    returns = INTEGER
    field: str
    slice: tuple[int, int] | None = None

    def postgresql(self, day: Sql) -> Sql:
        return sa.cast(sa.extract(self.field, day), sa.Numeric())

    def sqlite(self, day: Sql) -> Sql:
        if self.slice is None:
            return super().sqlite(day)
        first, length = (inline(number) for number in self.slice)
        return sa.cast(sa.func.substr(day, first, length), sa.Integer())


@function
class Year(_Part):
    name, field, slice = "year", "year", (1, 4)
    help = say("The year as a number.", "年份（数字）。")
    examples = (Example(text='year(date("2017-03-31"))', shows="2017"),)

    def python(self, day: date) -> Decimal:
        return Decimal(day.year)


@function
class MonthOfYear(_Part):
    name, field, slice = "month_of_year", "month", (6, 2)
    help = say("The month's number, 1 to 12.", "月份的数字，1 到 12。")
    examples = (Example(text='month_of_year(date("2017-03-31"))', shows="3"),)

    def python(self, day: date) -> Decimal:
        return Decimal(day.month)


@function
class Day(_Part):
    name, field, slice = "day", "day", (9, 2)
    help = say("The day of the month, 1 to 31.", "当月的第几天，1 到 31。")
    examples = (Example(text='day(date("2017-03-31"))', shows="31"),)

    def python(self, day: date) -> Decimal:
        return Decimal(day.day)


@function
class Weekday(_Part):
    name, field = "weekday", "isodow"
    help = say("The day of the week: 1 is Monday, 7 is Sunday.", "星期几：1 是星期一，7 是星期日。")
    examples = (Example(text='weekday(date("2017-03-31"))', shows="5"),)

    def python(self, day: date) -> Decimal:
        return Decimal(day.isoweekday())


@function
class Hour(Function):
    name = "hour"
    zoned = True
    parameters = (Parameter(name="moment", kinds=("datetime",)),)
    returns = INTEGER
    help = say("The hour of an instant in your time zone, 0 to 23.", "某个时间在您时区的小时，0 到 23。")
    examples = (Example(text="hour(now()) >= 0", shows="true"),)

    def python(self, moment: datetime, zone: str) -> Decimal:
        return Decimal(moment.astimezone(ZoneInfo(zone)).hour)

    def postgresql(self, moment: Sql, zone: Sql) -> Sql:
        return sa.cast(sa.extract("hour", sa.func.timezone(zone, moment)), sa.Numeric())


class _Distance(Function):
    parameters = (Parameter(name="first", kinds=("date",)), Parameter(name="second", kinds=("date",)))
    returns = INTEGER


@function
class DaysBetween(_Distance):
    name = "days_between"
    help = say(
        "How many days from the first date to the second; negative when the second is earlier.",
        "从第一个日期到第二个日期的天数；第二个较早则为负。",
    )
    examples = (Example(text='days_between(date("2017-02-28"), date("2017-03-31"))', shows="31"),)

    def python(self, first: date, second: date) -> Decimal:
        return Decimal((second - first).days)

    def postgresql(self, first: Sql, second: Sql) -> Sql:
        return sa.cast(minus(second, first, sa.Integer()), sa.Numeric())


@function
class WorkdaysBetween(_Distance):
    name = "workdays_between"
    help = say(
        "How many days from Monday to Friday lie from the first date up to, not including, the second.",
        "从第一个日期起到第二个日期（不含）之间，周一至周五的天数。",
    )
    examples = (Example(text='workdays_between(date("2017-03-31"), date("2017-04-04"))', shows="2"),)

    def python(self, first: date, second: date) -> Decimal:
        return Decimal(_workdays(second) - _workdays(first))

    def postgresql(self, first: Sql, second: Sql) -> Sql:
        start = raw("DATE '0001-01-01'", sa.Integer())

        def since(name: str, day: Sql) -> Sql:
            number = sa.cast(minus(day, start, sa.Integer()), sa.Numeric())
            return let(
                name,
                number,
                lambda n: (
                    sa.func.div(n, inline(7), type_=sa.Numeric()) * inline(5)
                    + sa.case((n.is_not(None), sa.func.least(sa.func.mod(n, inline(7)), inline(5), type_=sa.Numeric())))
                ),
            )

        return since("later", second) - since("earlier", first)


def _workdays(day: date) -> int:
    """Since 1 January 0001, a Monday."""
    weeks, rest = divmod(day.toordinal() - 1, 7)
    return weeks * 5 + min(rest, 5)


@function
class MonthsBetween(_Distance):
    name = "months_between"
    help = say("How many whole months from the first date to the second.", "从第一个日期到第二个日期的整月数。")
    examples = (Example(text='months_between(date("2017-01-31"), date("2017-03-30"))', shows="1"),)

    def python(self, first: date, second: date) -> Decimal:
        return Decimal(_months(first, second))

    def postgresql(self, first: Sql, second: Sql) -> Sql:
        return let("a", first, lambda a: let("b", second, lambda b: _months_sql(a, b)))


@function
class YearsBetween(_Distance):
    name = "years_between"
    help = say(
        "How many whole years from the first date to the second; an age.",
        "从第一个日期到第二个日期的整年数，例如年龄。",
    )
    examples = (Example(text='years_between(date("2000-05-02"), date("2017-05-01"))', shows="16"),)

    def python(self, first: date, second: date) -> Decimal:
        return Decimal(int(_months(first, second) / 12))

    def postgresql(self, first: Sql, second: Sql) -> Sql:
        months = let("a", first, lambda a: let("b", second, lambda b: _months_sql(a, b)))
        return sa.func.div(months, inline(12), type_=sa.Numeric())


def _months(first: date, second: date) -> int:
    months = (second.year - first.year) * 12 + second.month - first.month
    if months > 0 and second.day < first.day:
        return months - 1
    return months + 1 if months < 0 and second.day > first.day else months


def _months_sql(first: Sql, second: Sql) -> Sql:
    def part(name: str, day: Sql) -> Sql:
        return sa.cast(sa.extract(name, day), sa.Numeric())

    count = (part("year", second) - part("year", first)) * inline(12) + part("month", second) - part("month", first)

    def body(months: Sql) -> Sql:
        short = sa.and_(months > inline(0), part("day", second) < part("day", first))
        over = sa.and_(months < inline(0), part("day", second) > part("day", first))
        return sa.case((short, months - inline(1)), (over, months + inline(1)), else_=months)

    return let("months", count, body)
