"""In charge of text of several lines."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, OptionSchema, StoredColumn, documented
from tenon.fields.operators import PROSE
from tenon.fields.storage import LongText
from tenon.fields.wording import PLAIN_TEXT, clean
from tenon.texts import say


@FIELD_TYPES.register("long_text")
class LongTextField(FieldType):
    key = "long_text"
    label = say("Long text", "长文本")
    help = say("Text of several lines, such as a description.", "多行文本，例如描述。")
    icon = "align-left"
    widget = "long_text"
    operators = PROSE
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "max": documented(
            "Most characters allowed.",
            "最多允许的字符数。",
            type="integer",
            minimum=1,
            maximum=1_000_000,
            default=20_000,
        ),
        "rows": documented(
            "Lines the box shows at first.", "输入框初始显示的行数。", type="integer", minimum=2, maximum=40, default=4
        ),
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=LongText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        return None if raw is None else clean(raw, most=self.options["max"], lines=True)

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.options["max"], "pattern": PLAIN_TEXT}

    def examples(self) -> Sequence[Any]:
        full = ("x" * self.options["max"],)
        return full if self.options["max"] < 20 else ("One\r\ntwo\n\n三", "\tindented\nmore ", *full)

    def bad_examples(self) -> Sequence[Any]:
        return ("a\x00b", "x" * (self.options["max"] + 1), 5, ["a"], "\ud800")
