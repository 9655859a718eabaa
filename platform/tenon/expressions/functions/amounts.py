"""In charge of amounts in words: how contracts and invoices in Chinese write them (GB/T 15835 names the digits)."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import ClassVar

from tenon.expressions.catalogue import Example, Function, Parameter, function
from tenon.expressions.types import TEXT
from tenon.texts import say

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_WAN, _YI = 10**4, 10**8
_MOST = Decimal(10) ** 16


@function
class ChineseAmount(Function):
    """Only for words: no database says it, so it filters nothing."""

    name = "chinese_amount"
    returns = TEXT
    has_sql = False
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter(name="amount", kinds=("number",)),)
    help = say(
        "An amount of yuan in Chinese capitals, as contracts write it; null from ten million billions on.",
        "人民币大写金额；达到一亿亿时为空。",
    )
    examples = (
        Example(text="chinese_amount(10200.5)", shows="壹万零贰佰圆伍角整"),
        Example(text="chinese_amount(1000000008.04)", shows="壹拾亿零捌圆零肆分"),
        Example(text="chinese_amount(0)", shows="零圆整"),
        Example(text="chinese_amount(-0.25)", shows="负贰角伍分"),
        Example(text="chinese_amount(1000000000000)", shows="壹万亿圆整"),
    )

    def python(self, amount: Decimal) -> str | None:
        if abs(amount) >= _MOST:
            return None
        cents = int(abs(amount).quantize(Decimal("0.01"), ROUND_HALF_EVEN) * 100)
        if cents == 0:
            return "零圆整"
        yuan, rest = divmod(cents, 100)
        jiao, fen = divmod(rest, 10)
        words = f"{_whole(yuan)}圆" if yuan else ""
        if jiao:
            words += f"{_DIGITS[jiao]}角"
        elif fen and yuan:
            words += "零"
        words += f"{_DIGITS[fen]}分" if fen else "整"
        return f"负{words}" if amount < 0 else words


def _whole(number: int) -> str:
    for size, unit in ((_YI, "亿"), (_WAN, "万")):
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return f"{_whole(high)}{unit}{gap}{_whole(low) if low else ''}"
    return _group(number)


def _group(number: int) -> str:
    """Up to four digits; zeros between others are said once."""
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
        gap = digit == 0
    return words
