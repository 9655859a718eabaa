"""In charge of texts: everything can be written down, and every type reads what people write."""

from typing import Any

import sqlalchemy as sa

from tenon.database import DialectName
from tenon.fields.numerals import DIGITS, read_number
from tenon.fields.storage import LongText
from tenon.schema.conversions.base import APART, NUMBERS, Certain, Turn, Way
from tenon.schema.conversions.numbers import exactly

FINEST = 6
"""Decimal places of an amount while it is read."""
PLAIN = frozenset({"text", "long_text"})
WORDS = frozenset({"text", "long_text", "email", "phone", "url", "rich_text", "auto_number"})


class TextToNumber(Way):
    """As people write numbers: with separators, signs of currencies, 万 and 亿; blank is empty."""

    old = WORDS
    new = NUMBERS

    def certain(self, column: sa.ColumnElement[Any], dialect: DialectName) -> Certain | None:
        """A few plain digits are a number everywhere."""
        new = self.turn.new
        limited = new.options.get("min") is not None or new.options.get("max") is not None
        if self.turn.old.key not in PLAIN or new.key not in ("integer", "decimal") or limited:
            return None
        most = DIGITS - int(new.options.get("scale") or 0)
        value = sa.cast(column, sa.BigInteger()) if new.key == "integer" else None
        return Certain(_plain_digits(column, most, dialect), value)

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

    def certain(self, column: sa.ColumnElement[Any], dialect: DialectName) -> Certain | None:
        """Whole numbers are written down in digits, which fit into any text that is not very short."""
        new = self.turn.new
        if self.turn.old.key != "integer" or new.key not in PLAIN or int(new.options["max"]) <= DIGITS:
            return None
        return Certain(sa.true(), sa.cast(column, LongText()))

    def value(self, value: Any) -> Any:
        return self.turn.new.parse_local(self.turn.written(value), self.turn.timezone)


def _plain_digits(column: sa.ColumnElement[Any], most: int, dialect: DialectName) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        return column.regexp_match(f"^[0-9]{{1,{most}}}$")
    return sa.and_(column.op("NOT GLOB", is_comparison=True)("*[^0-9]*"), sa.func.length(column).between(1, most))


WAYS = (TextToNumber, ByText)
