"""In charge of two people changing the same field: both values side by side, and which of them stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from tenon.errors import StaleVersion
from tenon.fields import AnyRecord, InvalidValue, Reference
from tenon.http import Asking
from tenon.model import Entity, Field
from tenon.web.frame import display_of

PREFIX = "keep."


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """A field with what stands there now and what this person wanted, as people read them."""

    name: str
    label: str
    theirs: str
    mine: str


def disputes_of(known: Asking, entity: Entity, refusal: StaleVersion, values: Mapping[str, Any]) -> list[Dispute]:
    names = [name for name in refusal.extra.get("fields", ()) if name in entity.fields]
    current = refusal.extra["current"]
    return [_dispute(known, entity.fields[name], current.get(name), values.get(name)) for name in names]


def kept_theirs(sent: MultiDict[str, str]) -> frozenset[str]:
    """Names of the fields in which this person leaves the other's value."""
    return frozenset(
        key.removeprefix(PREFIX) for key, value in sent.items() if key.startswith(PREFIX) and value == "theirs"
    )


def _dispute(known: Asking, field: Field, theirs: Any, mine: Any) -> Dispute:
    display = display_of(known)
    return Dispute(
        name=field.name,
        label=field.label.in_(known.language),
        theirs=field.type.show(_read(field, theirs), display),
        mine=field.type.show(_read(field, mine), display),
    )


def _read(field: Field, value: Any) -> Any:
    """The engine's value of what JSON or a form holds; a look-up keeps its title."""
    if isinstance(value, Mapping) and field.target is not None:
        return Reference(value.get("id"), value.get("title"))
    if isinstance(value, Mapping) and field.entities is not None:
        return AnyRecord(value.get("id"), value.get("entity"), value.get("title"))
    if isinstance(value, list) and field.members is not None:
        return [_named(each) for each in value]
    if isinstance(value, Reference | AnyRecord):
        return value
    try:
        return field.type.parse(value)
    except InvalidValue:
        return None


def _named(value: Any) -> Any:
    return Reference(value.get("id"), value.get("title")) if isinstance(value, Mapping) else value
