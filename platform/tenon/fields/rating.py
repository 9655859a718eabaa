"""In charge of ratings: so many stars out of a few."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from tenon.expressions import INTEGER, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.numerals import read_number
from tenon.fields.operators import NUMBERS
from tenon.fields.storage import Whole, rounded
from tenon.texts import say

FULL, EMPTY = "★", "☆"


@FIELD_TYPES.register("rating")
class RatingField(FieldType):
    key = "rating"
    label = say("Rating", "评分")
    help = say("So many stars, from 1 to a greatest number.", "若干颗星，从 1 到最高分。")
    icon = "star"
    widget = "rating"
    operators = NUMBERS
    option_schema: ClassVar[OptionSchema] = {
        "max": documented("Most stars.", "最多几颗星。", type="integer", minimum=2, maximum=10, default=5)
    }

    @property
    def most(self) -> int:
        return int(self.options["max"])

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Whole()),)

    def expression_type(self) -> Type:
        return INTEGER

    def parse(self, raw: Any) -> int | None:
        if isinstance(raw, str) and raw.strip() and not raw.strip().strip(FULL + EMPTY):
            raw = raw.count(FULL)
        number = None if raw is None else read_number(raw)
        if number is None:
            return None
        if number not in range(1, self.most + 1):
            raise InvalidValue(
                "not_a_rating",
                say("This must be a whole number from 1 to {most}.", "必须是 1 到 {most} 的整数。", most=self.most),
                say("Leave it empty for no rating.", "不评分请留空。"),
            )
        return int(number)

    def expression_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value)

    def from_expression(self, result: Any) -> Any:
        return None if result is None else min(max(int(rounded(Decimal(result), 0)), 1), self.most)

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else f"{FULL * value}{EMPTY * (self.most - value)}"

    def openapi(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": self.most}

    def examples(self) -> Sequence[Any]:
        return (1, self.most, "2", 2.0, "★★☆")

    def bad_examples(self) -> Sequence[Any]:
        return (0, self.most + 1, 1.5, -1, "x", True, float("nan"), [1], "☆☆")
