"""In charge of amounts of money: an exact number and the currency it is in."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from babel.numbers import format_currency, list_currencies

from tenon.expressions import Type, number_of
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.locales import locale_of
from tenon.fields.numerals import fitted, limits_problem, number_schema, read_number, refuse_outside
from tenon.fields.operators import NUMBERS
from tenon.fields.storage import Exact, ShortText, rounded
from tenon.fields.wording import line
from tenon.suggestions import did_you_mean
from tenon.texts import Text, say

CURRENCIES = frozenset(list_currencies())
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "元": "CNY"}
_YUAN_OR_YEN = frozenset("¥￥")
_CODE = re.compile(r"([A-Za-z]{3})?\s*(.+?)\s*([A-Za-z]{3})?", re.DOTALL)


class Money(NamedTuple):
    """`currency` is an ISO 4217 code."""

    amount: Decimal
    currency: str


@FIELD_TYPES.register("money")
class MoneyField(FieldType):
    key = "money"
    label = say("Money", "金额")
    help = say("An exact amount in a currency.", "某种货币的精确金额。")
    icon = "coin"
    widget = "money"
    operators = NUMBERS
    option_schema: ClassVar[OptionSchema] = {
        "currency": documented(
            "Currency when none is given (ISO 4217); otherwise the workspace's.",
            "未填写时使用的货币（ISO 4217）；缺省为工作区的货币。",
            type="string",
            pattern="^[A-Z]{3}$",
        ),
        "currencies": documented(
            "Currencies people may choose; empty means every one.",
            "可选的货币；为空表示不限。",
            type="array",
            items={"type": "string", "pattern": "^[A-Z]{3}$"},
            default=[],
        ),
        "scale": documented(
            "Decimal places kept.", "保留的小数位数。", type="integer", minimum=0, maximum=6, default=2
        ),
        "min": documented("Smallest amount allowed.", "允许的最小金额。", type="number"),
        "max": documented("Greatest amount allowed.", "允许的最大金额。", type="number"),
    }

    @property
    def currency(self) -> str:
        """The currency of an amount that names none."""
        return str(self.options.get("currency") or self.settings.currency)

    @property
    def scale(self) -> int:
        return int(self.options["scale"])

    def problems(self) -> Sequence[Text]:
        named = [*self.options["currencies"], self.currency]
        unknown = [
            say("“{code}” is no ISO 4217 currency.", "“{code}”不是 ISO 4217 货币代码。", code=code)
            for code in named
            if code not in CURRENCIES
        ]
        return (*unknown, *limits_problem(self.options))

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Exact(self.scale)), StoredColumn(part="currency", type=ShortText()))

    def expression_type(self) -> Type:
        return number_of(self.scale)

    def parse(self, raw: Any) -> Money | None:
        written, code = _split(raw)
        number = None if written is None else read_number(written)
        if number is None:
            return None
        amount = fitted(number, self.scale)
        refuse_outside(amount, self.options.get("min"), self.options.get("max"))
        return Money(amount, self._currency(code))

    def _currency(self, code: Any) -> str:
        name = "" if code is None else line(code, most=20).upper()
        if name in _YUAN_OR_YEN:
            name = self.currency if self.currency in ("CNY", "JPY") else "CNY"
        name = _SIGNS.get(name, name) or self.currency
        allowed = frozenset(self.options["currencies"]) | {self.currency} if self.options["currencies"] else CURRENCIES
        if name not in allowed:
            raise InvalidValue(
                "unknown_currency",
                say("“{name}” is not a currency to be used here.", "这里不能使用货币“{name}”。", name=name),
                did_you_mean(name, allowed),
            )
        return name

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.amount, value.currency)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        """A computed amount comes without currency and is in the field's own."""
        if stored[0] is None:
            return None
        named = stored[1] if len(stored) > 1 else None
        return Money(rounded(Decimal(stored[0]), self.scale), named or self.currency)

    def stored_to_json(self, stored: Sequence[Any]) -> Any:
        """The column has rounded the amount already."""
        amount, currency = stored
        return None if amount is None else {"amount": f"{amount:f}", "currency": currency or self.currency}

    def to_json(self, value: Any) -> Any:
        return None if value is None else {"amount": f"{value.amount:f}", "currency": value.currency}

    def expression_value(self, value: Any) -> Any:
        return None if value is None else value.amount

    def from_expression(self, result: Any) -> Any:
        return None if result is None else Money(rounded(Decimal(result), self.scale), self.currency)

    def show(self, value: Any, display: Display) -> str:
        if value is None:
            return ""
        return str(format_currency(value.amount, value.currency, locale=locale_of(display.language)))

    def openapi(self) -> dict[str, Any]:
        amount = number_schema(self.scale)
        codes = sorted({*self.options["currencies"], self.currency}) if self.options["currencies"] else None
        currency: dict[str, Any] = {"type": "string", "enum": codes or sorted(CURRENCIES)}
        both = {
            "type": "object",
            "properties": {"amount": amount, "currency": currency},
            "required": ["amount"],
            "additionalProperties": False,
        }
        return {"anyOf": [both, *amount["anyOf"]], "examples": [{"amount": "1200.50", "currency": self.currency}]}

    def examples(self) -> Sequence[Any]:
        own = self.currency
        if self.options.get("min") is not None or self.options.get("max") is not None:
            return (self.options.get("min", self.options.get("max")),)
        return (0, "1,200.50", 12.5, "-3", f"{own} 8.10", {"amount": "7.25", "currency": own}, {"amount": "１２"})

    def bad_examples(self) -> Sequence[Any]:
        wrong = {"amount": 1, "currency": "XXZ"}
        return ("x", True, "1 QQQ", wrong, {"sum": 1}, {"amount": {}}, "1e99", float("nan"), [1], "1.200,50")


def _split(raw: Any) -> tuple[Any, Any]:
    """The amount and the currency as written, each None when missing."""
    if isinstance(raw, Money):
        return raw.amount, raw.currency
    if isinstance(raw, Mapping):
        if set(raw) - {"amount", "currency"}:
            raise InvalidValue(
                "not_money",
                say("An amount has the parts “amount” and “currency”.", "金额由“amount”和“currency”两部分组成。"),
            )
        return raw.get("amount"), raw.get("currency")
    if isinstance(raw, str):
        return _split_text(line(raw, most=100))
    return raw, None


def _split_text(text: str) -> tuple[str, str | None]:
    for sign in (*_SIGNS, *_YUAN_OR_YEN):
        rest = text.replace(sign, "", 1).strip()
        if (rest and text.startswith((sign, "-" + sign))) or (text.endswith(sign) and rest):
            return rest, sign
    match = _CODE.fullmatch(text)
    before, amount, after = match.groups() if match else (None, text, None)
    return (text, None) if before and after else (amount, before or after)
