"""In charge of one line of text."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, OptionSchema, StoredColumn, documented
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import PLAIN_TEXT, clean
from tenon.texts import say


@FIELD_TYPES.register("text")
class TextField(FieldType):
    key = "text"
    label = say("Text", "文本")
    help = say("One line of text, such as a name or a code.", "一行文本，例如名称或编号。")
    icon = "letter-case"
    widget = "text"
    operators = WORDS
    option_schema: ClassVar[OptionSchema] = {
        "max": documented(
            "Most characters allowed.", "最多允许的字符数。", type="integer", minimum=1, maximum=4000, default=255
        )
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        return None if raw is None else clean(raw, most=self.options["max"])

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.options["max"], "pattern": PLAIN_TEXT}

    def examples(self) -> Sequence[Any]:
        full = ("x" * self.options["max"],)
        return full if self.options["max"] < 8 else ("Acme", " 华东 👍 ", "a 'b' \"c\" \\ <b>%_", *full)

    def bad_examples(self) -> Sequence[Any]:
        return ("a\x00b", "x" * (self.options["max"] + 1), 5, ["a"], True, "\ud800")
