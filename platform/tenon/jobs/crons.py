"""In charge of instants written in five parts (minute, hour, day, month, day of the week), as a clock shows them."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter  # type: ignore[import-untyped]


def cron(pattern: str, timezone: str) -> Callable[[datetime], datetime | None]:
    """The first instant after a given one, in UTC; None when there will be none.

    Times are those of `timezone` (IANA name). When the clock is put back, a pattern for certain hours comes once in
    the hour that is shown twice, one for every hour goes on; when it is put forward, a time that is left out comes
    as much later.
    """
    zone = ZoneInfo(timezone)
    following = _by_instants if pattern.split()[1].startswith("*") else _by_the_clock

    def next_after(instant: datetime) -> datetime | None:
        try:
            return following(pattern, instant, zone)
        except CroniterBadDateError:
            return None

    return next_after


def _by_instants(pattern: str, instant: datetime, zone: ZoneInfo) -> datetime:
    found: datetime = croniter(pattern, instant.astimezone(zone)).get_next(datetime)
    return found.astimezone(UTC)


def _by_the_clock(pattern: str, instant: datetime, zone: ZoneInfo) -> datetime:
    shown = croniter(pattern, instant.astimezone(zone).replace(tzinfo=None))
    while True:
        time: datetime = shown.get_next(datetime)
        found = time.replace(tzinfo=zone).astimezone(UTC)
        if found > instant:
            return found
