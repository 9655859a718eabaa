"""In charge of free words put on a record."""

from collections.abc import Sequence
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type, list_of
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, OptionSchema, StoredColumn, documented
from tenon.fields.multi_choice import listed
from tenon.fields.operators import SEVERAL
from tenon.fields.storage import Words
from tenon.fields.wording import PLAIN_TEXT, clean
from tenon.texts import say

LONGEST = 60


@FIELD_TYPES.register("tags")
class TagsField(FieldType):
    key = "tags"
    label = say("Tags", "标签")
    help = say("Words of your own, to find records again.", "自定义的标签，便于查找。")
    icon = "tags"
    widget = "tags"
    operators = SEVERAL
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "max": documented(
            "Most tags on one record.", "每条记录最多的标签数。", type="integer", minimum=1, maximum=200, default=50
        )
    }

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Words()),)

    def expression_type(self) -> Type:
        return list_of(TEXT)

    def parse(self, raw: Any) -> list[str] | None:
        """Each tag once, in the order given; two that differ in case alone are the same tag."""
        if raw is None:
            return None
        written = (clean(entry, most=LONGEST) for entry in listed(raw))
        tags: dict[str, str] = {}
        for tag in written:
            if tag is not None:
                tags.setdefault(tag.casefold(), tag)
        if len(tags) > self.options["max"]:
            most = self.options["max"]
            raise InvalidValue(
                "too_many", say("At most {most} tags are allowed.", "最多允许 {most} 个标签。", most=most)
            )
        return list(tags.values()) or None

    def literal(self, value: Any) -> str:
        """Of one entry: lists have no constant of their own."""
        return super().literal(value[0] if isinstance(value, list) and len(value) == 1 else value)

    def show(self, value: Any, display: Display) -> str:
        return ", ".join(value or ())

    def openapi(self) -> dict[str, Any]:
        tag = {"type": "string", "maxLength": LONGEST, "pattern": PLAIN_TEXT}
        return {"type": "array", "items": tag, "maxItems": self.options["max"]}

    def examples(self) -> Sequence[Any]:
        return (["vip"], "vip;VIP", ["a, b"], [" 重点 ", ""])[: 4 if self.options["max"] > 1 else 2]

    def bad_examples(self) -> Sequence[Any]:
        return ([1], 1, True, {}, ["x" * (LONGEST + 1)], [f"t{n}" for n in range(self.options["max"] + 1)], [["a"]])
