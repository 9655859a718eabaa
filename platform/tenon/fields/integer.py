"""In charge of whole numbers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tenon.expressions import INTEGER, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.numerals import DIGITS, fitted, limits_problem, read_number, refuse_outside, show_number
from tenon.fields.operators import NUMBERS
from tenon.fields.storage import Whole, rounded
from tenon.texts import Text, say

MOST = 10**DIGITS - 1


@FIELD_TYPES.register("integer")
class IntegerField(FieldType):
    key = "integer"
    label = say("Whole number", "整数")
    help = say("A number without decimals, such as a count.", "不带小数的数字，例如数量。")
    icon = "number-123"
    widget = "integer"
    operators = NUMBERS
    option_schema: ClassVar[OptionSchema] = {
        "min": documented("Smallest value allowed.", "允许的最小值。", type="integer", minimum=-MOST, maximum=MOST),
        "max": documented("Greatest value allowed.", "允许的最大值。", type="integer", minimum=-MOST, maximum=MOST),
    }

    def problems(self) -> Sequence[Text]:
        return limits_problem(self.options)

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Whole()),)

    def expression_type(self) -> Type:
        return INTEGER

    def parse(self, raw: Any) -> int | None:
        number = None if raw is None else read_number(raw)
        if number is None:
            return None
        whole = fitted(number, 0)
        if whole != number:
            raise InvalidValue("not_whole", say("This must be a whole number.", "这里必须是整数。"))
        refuse_outside(whole, self.options.get("min"), self.options.get("max"))
        return int(whole)

    def expression_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value)

    def from_expression(self, result: Any) -> Any:
        return None if result is None else int(rounded(Decimal(result), 0))

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else show_number(value, 0, display)

    def openapi(self) -> dict[str, Any]:
        low, high = self.options.get("min"), self.options.get("max")
        return {
            "type": "integer",
            "minimum": -MOST if low is None else low,
            "maximum": MOST if high is None else high,
        }

    def examples(self) -> Sequence[Any]:
        if self.options.get("min") is not None or self.options.get("max") is not None:
            return (self.options.get("min", self.options.get("max")),)
        return (0, -7, "42", "1,234", "１２３", 3.0, "3万", MOST, -MOST)

    def bad_examples(self) -> Sequence[Any]:
        return ("x", "1.5", 1.5, True, "1e400", float("nan"), float("inf"), MOST + 1, "1,23", [1], "1_000", "١٢٣٫")
