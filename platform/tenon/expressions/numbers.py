"""In charge of decimal arithmetic as the language means it: exact, and quotients to ten places half-even."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

QUOTIENT_PLACES = 10
_EXACT = Context(prec=100, rounding=ROUND_HALF_EVEN, traps=[])
_QUANTA = {places: Decimal(1).scaleb(-places) for places in range(-12, 13)}
_ZERO = Decimal(0)


def decimal(value: Any) -> Decimal:
    """From what a caller holds: of money its amount; a float stands for the shortest decimal that it prints as."""
    if value.__class__ is Decimal:
        number: Decimal = value
        return number
    return Decimal(str(value[0] if isinstance(value, tuple) else value))


def add(left: Decimal, right: Decimal) -> Decimal:
    return _EXACT.add(left, right)


def subtract(left: Decimal, right: Decimal) -> Decimal:
    return _EXACT.subtract(left, right)


def multiply(left: Decimal, right: Decimal) -> Decimal:
    return _EXACT.multiply(left, right)


def divide(left: Decimal, right: Decimal) -> Decimal | None:
    return None if not right else rounded(_EXACT.divide(left, right), QUOTIENT_PLACES)


def remainder(left: Decimal, right: Decimal) -> Decimal | None:
    """With the sign of the divisor, as in Python's integers."""
    if not right:
        return None
    rest = _EXACT.remainder(left, right)
    return _EXACT.add(rest, right) if rest and (rest < 0) != (right < 0) else rest


def rounded(value: Decimal, places: int) -> Decimal:
    """Half-even to `places` (negative: tens, hundreds…)."""
    return _EXACT.add(_EXACT.quantize(value, _QUANTA[places]), _ZERO)


def plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
