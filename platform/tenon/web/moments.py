"""In charge of telling when something was: "3 hours ago" for reading, the exact time for certainty."""

from datetime import datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta
from markupsafe import Markup

from tenon.fields import Display
from tenon.fields.locales import locale_of, zone_of

_NEAR = timedelta(days=30)


class Moments:
    """`now` is the moment of the request, aware."""

    def __init__(self, display: Display, now: datetime) -> None:
        self._locale = locale_of(display.language)
        self._zone = zone_of(display.timezone)
        self._now = now

    def ago(self, moment: datetime | str | None) -> Markup:
        """Relative within a month, the date otherwise; the exact time is in the tooltip. Takes ISO text as well."""
        if moment is None:
            return Markup()
        at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        near = abs(self._now - at) < _NEAR
        shown = format_timedelta(at - self._now, add_direction=True, locale=self._locale) if near else self._day(at)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), self.exact(at), shown)

    def exact(self, moment: datetime) -> str:
        return str(format_datetime(moment, format="medium", tzinfo=self._zone, locale=self._locale))

    def _day(self, moment: datetime) -> str:
        return str(format_date(moment.astimezone(self._zone), format="medium", locale=self._locale))
