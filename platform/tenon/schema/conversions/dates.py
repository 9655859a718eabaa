"""In charge of days that become moments, and moments that become days or times, in the workspace's time zone."""

from typing import Any

from tenon.fields.locales import zone_of
from tenon.schema.conversions.base import Way

DAY = frozenset({"date"})
MOMENT = frozenset({"datetime"})
TIME = frozenset({"time"})


class DayToMoment(Way):
    """The first moment of the day."""

    old = DAY
    new = MOMENT

    def value(self, value: Any) -> Any:
        return self.turn.new.parse_local(value.isoformat(), self.turn.timezone)


class MomentToDay(Way):
    old = MOMENT
    new = DAY

    def value(self, value: Any) -> Any:
        return self.turn.new.parse(value.astimezone(zone_of(self.turn.timezone)).date().isoformat())


class MomentToTime(Way):
    """What the clock on the wall said."""

    old = MOMENT
    new = TIME

    def value(self, value: Any) -> Any:
        return self.turn.new.parse(value.astimezone(zone_of(self.turn.timezone)).strftime("%H:%M:%S"))


WAYS = (DayToMoment, MomentToDay, MomentToTime)
