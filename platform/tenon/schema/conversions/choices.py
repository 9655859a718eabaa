"""In charge of options that become other options, and lists of them that become one or are made of one."""

from typing import Any

from tenon.fields import InvalidValue
from tenon.fields.choice import ChoiceType
from tenon.schema.conversions.base import SEVERAL, Way
from tenon.texts import say

ONE = frozenset({"choice", "stage"})
TAGS = frozenset({"tags"})
OPTIONS = ONE | {"multi_choice"}


class OptionToOption(Way):
    """By key, else by label."""

    old = new = ONE

    def value(self, value: Any) -> Any:
        return _read(self, value, value)


class OneToSeveral(Way):
    old = ONE
    new = frozenset({"multi_choice"})

    def value(self, value: Any) -> Any:
        return _read(self, [value], [value])


class SeveralToSeveral(Way):
    """Of options by key, else by label; of tags by their words."""

    old = new = SEVERAL

    def value(self, value: Any) -> Any:
        if self.turn.new.key == "tags":
            return self.turn.new.parse(_labels(self, value))
        return _read(self, value, value)


class OneToTags(Way):
    old = ONE
    new = TAGS

    def value(self, value: Any) -> Any:
        return self.turn.new.parse(_labels(self, [value]))


class SeveralToOne(Way):
    """A list of one; a longer one does not say which."""

    old = SEVERAL
    new = ONE

    def value(self, value: Any) -> Any:
        if len(value) != 1:
            message = say("There are {count} values; one would be kept.", "有 {count} 个值，只能保留一个。")
            raise InvalidValue("several", message.filled(count=len(value)))
        return _read(self, value[0], value[0])


def _read(way: Way, raw: Any, otherwise: Any) -> Any:
    """By key; where one is unknown, by the old option's label."""
    try:
        return way.turn.new.parse(raw)
    except InvalidValue:
        labels = _labels(way, otherwise if isinstance(otherwise, list) else [otherwise])
        return way.turn.new.parse_local(labels if isinstance(raw, list) else labels[0], way.turn.timezone)


def _labels(way: Way, keys: list[str]) -> list[str]:
    old = way.turn.old
    return [old.label_of(key, way.turn.display) for key in keys] if isinstance(old, ChoiceType) else keys


WAYS = (OptionToOption, OneToSeveral, SeveralToSeveral, OneToTags, SeveralToOne)
