"""In charge of numbers that become other numbers, or yes and no."""

from decimal import Decimal
from typing import Any

from tenon.fields import InvalidValue
from tenon.schema.conversions.base import NUMBERS, Turn, Way
from tenon.texts import say

BOOLEAN = frozenset({"boolean"})
_OTHER_CURRENCY = say("It is in {currency}, which a number cannot say.", "币种为 {currency}，数字无法表示币种。")


def exactly(turn: Turn, number: Decimal) -> Any:
    """A number as the new type has it; raises InvalidValue where places would be lost without leave, or limits are."""
    made = turn.new.from_expression(number)
    kept = Decimal(turn.new.expression_value(made))
    if kept != number and not turn.rounding:
        raise InvalidValue(
            "would_be_rounded", say("It has more decimal places than are kept.", "小数位超过可保留的位数。")
        )
    return turn.new.parse(turn.new.to_json(made))


class NumberToNumber(Way):
    """The amount stays. Of money only what is in the field's own currency: another one would be lost without a word."""

    old = new = NUMBERS

    def value(self, value: Any) -> Any:
        old, new = self.turn.old, self.turn.new
        if old.key == "money" and new.key == "money":
            exactly(self.turn, value.amount)
            return new.parse({"amount": f"{self._kept(value.amount):f}", "currency": value.currency})
        if old.key == "money" and value.currency != getattr(old, "currency", value.currency):
            raise InvalidValue("other_currency", _OTHER_CURRENCY.filled(currency=value.currency))
        return exactly(self.turn, Decimal(old.expression_value(value)))

    def _kept(self, amount: Decimal) -> Decimal:
        return Decimal(self.turn.new.expression_value(self.turn.new.from_expression(amount)))


class NumberToBoolean(Way):
    """1 is yes and 0 is no; every other number is neither."""

    old = NUMBERS
    new = BOOLEAN

    def value(self, value: Any) -> Any:
        number = Decimal(self.turn.old.expression_value(value))
        if number not in (0, 1):
            raise InvalidValue("not_a_boolean", say("Only 1 and 0 mean yes and no.", "只有 1 和 0 可表示是与否。"))
        return number == 1


class BooleanToNumber(Way):
    old = BOOLEAN
    new = NUMBERS

    def value(self, value: Any) -> Any:
        return exactly(self.turn, Decimal(int(value)))


WAYS = (NumberToNumber, NumberToBoolean, BooleanToNumber)
