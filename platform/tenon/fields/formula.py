"""In charge of values computed from the record itself."""

from typing import ClassVar

from tenon.fields.base import FIELD_TYPES, FieldType, OptionSchema, documented
from tenon.fields.computed import MOST_PLACES, ComputedType
from tenon.texts import say

RESULTS = ("text", "integer", "decimal", "money", "percent", "boolean", "date", "datetime", "duration")


@FIELD_TYPES.register("formula")
class FormulaField(ComputedType):
    key = "formula"
    label = say("Formula", "公式")
    help = say("Computed from other fields of the record.", "由本记录的其他字段计算得出。")
    icon = "math-function"
    option_schema: ClassVar[OptionSchema] = {
        "of": documented("Type of the result.", "结果的类型。", enum=list(RESULTS), default="decimal"),
        "value": documented(
            "The expression, such as amount * probability / 100.",
            "表达式，例如 amount * probability / 100。",
            type="string",
            minLength=1,
            maxLength=4000,
        ),
        "scale": documented(
            "Decimal places of the result.", "结果的小数位数。", type="integer", minimum=0, maximum=MOST_PLACES
        ),
        "currency": documented(
            "Currency of a money result; otherwise the workspace's.",
            "金额结果的货币；缺省为工作区的货币。",
            type="string",
            pattern="^[A-Z]{3}$",
        ),
    }

    def declared_result(self) -> FieldType:
        result = FIELD_TYPES[self.options["of"]]
        passed = {name: value for name, value in self.options.items() if name in ("scale", "currency")}
        return result({name: value for name, value in passed.items() if name in result.option_schema}, self.settings)
