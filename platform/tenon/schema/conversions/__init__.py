"""In charge of values on their way from one field type to another: one class per direction, tried in order.

A way takes a value of the old type and gives one of the new type, or raises InvalidValue in words people understand.
"""

from tenon.schema.conversions import choices, dates, links, numbers, texts, truths
from tenon.schema.conversions.base import Certain, Titles, Turn, Way

__all__ = ["Certain", "Titles", "Turn", "Way", "way_between"]

_WAYS: tuple[type[Way], ...] = (
    *links.WAYS,
    *choices.WAYS,
    *truths.WAYS,
    *numbers.WAYS,
    *dates.WAYS,
    *texts.WAYS,
)
"""The first that serves both types is taken; texts come last, because nearly everything can be written down."""


def way_between(turn: Turn) -> Way | None:
    """None when no value of the one type means anything as the other."""
    return next((way(turn) for way in _WAYS if way.serves(turn)), None)
