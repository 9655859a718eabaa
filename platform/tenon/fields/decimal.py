"""In charge of exact numbers with decimals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tenon.expressions import Type, number_of
from tenon.fields.base import FIELD_TYPES, Display, FieldType, OptionSchema, StoredColumn, documented
from tenon.fields.numerals import fitted, limits_problem, number_schema, read_number, refuse_outside, show_number
from tenon.fields.operators import NUMBERS
from tenon.fields.storage import Exact, rounded
from tenon.texts import Text, say


class DecimalType(FieldType):
    """What numbers with a fixed `scale` share."""

    operators = NUMBERS

    @property
    def scale(self) -> int:
        return int(self.options["scale"])

    def problems(self) -> Sequence[Text]:
        return limits_problem(self.options)

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Exact(self.scale)),)

    def expression_type(self) -> Type:
        return number_of(self.scale)

    def parse(self, raw: Any) -> Decimal | None:
        number = None if raw is None else read_number(raw)
        if number is None:
            return None
        value = fitted(number, self.scale)
        refuse_outside(value, self.options.get("min"), self.options.get("max"))
        return value

    def to_json(self, value: Any) -> Any:
        return None if value is None else f"{value:f}"

    def from_expression(self, result: Any) -> Any:
        return None if result is None else rounded(Decimal(result), self.scale)

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else show_number(value, self.scale, display)

    def openapi(self) -> dict[str, Any]:
        return number_schema(self.scale)

    def examples(self) -> Sequence[Any]:
        if self.options.get("min") is not None or self.options.get("max") is not None:
            return (self.options.get("min", self.options.get("max")),)
        return (0, "1,234.5", "-0.10", 2.675, "１２．５", "1e3", "1.5万", "−7")

    def bad_examples(self) -> Sequence[Any]:
        return ("x", True, "1,23.4", "1.2.3", "1e99", "NaN", float("nan"), float("-inf"), 10**15, [1], "1.234,50")


@FIELD_TYPES.register("decimal")
class DecimalField(DecimalType):
    key = "decimal"
    label = say("Decimal number", "小数")
    help = say("An exact number with decimals, such as a quantity.", "带小数的精确数字，例如数量。")
    icon = "decimal"
    widget = "decimal"
    option_schema: ClassVar[OptionSchema] = {
        "scale": documented(
            "Decimal places kept.", "保留的小数位数。", type="integer", minimum=0, maximum=9, default=2
        ),
        "min": documented("Smallest value allowed.", "允许的最小值。", type="number"),
        "max": documented("Greatest value allowed.", "允许的最大值。", type="number"),
        "unit": documented("Unit shown behind the number.", "显示在数字后面的单位。", type=["string", "object"]),
    }

    def show(self, value: Any, display: Display) -> str:
        shown = super().show(value, display)
        unit = self.options.get("unit")
        return f"{shown} {Text.of(unit).in_(display.language)}" if shown and unit else shown
