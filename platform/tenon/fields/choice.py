"""In charge of one option out of a declared set."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tenon.expressions import Type, choice_of
from tenon.fields.base import (
    FIELD_TYPES,
    Display,
    FieldType,
    InvalidValue,
    Option,
    OptionSchema,
    StoredColumn,
    TypeSettings,
    documented,
)
from tenon.fields.operators import ONE_OF
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.suggestions import did_you_mean
from tenon.texts import say

CHOICE_OPTIONS = {
    "from": documented("Name of the option set.", "选项集的名称。", type="string", minLength=1),
    "options": documented(
        "The options, when no other field uses them: key → label, color, help, active.",
        "仅供此字段使用的选项：键 → 名称、颜色、说明、是否启用。",
        type="object",
        additionalProperties={"type": ["object", "string"]},
    ),
}


class ChoiceType(FieldType):
    """What types with an option set share. Retired options stay valid, so that old records can be saved."""

    option_schema: ClassVar[OptionSchema] = CHOICE_OPTIONS

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        super().__init__(options, settings)
        self.choices = settings.options
        self._by_key = {option.key: option for option in self.choices}
        self._by_former_key = {key: option for option in self.choices for key in option.was}

    def option(self, key: str) -> Option | None:
        return self._by_key.get(key)

    def choice_type(self) -> Type:
        return choice_of(option.key for option in self.choices)

    def former_keys(self) -> Mapping[str, str]:
        return {old: option.key for old, option in self._by_former_key.items() if old not in self._by_key}

    def known_key(self, raw: Any) -> str | None:
        """The key as declared, also for one of the past; None when blank; raises InvalidValue."""
        text = line(raw)
        if not text or self.option(text) is not None:
            return text or None
        if text in self._by_former_key:
            return self._by_former_key[text].key
        keys = [option.key for option in self.choices]
        raise InvalidValue(
            "not_a_choice",
            say("“{text}” is not one of the choices.", "“{text}”不在可选项中。", text=text[:80]),
            did_you_mean(text, keys) or say("Choose one of: {keys}.", "请选择：{keys}。", keys=", ".join(keys[:20])),
        )

    def labelled_key(self, raw: Any) -> str | None:
        """As `known_key`; the label in any language also stands for its option, regardless of case."""
        text = line(raw)
        named = [option.key for option in self.choices if text.casefold() in _names(option)]
        return named[0] if len(named) == 1 and self.option(text) is None else self.known_key(text)

    def label_of(self, key: str, display: Display) -> str:
        """The label, also for a key of the past; the bare key when the option is gone."""
        option = self.option(key) or self._by_former_key.get(key)
        return key if option is None else option.label.in_(display.language)


class OneChoiceType(ChoiceType):
    """One key, stored as it is."""

    widget = "choice"
    operators = ONE_OF

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return self.choice_type()

    def parse(self, raw: Any) -> str | None:
        return None if raw is None else self.known_key(raw)

    def parse_local(self, raw: Any, timezone: str) -> str | None:
        return self.parse_label(raw)

    def parse_label(self, raw: Any) -> str | None:
        """The key for a key or a label, as tables of other programs have it."""
        return None if raw is None else self.labelled_key(raw)

    def show(self, value: Any, display: Display) -> str:
        return "" if value is None else self.label_of(value, display)

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "enum": [option.key for option in self.choices]}

    def examples(self) -> Sequence[Any]:
        return [option.key for option in self.choices]

    def bad_examples(self) -> Sequence[Any]:
        return ("no such option", 1, True, ["a"], {}, "\x00")


@FIELD_TYPES.register("choice")
class ChoiceField(OneChoiceType):
    key = "choice"
    label = say("Choice", "单选")
    help = say("One option of a list.", "从列表中选择一项。")
    icon = "list-check"


def _names(option: Option) -> set[str]:
    return {option.label.in_(language).casefold() for language in option.label.languages()}
