"""In charge of weeks, months, quarters and years: their names to group by, their first and last days."""

from datetime import MAXYEAR, date, timedelta

import sqlalchemy as sa

from tenon.expressions.catalogue import Example, Function, Parameter, Sql, function
from tenon.expressions.fragments import inline, raw, real_date
from tenon.expressions.types import DATE, TEXT
from tenon.texts import say

_DATE = Parameter(name="date", kinds=("date",))


class _Named(Function):
    """A period's name that sorts as the periods follow one another; `pattern` as PostgreSQL writes it."""

    parameters = (_DATE,)
    returns = TEXT
    pattern: str

    def postgresql(self, day: Sql) -> Sql:
        return sa.func.to_char(day, raw(f"'{self.pattern}'"), type_=sa.Text())


@function
class Month(_Named):
    name, pattern = "month", "YYYY-MM"
    help = say("The month as text that sorts, like 2017-03; to group by.", "可排序的月份文本，如 2017-03，用于分组。")
    examples = (Example(text='month(date("2017-03-31"))', shows="2017-03"),)

    def python(self, day: date) -> str:
        return day.isoformat()[:7]

    def sqlite(self, day: Sql) -> Sql:
        return sa.func.substr(day, inline(1), inline(7), type_=sa.Text())


@function
class Quarter(_Named):
    name, pattern = "quarter", 'YYYY-"Q"Q'
    help = say("The quarter as text that sorts, like 2017-Q1; to group by.", "可排序的季度文本，如 2017-Q1，用于分组。")
    examples = (Example(text='quarter(date("2017-03-31"))', shows="2017-Q1"),)

    def python(self, day: date) -> str:
        return f"{day.year:04}-Q{(day.month + 2) // 3}"


@function
class Week(_Named):
    name, pattern = "week", 'IYYY-"W"IW'
    help = say(
        "The ISO week as text that sorts, like 2017-W13; to group by.", "可排序的周文本（ISO），如 2017-W13，用于分组。"
    )
    examples = (Example(text='week(date("2017-03-31"))', shows="2017-W13"),)

    def python(self, day: date) -> str:
        year, week, _weekday = day.isocalendar()
        return f"{year:04}-W{week:02}"


class _Edge(Function):
    """The first or last day of the period that a day is in."""

    parameters = (_DATE,)
    returns = DATE
    period: str
    last = False

    def python(self, day: date) -> date | None:
        first = _first(day, self.period)
        if not self.last:
            return first
        return _last(first, self.period)

    def postgresql(self, day: Sql) -> Sql:
        first: Sql = sa.func.date_trunc(raw(f"'{self.period}'"), sa.cast(day, sa.DateTime()))
        if self.last:
            length = "3 months" if self.period == "quarter" else f"1 {self.period}"
            first = first.op("+")(raw(f"INTERVAL '{length} -1 day'"))
        return real_date(sa.cast(first, sa.Date()))


def _first(day: date, period: str) -> date | None:
    if period == "week":
        return date.fromordinal(day.toordinal() - day.weekday())
    if period == "month":
        return day.replace(day=1)
    return date(day.year, day.month - (day.month - 1) % 3, 1) if period == "quarter" else date(day.year, 1, 1)


def _last(first: date | None, period: str) -> date | None:
    """The day before the next period begins; there is none after the last week of all."""
    if first is None:
        return None
    if period == "week":
        return None if first.toordinal() + 6 > date.max.toordinal() else first + timedelta(6)
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date.max if year > MAXYEAR else date(year, month + 1, 1) - timedelta(1)


@function
class StartOfWeek(_Edge):
    name, period = "start_of_week", "week"
    help = say("The Monday of the week.", "所在周的星期一。")
    examples = (Example(text='start_of_week(date("2017-03-31"))', shows="2017-03-27"),)


@function
class EndOfWeek(_Edge):
    name, period, last = "end_of_week", "week", True
    help = say("The Sunday of the week.", "所在周的星期日。")
    examples = (Example(text='end_of_week(date("2017-03-31"))', shows="2017-04-02"),)


@function
class StartOfMonth(_Edge):
    name, period = "start_of_month", "month"
    help = say("The first day of the month.", "所在月的第一天。")
    examples = (Example(text='start_of_month(date("2017-03-31"))', shows="2017-03-01"),)


@function
class EndOfMonth(_Edge):
    name, period, last = "end_of_month", "month", True
    help = say("The last day of the month.", "所在月的最后一天。")
    examples = (Example(text='end_of_month(date("2016-02-10"))', shows="2016-02-29"),)


@function
class StartOfQuarter(_Edge):
    name, period = "start_of_quarter", "quarter"
    help = say("The first day of the quarter.", "所在季度的第一天。")
    examples = (Example(text='start_of_quarter(date("2017-03-31"))', shows="2017-01-01"),)


@function
class EndOfQuarter(_Edge):
    name, period, last = "end_of_quarter", "quarter", True
    help = say("The last day of the quarter.", "所在季度的最后一天。")
    examples = (Example(text='end_of_quarter(date("2017-02-03"))', shows="2017-03-31"),)


@function
class StartOfYear(_Edge):
    name, period = "start_of_year", "year"
    help = say("The first day of the year.", "所在年的第一天。")
    examples = (Example(text='start_of_year(date("2017-03-31"))', shows="2017-01-01"),)


@function
class EndOfYear(_Edge):
    name, period, last = "end_of_year", "year", True
    help = say("The last day of the year.", "所在年的最后一天。")
    examples = (Example(text='end_of_year(date("2017-03-31"))', shows="2017-12-31"),)
