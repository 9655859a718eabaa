"""In charge of the types of the expression language, and of how they fit together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal[
    "text", "number", "boolean", "date", "datetime", "duration", "choice", "list", "record", "opaque", "null"
]


class RecordShape(Protocol):
    """An entity as expressions see it."""

    @property
    def name(self) -> str:
        """The entity's name."""
        ...

    @property
    def hierarchy(self) -> str | None:
        """The look-up field that names the parent in the entity's own tree; None when it is no tree."""
        ...

    def attribute(self, name: str) -> "Type | None":
        """A field's type; `record_of` for a look-up, `list_of(record_of(...))` for child records; None: unknown."""
        ...

    def attributes(self) -> Iterable[str]:
        """All names `attribute` knows, for suggestions."""
        ...


@dataclass(frozen=True, order=True)
class Former:
    """A name of the past that still answers: `name` of entity, or key of field, `of` is called `present` today."""

    of: str
    name: str
    present: str


@dataclass(frozen=True)
class Type:
    """`scale` is the most decimal places a number can have, None when unknown; `choices` the allowed keys.

    `former` are keys of the past that callers may still use; what is compared are the keys of today.
    """

    kind: Kind
    item: "Type | None" = None
    record: RecordShape | None = None
    scale: int | None = None
    choices: tuple[str, ...] | None = None
    former: tuple[Former, ...] = ()

    def __str__(self) -> str:
        if self.kind == "list":
            return f"list of {self.item}"
        if self.kind == "record" and self.record is not None:
            return self.record.name
        return self.kind


TEXT = Type("text")
NUMBER = Type("number")
BOOLEAN = Type("boolean")
DATE = Type("date")
DATETIME = Type("datetime")
DURATION = Type("duration")
OPAQUE = Type("opaque")
"""A value of which can only be asked whether it is there (`is_blank`): a secret, a drawing, a document."""
NULL = Type("null")
INTEGER = Type("number", scale=0)


def number_of(scale: int | None) -> Type:
    return Type("number", scale=scale)


def choice_of(keys: Iterable[str] | None) -> Type:
    """None: the keys are not known, any is accepted."""
    return Type("choice", choices=None if keys is None else tuple(keys))


def list_of(item: Type) -> Type:
    return Type("list", item=item)


def record_of(shape: RecordShape) -> Type:
    return Type("record", record=shape)


def is_child_list(kind: Type) -> bool:
    """Whether this is a relationship to child records, which only aggregates can read."""
    return kind.kind == "list" and kind.item is not None and kind.item.kind == "record"


def common(left: Type, right: Type) -> Type | None:
    """The type that holds values of both, or None when there is none."""
    if left.kind == "null" or right.kind == "null":
        return right if left.kind == "null" else left
    if left.kind == right.kind:
        return _same_kind(left, right)
    if {left.kind, right.kind} == {"text", "choice"}:
        return TEXT
    return None


def _same_kind(left: Type, right: Type) -> Type | None:
    if left.kind == "number":
        known = left.scale is not None and right.scale is not None
        return number_of(max(left.scale or 0, right.scale or 0) if known else None)
    if left.kind == "choice":
        return left if left.choices == right.choices else choice_of(None)
    if left.kind == "record":
        return left if _entity(left) == _entity(right) else None
    if left.kind == "list" and left.item is not None and right.item is not None:
        item = common(left.item, right.item)
        return None if item is None else list_of(item)
    return left


def _entity(kind: Type) -> str:
    return "" if kind.record is None else kind.record.name
