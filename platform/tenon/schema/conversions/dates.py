"""In charge of days that become moments, and moments that become days, in the time zone of the workspace."""

from typing import Any

from tenon.fields.locales import zone_of
from tenon.schema.conversions.base import Way

DAY = frozenset({"date"})
MOMENT = frozenset({"datetime"})


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


WAYS = (DayToMoment, MomentToDay)
