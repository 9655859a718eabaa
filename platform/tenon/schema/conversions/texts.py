"""In charge of texts: everything can be written down, and every type reads what people write."""

from typing import Any

from tenon.fields.numerals import read_number
from tenon.schema.conversions.base import APART, NUMBERS, Turn, Way
from tenon.schema.conversions.numbers import exactly

FINEST = 6
"""Decimal places of an amount while it is read."""
WORDS = frozenset({"text", "long_text", "email", "phone", "url", "rich_text", "auto_number"})


class TextToNumber(Way):
    """As people write numbers: with separators, signs of currencies, 万 and 亿; blank is empty."""

    old = WORDS
    new = NUMBERS

    def value(self, value: Any) -> Any:
        text = self.turn.written(value)
        if self.turn.new.key == "money":
            return self._money(text)
        number = read_number(text)
        return None if number is None else exactly(self.turn, number)

    def _money(self, text: str) -> Any:
        """Read with more places than are kept, so that what would be lost is seen."""
        new = self.turn.new
        read = type(new)({**new.options, "scale": FINEST}, new.settings).parse_local(text, self.turn.timezone)
        if read is None:
            return None
        exactly(self.turn, read.amount)
        amount = new.expression_value(new.from_expression(read.amount))
        return new.parse({"amount": f"{amount:f}", "currency": read.currency})


class ByText(Way):
    """Written down by the one type, read by the other."""

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        ends = (turn.old.target, turn.old.members, turn.new.target, turn.new.members)
        linked = any(end is not None for end in ends)
        return not linked and turn.old.key not in APART and turn.new.key not in APART and turn.new.writable

    def value(self, value: Any) -> Any:
        return self.turn.new.parse_local(self.turn.written(value), self.turn.timezone)


WAYS = (TextToNumber, ByText)
