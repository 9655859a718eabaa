"""In charge of the values that say when a record is there already."""

from dataclasses import dataclass
from typing import Annotated, Literal

from tenon.expressions import Expression
from tenon.locations import Location
from tenon.model.references import Refers, Unnamed
from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class Match:
    """`field` here equals `other` there; `normal`: case, width, spaces, punctuation, company endings do not count."""

    field: Annotated[str, Refers("field")]
    other: Annotated[str, Unnamed("a field of the entity compared with")]
    normal: bool = False


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """A record of `against` for which every match holds. `merge_suggest` saves, and offers to merge."""

    name: str
    against: Annotated[str, Refers("entity")]
    match: tuple[Match, ...]
    action: Literal["warn", "refuse", "merge_suggest"]
    when: Expression | None = None
    message: Text
    origin: Location | None = None
