"""In charge of small models for tests, made directly: `make_model(entity("account", field("code", unique=True)))`."""

import hashlib
from dataclasses import replace
from typing import Any

from tenon.fields import TypeSettings, make_type
from tenon.model import Entity, Field, Model, Names, SortKey, View, WorkspaceInfo
from tenon.texts import Text

SYSTEM = {
    "id": "id",
    "version": "integer",
    "created_at": "datetime",
    "created_by": "user",
    "changed_at": "datetime",
    "changed_by": "user",
}


def field(name: str, kind: str = "text", *, options: dict[str, Any] | None = None, **properties: Any) -> Field:
    """The entity is filled in by `entity`."""
    type_ = make_type(kind, options or {}, TypeSettings())
    return Field(name=name, entity="", type=type_, label=Text.of(name.capitalize()), **properties)


def lookup(name: str, to: str, **properties: Any) -> Field:
    return field(name, "lookup", options={"to": to}, **properties)


def sorted_view(name: str, *keys: str) -> View:
    """A table sorted by `keys`, "-" before those that descend."""
    sort = tuple(SortKey((key.removeprefix("-"),), key.startswith("-")) for key in keys)
    return View(name=name, type="table", label=Text.of(name), sort=sort)


def entity(name: str, *fields: Field, views: tuple[View, ...] = (), **properties: Any) -> Entity:
    """With the system fields every entity has."""
    system = [field(key, kind, system=True, read_only=True) for key, kind in SYSTEM.items()]
    own = {item.name: replace(item, entity=name) for item in (*system, *fields)}
    label = Text.of(name.capitalize())
    return Entity(
        name=name,
        module="test",
        label=label,
        plural=label,
        fields=Names(own),
        views=Names({view.name: view for view in views}),
        **properties,
    )


def make_model(*entities: Entity) -> Model:
    """With `user`, so that records can have an owner; the digest tells different models apart."""
    known = {"user": entity("user", field("name")), **{item.name: item for item in entities}}
    written = repr(
        [
            (
                item.name,
                item.label,
                item.uniques,
                [(f.name, f.type.key, f.type.options, f.unique) for f in item.fields.values()],
            )
            for item in known.values()
        ]
    )
    return Model(
        digest=hashlib.sha256(written.encode()).hexdigest(),
        workspace=WorkspaceInfo(name="test", label=Text.of("Test")),
        modules=Names(),
        entities=Names(known),
        choices=Names(),
        roles=Names(),
        navigation=Names(),
    )
