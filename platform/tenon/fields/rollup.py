"""In charge of values computed from child records."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, OptionSchema, documented
from tenon.fields.computed import ComputedType
from tenon.texts import say


@FIELD_TYPES.register("rollup")
class RollupField(ComputedType):
    """The type of the result follows from the expression; the compiler gives it."""

    key = "rollup"
    label = say("Roll-up", "汇总")
    help = say("Computed from the records below this one, such as their sum.", "由下级记录计算得出，例如合计。")
    icon = "sum"
    option_schema: ClassVar[OptionSchema] = {
        "of": documented(
            "The expression, such as sum(lines.amount) or count(lines).",
            "表达式，例如 sum(lines.amount) 或 count(lines)。",
            type="string",
            minLength=1,
            maxLength=4000,
        )
    }
