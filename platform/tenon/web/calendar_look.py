"""In charge of how a calendar is looked at, as its address says it: which span of days, around which day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names

from tenon.exchange.agenda import Stretch
from tenon.fields.locales import locale_of, zone_of
from tenon.http import Asking

Span = Literal["month", "week", "day", "agenda"]
SPANS: tuple[Span, ...] = ("month", "week", "day", "agenda")
AGENDA = 30
"""Days of the list."""
_NARROW: dict[Span, int] = {"week": 7, "day": 1, "agenda": AGENDA}


@dataclass(frozen=True, kw_only=True)
class Look:
    """`day` is the one the span is around (of a list: its first); `first_weekday` counts from Monday, 0."""

    span: Span
    day: date
    today: date
    language: str
    timezone: str
    first_weekday: int

    @property
    def first(self) -> date:
        """The first day that is shown; of a month the beginning of its first week."""
        if self.span == "month":
            return self._week_of(self.day.replace(day=1))
        return self._week_of(self.day) if self.span == "week" else self.day

    @property
    def count(self) -> int:
        """How many days are shown; a month is shown in whole weeks."""
        if self.span != "month":
            return _NARROW[self.span]
        last = _next_month(self.day) - timedelta(days=1)
        return (self._week_of(last) - self.first).days + 7

    @property
    def stretch(self) -> Stretch:
        return Stretch.of_days(zone_of(self.timezone), self.first, self.count)

    @property
    def locale(self) -> Locale:
        return locale_of(self.language)

    @property
    def title(self) -> str:
        """The month, the days from and to, or the day, in the reader's words."""
        if self.span == "month":
            return str(format_skeleton("yMMMM", self.day, locale=self.locale))
        if self.span == "day":
            return str(format_date(self.day, "full", locale=self.locale))
        last = self.first + timedelta(days=self.count - 1)
        begin = format_date(self.first, "long" if self.first.year != last.year else "MMMM d", locale=self.locale)
        if self.language.startswith("zh") and self.first.year == last.year:
            begin = format_date(self.first, "long", locale=self.locale)
        return f"{begin} – {format_date(last, 'long', locale=self.locale)}"

    @property
    def week(self) -> int:
        """Of a week: its number by ISO 8601, which is that of its Thursday."""
        return (self.first + timedelta(days=(3 - self.first.weekday()) % 7)).isocalendar().week

    @property
    def previous(self) -> "Look":
        if self.span == "month":
            return replace(self, day=(self.day.replace(day=1) - timedelta(days=1)).replace(day=1))
        return replace(self, day=self.day - timedelta(days=_NARROW[self.span]))

    @property
    def following(self) -> "Look":
        if self.span == "month":
            return replace(self, day=_next_month(self.day))
        return replace(self, day=self.day + timedelta(days=_NARROW[self.span]))

    @property
    def now(self) -> "Look":
        return replace(self, day=self.today)

    def as_(self, span: Span, day: date | None = None) -> "Look":
        return replace(self, span=span, day=day or self.day)

    def parameters(self) -> list[tuple[str, str]]:
        """What is as usual is not said: addresses stay short, and today's stays today's."""
        span = [("span", self.span)] if self.span != "month" else []
        return [*span, *([("day", self.day.isoformat())] if self.day != self.today else [])]

    def weekdays(self) -> list[tuple[str, str]]:
        """Short and whole names, in the order of the week."""
        short = get_day_names("abbreviated", "stand-alone", locale=self.locale)
        whole = get_day_names("wide", "stand-alone", locale=self.locale)
        order = [(self.first_weekday + number) % 7 for number in range(7)]
        return [(str(short[place]), str(whole[place])) for place in order]

    def _week_of(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - self.first_weekday) % 7)


def look_of(known: Asking, arguments: Mapping[str, str]) -> Look:
    """From the address; what cannot be understood is as usual, for addresses are typed and shared by people."""
    zone = zone_of(known.actor.timezone)
    today = known.workspace.now().astimezone(zone).date()
    span: Span = next((each for each in SPANS if each == arguments.get("span")), "month")
    return Look(
        span=span,
        day=day_of(arguments.get("day", ""), today),
        today=today,
        language=known.language,
        timezone=known.actor.timezone,
        first_weekday=int(locale_of(known.language).first_week_day),
    )


def has_calendar(known: Asking) -> bool:
    """Whether there is any calendar view he may read; no statement."""
    return any(
        view.type == "calendar" and known.access.can(name, "read")
        for name, entity in known.model.entities.items()
        for view in entity.views.values()
    )


def day_of(text: str, otherwise: date) -> date:
    """Far from the edges of what Python can count, so that weeks around it are there as well."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 1000 <= day.year <= MAXYEAR - 2 else otherwise


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
