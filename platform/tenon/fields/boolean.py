"""In charge of yes and no."""

from collections.abc import Sequence
from typing import Any

from tenon.expressions import BOOLEAN, Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, StoredColumn
from tenon.fields.operators import TRUTH
from tenon.fields.storage import Boolean
from tenon.fields.wording import line
from tenon.texts import say

_WORDS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1", "是", "真"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0", "否", "假"), False),
}
_YES = say("Yes", "是")
_NO = say("No", "否")


@FIELD_TYPES.register("boolean")
class BooleanField(FieldType):
    key = "boolean"
    label = say("Yes or no", "是否")
    help = say("A statement that is true or not.", "是或否。")
    icon = "toggle-right"
    widget = "boolean"
    operators = TRUTH

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Boolean()),)

    def expression_type(self) -> Type:
        return BOOLEAN

    def parse(self, raw: Any) -> bool | None:
        if raw is None or isinstance(raw, bool):
            return raw
        word = str(raw) if isinstance(raw, int) else line(raw, most=100).lower()
        if not word:
            return None
        if word not in _WORDS:
            raise InvalidValue(
                "not_a_boolean",
                say("This must be yes or no.", "这里必须是“是”或“否”。"),
                say("Write true or false.", "请写 true 或 false。"),
            )
        return _WORDS[word]

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else (_YES if value else _NO).in_(display.language)

    def openapi(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def examples(self) -> Sequence[Any]:
        return (True, False, "true", "No", "是", "否", 1, 0, "on")

    def bad_examples(self) -> Sequence[Any]:
        return ("maybe", 2, 1.5, [True], {})
