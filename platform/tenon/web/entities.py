"""In charge of finding what an address names: an entity and the fields of it that a reader may meet."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenon.access import Access
from tenon.errors import BadRequest, NotFound, UnknownName
from tenon.expressions import Path
from tenon.fields import FieldType
from tenon.http import Asking
from tenon.model import Entity, Field, Operation
from tenon.texts import Text, say

SYSTEM_SHOWN = ("created_at", "created_by", "changed_at", "changed_by")
"""System fields worth a column or a filter."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A field at the end of a path through look-ups, which this reader may read."""

    path: Path
    field: Field
    label: Text

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def type(self) -> FieldType:
        return self.field.type


def entity_of(known: Asking, name: str, operation: Operation = "read") -> Entity:
    """Raises NotFound for an entity he may not meet, Forbidden for one he meets but may not do this with."""
    try:
        known.access.require(name, operation)
    except UnknownName as refusal:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"), hint=refusal.hint) from None
    return known.model.entities[name]


def place_of(access: Access, entity: str, name: str) -> Place | None:
    """None when a step of the path is not there for this reader. What was kept under names of the past is found."""
    at: str | None = entity
    fields: list[Field] = []
    for step in name.split("."):
        today = None if at is None else access.present_field(at, step)
        if at is None or today is None:
            return None
        fields.append(access.model.entities[at].fields[today])
        at = fields[-1].target
    path, labels = tuple(field.name for field in fields), [field.label for field in fields]
    return Place(path=path, field=fields[-1], label=_joined(labels))


def places_of(access: Access, entity: str) -> list[Place]:
    """The readable fields of an entity itself, in its order; of the engine's own only those people care about."""
    found = (place_of(access, entity, name) for name in access.readable_fields(entity))
    return [place for place in found if place is not None and _shown(place.field)]


def places_beyond(access: Access, entity: str) -> Iterator[tuple[Place, list[Place]]]:
    """One level through each readable look-up: the look-up, and what lies behind it."""
    for place in places_of(access, entity):
        target = place.field.target
        if target is None or not access.can(target, "read"):
            continue
        behind = [place_of(access, entity, f"{place.name}.{inner.name}") for inner in places_of(access, target)]
        yield place, [found for found in behind if found is not None]


def understands(known: Asking, entity: str, text: str) -> bool:
    """Whether every name in an expression of the metadata exists for this reader."""
    try:
        known.reader.understanding.expression(known.access.shape, entity, text)
    except BadRequest:
        return False
    return True


def _shown(field: Field) -> bool:
    return not field.system or field.name in (*SYSTEM_SHOWN, "stage_since", "pipeline")


def _joined(labels: list[Text]) -> Text:
    if len(labels) == 1:
        return labels[0]
    languages = dict.fromkeys(language for label in labels for language in label.languages())
    return Text({language: " › ".join(label.in_(language) for label in labels) for language in languages})
