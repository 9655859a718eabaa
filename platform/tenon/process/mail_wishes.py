"""In charge of when somebody wants to hear by e-mail of what the product told him: at once, gathered, or not at all.

Pure: times of the day are those of the person's own zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

NEVER, HOURLY, DAILY = "never", "hourly", "daily"
MORNING = time(8)
"""When a day's notices are mailed."""


@dataclass(frozen=True, kw_only=True)
class MailWishes:
    """`how` is at_once, hourly, daily or never. Nothing is mailed from `quiet_from` until `quiet_to`."""

    how: str = "at_once"
    quiet_from: time | None = None
    quiet_to: time | None = None
    timezone: str = "UTC"

    @classmethod
    def of(cls, person: Mapping[str, Any], timezone: str) -> "MailWishes":
        """From a record of a user, in the engine's own values."""
        return cls(
            how=person.get("notify_by_mail") or "at_once",
            quiet_from=_time(person.get("quiet_from")),
            quiet_to=_time(person.get("quiet_to")),
            timezone=timezone,
        )

    def due(self, now: datetime) -> datetime | None:
        """When what happens `now` is mailed; None for never. Whatever has the same instant is one mail."""
        if self.how == NEVER:
            return None
        zone = ZoneInfo(self.timezone)
        here = now.astimezone(zone)
        if self.how == DAILY:
            wanted = _at(here, MORNING)
        elif self.how == HOURLY:
            wanted = here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        else:
            wanted = here.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return self._after_quiet(wanted).astimezone(now.tzinfo)

    def _after_quiet(self, wanted: datetime) -> datetime:
        start, end = self.quiet_from, self.quiet_to
        if start is None or end is None or start == end:
            return wanted
        here = wanted.timetz().replace(tzinfo=None)
        quiet = start <= here < end if start < end else here >= start or here < end
        return _at(wanted, end) if quiet else wanted


def _at(after: datetime, moment: time) -> datetime:
    """The next time it is `moment`."""
    found = after.replace(hour=moment.hour, minute=moment.minute, second=moment.second, microsecond=0)
    return found if found > after else found + timedelta(days=1)


def _time(value: Any) -> time | None:
    if isinstance(value, str) and value:
        return time.fromisoformat(value)
    return value if isinstance(value, time) else None
