"""In charge of what every way from one type to another shares: the two types, and the workspace's habits."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import orjson
import sqlalchemy as sa

from tenon.database import Connection, DialectName
from tenon.fields import Display, FieldType
from tenon.fields.choice import ChoiceType

NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
SEVERAL = frozenset({"multi_choice", "tags"})
APART = frozenset({"file", "image", "signature", "encrypted", "id", "json"})
"""Types whose values mean nothing elsewhere, or must not be written down in clear."""


@dataclass(frozen=True, kw_only=True)
class Titles:
    """Where the titles of the records are that a look-up points to; `type` is the title field's."""

    table: str
    identity: str
    column: str
    type: FieldType
    deleted: str


@dataclass(frozen=True, kw_only=True)
class Turn:
    """From `old` to `new`, with the workspace's language and time zone. `rounding`: decimal places may be lost."""

    old: FieldType
    new: FieldType
    rounding: bool = False
    language: str = "en"
    timezone: str = "UTC"
    old_titles: Titles | None = None
    new_titles: Titles | None = None

    @property
    def display(self) -> Display:
        return Display(language=self.language, timezone=self.timezone)

    def written(self, value: Any) -> str:
        """A value of the old type as text that people read and the new type may understand."""
        if isinstance(self.old, ChoiceType) or self.old.key == "rich_text":
            return self.old.show(value, self.display)
        if self.old.key == "tags":
            return "; ".join(value)
        if self.old.key == "money":
            return f"{value.amount:f} {value.currency}"
        found = self.old.to_json(value)
        if isinstance(found, bool):
            return "true" if found else "false"
        if isinstance(found, str | int):
            return str(found)
        return self.old.show(value, self.display) or orjson.dumps(found).decode()


class Certain(NamedTuple):
    """Values of which the database itself can tell that they convert, and perhaps to what.

    All others are looked at one by one: `condition` may miss values that convert, but holds for none that does not.
    """

    condition: sa.ColumnElement[bool]
    value: sa.ColumnElement[Any] | None = None


class Way(ABC):
    """One direction. `gather` is called with the values of each batch before `value` is asked for them one by one."""

    old: ClassVar[frozenset[str]] = frozenset()
    new: ClassVar[frozenset[str]] = frozenset()
    """Keys of the types it goes between."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    @classmethod
    def serves(cls, turn: Turn) -> bool:
        return turn.old.key in cls.old and turn.new.key in cls.new

    def gather(self, connection: Connection, values: Sequence[Any]) -> None:  # noqa: B027 - most need nothing
        """Read what the values of a batch need."""

    def certain(self, column: sa.ColumnElement[Any], dialect: DialectName) -> Certain | None:
        """For values in one column; None when every value has to be looked at."""
        return None

    @abstractmethod
    def value(self, value: Any) -> Any:
        """The value as the new type has it. Raises InvalidValue."""
