"""In charge of yes and no that become options, and options that become yes and no: by the words people use for them."""

from collections.abc import Iterator
from typing import Any

from tenon.fields import InvalidValue, Option, TypeSettings, make_type
from tenon.fields.choice import ChoiceType
from tenon.schema.conversions.base import Way
from tenon.schema.conversions.choices import ONE
from tenon.schema.conversions.numbers import BOOLEAN
from tenon.texts import say

_TRUTH = make_type("boolean", {}, TypeSettings())


class BooleanToOption(Way):
    """The one option that says yes, or no: by its key or by its label in any language."""

    old = BOOLEAN
    new = ONE

    def value(self, value: Any) -> Any:
        new = self.turn.new
        found = [option for option in new.choices if _meant(option) is value] if isinstance(new, ChoiceType) else []
        if len(found) != 1:
            message = say("No single option means {word}.", "没有唯一的选项表示“{word}”。")
            raise InvalidValue("no_such_option", message.filled(word=self.turn.old.show(value, self.turn.display)))
        return new.parse(found[0].key)


class OptionToBoolean(Way):
    old = ONE
    new = BOOLEAN

    def value(self, value: Any) -> Any:
        old = self.turn.old
        option = old.option(value) if isinstance(old, ChoiceType) else None
        meant = _read(value) if option is None else _meant(option)
        if meant is None:
            message = say("“{word}” means neither yes nor no.", "“{word}”既不表示是，也不表示否。")
            raise InvalidValue("not_a_boolean", message.filled(word=old.show(value, self.turn.display)))
        return meant


def _meant(option: Option) -> bool | None:
    """None for an option that says neither, and for one whose words do not agree."""
    said = {_read(word) for word in _words(option)} - {None}
    return said.pop() if len(said) == 1 else None


def _words(option: Option) -> Iterator[str]:
    yield option.key
    yield from (option.label.in_(language) for language in option.label.languages())


def _read(word: str) -> bool | None:
    try:
        found: bool | None = _TRUTH.parse(word)
    except InvalidValue:
        return None
    return found


WAYS = (BooleanToOption, OptionToBoolean)
