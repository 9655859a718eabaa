"""In charge of the lengths of time people usually ask about: this month, the last quarter, this year."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Span:
    """`name` is the end of its word's key; days are ISO text, both included, "" for no limit."""

    name: str
    first: str = ""
    last: str = ""

    @property
    def days(self) -> tuple[str, str]:
        return self.first, self.last


def spans_of(today: date) -> list[Span]:
    month, quarter = today.replace(day=1), today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    year = today.replace(month=1, day=1)
    return [
        Span(name="ever"),
        _span("this_month", month, _months_on(month, 1)),
        _span("last_month", _months_on(month, -1), month),
        _span("this_quarter", quarter, _months_on(quarter, 3)),
        _span("last_quarter", _months_on(quarter, -3), quarter),
        _span("this_year", year, _months_on(year, 12)),
        _span("last_year", _months_on(year, -12), year),
    ]


def _span(name: str, first: date, after: date) -> Span:
    return Span(name=name, first=first.isoformat(), last=(after - timedelta(days=1)).isoformat())


def _months_on(first: date, count: int) -> date:
    years, month = divmod(first.month - 1 + count, 12)
    return date(first.year + years, month + 1, 1)
