"""In charge of the promise that a value of any type becomes one of any other, or is refused in words: never a fault."""

from typing import Any

import pytest

from samples.field_types import variation
from tenon.fields import FIELD_TYPES, FieldType, InvalidValue
from tenon.schema.conversions import Turn, Way, way_between
from tenon.texts import LANGUAGES


def is_plain(kind: FieldType) -> bool:
    """Stored, and without a need for other records."""
    return bool(kind.columns()) and kind.target is None and kind.members is None


STORED = sorted(key for key in FIELD_TYPES if is_plain(variation(key)))


@pytest.mark.parametrize("old", STORED)
def test_every_example_of_a_type_becomes_the_other_or_is_refused_in_both_languages(old: str) -> None:
    kind = variation(old)
    values = [value for raw in kind.examples() if (value := kind.parse(raw)) is not None]
    assert values
    for new in STORED:
        target = variation(new)
        way = way_between(Turn(old=kind, new=target)) if new != old else None
        if way is None:
            continue
        for value in values:
            made, refusal = tried(way, value)
            assert refusal is None or all(refusal.message.in_(language) for language in LANGUAGES), (old, new)
            if made is not None:
                stored = target.from_columns(tuple(target.to_columns(made)))
                assert stored == made, (old, new, value)


def tried(way: Way, value: Any) -> tuple[Any, InvalidValue | None]:
    try:
        return way.value(value), None
    except InvalidValue as refusal:
        return None, refusal
