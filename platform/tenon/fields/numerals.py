"""In charge of numbers as people and programs send them, and of the limits that keep them exact."""

import re
import unicodedata
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from babel.numbers import format_decimal

from tenon.fields.base import Display, InvalidValue
from tenon.fields.locales import locale_of
from tenon.fields.storage import rounded
from tenon.fields.wording import line
from tenon.texts import Text, say

DIGITS = 15
"""Most digits of a number: what SQLite and browsers keep exactly."""

_MINUS = str.maketrans({"−": "-", "–": "-", "’": "'"})
_SEPARATORS = str.maketrans("", "", ", '")
_PLAIN = re.compile(r"[+-]?(?:\d{1,3}(?:[, ']\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_UNITS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
_EXACT = Context(prec=60)


def read_number(raw: Any) -> Decimal | None:
    """The number as written; None when blank. Raises InvalidValue for NaN, infinity, other notations."""
    if isinstance(raw, bool):
        raise _not_a_number()
    if isinstance(raw, int | float | Decimal):
        return _finite(repr(raw) if isinstance(raw, float) else raw)
    if not isinstance(raw, str):
        raise _not_a_number()
    text = unicodedata.normalize("NFKC", line(raw, most=100)).translate(_MINUS).strip()
    return _written(text) if text else None


def fitted(number: Decimal, scale: int) -> Decimal:
    """`number` half-even at `scale` places; raises InvalidValue when it has more digits than are kept exactly."""
    if number.adjusted() >= DIGITS - scale and number:
        raise _too_many_digits(scale)
    result = rounded(number, scale) if number.adjusted() >= -scale - 2 else rounded(Decimal(0), scale)
    if abs(result) >= Decimal(10) ** (DIGITS - scale):
        raise _too_many_digits(scale)
    return result


def refuse_outside(number: Decimal, low: Any, high: Any) -> None:
    """Raises InvalidValue below `low` or above `high`; None leaves that side open."""
    if low is not None and number < Decimal(str(low)):
        raise InvalidValue("below_minimum", say("This must be at least {low}.", "不能小于 {low}。", low=low))
    if high is not None and number > Decimal(str(high)):
        raise InvalidValue("above_maximum", say("This must be at most {high}.", "不能大于 {high}。", high=high))


def limits_problem(options: dict[str, Any]) -> tuple[Text, ...]:
    """The finding that `min` is above `max`, if it is."""
    low, high = options.get("min"), options.get("max")
    if low is None or high is None or Decimal(str(low)) <= Decimal(str(high)):
        return ()
    return (say("“min” is greater than “max”.", "“min”大于“max”。"),)


def show_number(number: Decimal | int, scale: int, display: Display) -> str:
    """With the grouping and decimal mark of the language, always with `scale` places."""
    pattern = "#,##0" + ("." + "0" * scale if scale else "")
    return str(format_decimal(number, format=pattern, locale=locale_of(display.language)))


def number_schema(scale: int) -> dict[str, Any]:
    """JSON Schema of a decimal: text out, text or number in."""
    whole = DIGITS - scale
    fraction = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
    limit = 10**whole - 1
    return {
        "anyOf": [
            {"type": "string", "pattern": f"^-?[0-9]{{1,{whole}}}{fraction}$"},
            {"type": "number", "minimum": -limit, "maximum": limit},
        ],
        "examples": [str(rounded(Decimal("1200.5"), scale))],
    }


def _written(text: str) -> Decimal:
    """Digits with separators, perhaps with 万 (ten thousand) or 亿 (a hundred million) behind."""
    factor = _UNITS.get(text[-1])
    digits = text if factor is None else text[:-1].rstrip()
    if not _PLAIN.fullmatch(digits):
        raise _not_a_number()
    number = _finite(digits.translate(_SEPARATORS))
    return number if factor is None else _EXACT.multiply(number, factor)


def _finite(source: str | int | Decimal) -> Decimal:
    try:
        number = Decimal(source)
    except (InvalidOperation, ValueError):
        raise _not_a_number() from None
    if not number.is_finite():
        raise _not_a_number()
    return number


def _not_a_number() -> InvalidValue:
    return InvalidValue(
        "not_a_number",
        say("This must be a number.", "这里必须是数字。"),
        say("Write it like 1234.50 or 1,234.50.", "请写成 1234.50 或 1,234.50。"),
    )


def _too_many_digits(scale: int) -> InvalidValue:
    return InvalidValue(
        "too_many_digits",
        say(
            "The number is too large: at most {whole} digits before the decimal point are kept exactly.",
            "数字过大：小数点前最多精确保存 {whole} 位。",
            whole=DIGITS - scale,
        ),
    )
