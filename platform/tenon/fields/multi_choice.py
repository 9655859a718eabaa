"""In charge of several options out of a declared set."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from tenon.expressions import Type, list_of
from tenon.fields.base import FIELD_TYPES, Display, InvalidValue, StoredColumn
from tenon.fields.choice import ChoiceType
from tenon.fields.operators import SEVERAL
from tenon.fields.storage import Words
from tenon.texts import say

_SEPARATOR = re.compile(r"[;；,，、|\n]")
MOST = 200


def listed(raw: Any) -> list[Any]:
    """The entries of a JSON list, or of a text where they stand with “;”, “,” or “、” between them."""
    if isinstance(raw, str):
        return _SEPARATOR.split(raw)
    if isinstance(raw, list | tuple):
        if len(raw) > MOST:
            raise InvalidValue(
                "too_many", say("At most {most} entries are allowed.", "最多允许 {most} 项。", most=MOST)
            )
        return list(raw)
    raise InvalidValue("not_a_list", say("This must be a list.", "这里必须是列表。"))


@FIELD_TYPES.register("multi_choice")
class MultiChoiceField(ChoiceType):
    key = "multi_choice"
    label = say("Several choices", "多选")
    help = say("Any number of options of a list.", "从列表中选择任意多项。")
    icon = "checkbox"
    widget = "multi_choice"
    operators = SEVERAL
    sortable = False
    groupable = False

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Words()),)

    def expression_type(self) -> Type:
        return list_of(self.choice_type())

    def parse(self, raw: Any) -> list[str] | None:
        """Each key once, in the order of the option set, so that equal choices are equal values."""
        return None if raw is None else self._keys(raw, self.known_key)

    def parse_local(self, raw: Any, timezone: str) -> list[str] | None:
        return self.parse_label(raw)

    def parse_label(self, raw: Any) -> list[str] | None:
        """The keys for keys or labels."""
        return None if raw is None else self._keys(raw, self.labelled_key)

    def _keys(self, raw: Any, read: Callable[[Any], str | None]) -> list[str] | None:
        chosen = {read(entry) for entry in listed(raw)}
        return [option.key for option in self.choices if option.key in chosen] or None

    def literal(self, value: Any) -> str:
        """Of one entry: lists have no constant of their own."""
        return super().literal(value[0] if isinstance(value, list) and len(value) == 1 else value)

    def show(self, value: Any, display: Display) -> str:
        return ", ".join(self.label_of(key, display) for key in value or ())

    def openapi(self) -> dict[str, Any]:
        keys = [option.key for option in self.choices]
        return {"type": "array", "items": {"type": "string", "enum": keys}, "uniqueItems": True}

    def examples(self) -> Sequence[Any]:
        keys = [option.key for option in self.choices]
        return ([keys[0]], keys, list(reversed(keys)), ";".join(keys), [keys[0], keys[0]])

    def bad_examples(self) -> Sequence[Any]:
        return ("no such option", ["no such option"], [1], 1, True, {}, [["a"]])
