"""In charge of percentages: 45 means 45 %."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tenon.fields.base import FIELD_TYPES, Display, OptionSchema, documented
from tenon.fields.decimal import DecimalType
from tenon.fields.numerals import show_number
from tenon.fields.wording import line
from tenon.texts import say


@FIELD_TYPES.register("percent")
class PercentField(DecimalType):
    key = "percent"
    label = say("Percent", "百分比")
    help = say("A share of a hundred: 45 means 45 %.", "百分数：45 表示 45%。")
    icon = "percentage"
    widget = "percent"
    option_schema: ClassVar[OptionSchema] = {
        "scale": documented(
            "Decimal places kept.", "保留的小数位数。", type="integer", minimum=0, maximum=6, default=2
        ),
        "min": documented("Smallest percentage allowed.", "允许的最小百分比。", type="number"),
        "max": documented("Greatest percentage allowed.", "允许的最大百分比。", type="number"),
    }

    def parse(self, raw: Any) -> Decimal | None:
        if isinstance(raw, str):
            text = line(raw, most=100)
            raw = text[:-1].rstrip() or text if text.endswith(("%", "％")) else text
        return super().parse(raw)

    def show(self, value: Any, display: Display) -> str:
        """Without needless zeros: 45%, 12.5%."""
        if value is None:
            return ""
        digits = max(0, -int(value.normalize().as_tuple().exponent))
        return show_number(value, digits, display) + "%"

    def examples(self) -> Sequence[Any]:
        return super().examples() if self.options.get("min") is not None else ("45", "12.5%", 0, "100%", 33.333)
