"""In charge of how entities look to the expression language: which names a record has, and their types.

Shapes read a mapping of entities and nothing else, so the compiler can use them while expressions are
still missing from the fields.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from tenon.expressions import NUMBER, TEXT, RecordShape, Scope, Type, choice_of, list_of, record_of
from tenon.fields import FieldType

STAGE_FACETS: Mapping[str, Type] = {
    "stage.probability": NUMBER,
    "stage.kind": choice_of(("open", "won", "lost", "done")),
    "stage.label": TEXT,
}
"""What is known of the stage a record is in, by dotted name."""


class _Field(Protocol):
    @property
    def type(self) -> FieldType: ...


class _Relationship(Protocol):
    @property
    def entity(self) -> str: ...


class Described(Protocol):
    """As much of an entity as its shape needs; an `Entity`, or one that is still being compiled."""

    @property
    def hierarchy(self) -> str | None: ...
    @property
    def fields(self) -> Mapping[str, _Field]: ...
    @property
    def relationships(self) -> Mapping[str, _Relationship]: ...


class EntityShape:
    """A record of one entity: its fields and its relationships."""

    def __init__(self, entities: Mapping[str, Described], name: str) -> None:
        self._entities = entities
        self.name = name

    @property
    def hierarchy(self) -> str | None:
        return self._entities[self.name].hierarchy

    def attribute(self, name: str) -> Type | None:
        entity = self._entities[self.name]
        field = entity.fields.get(name)
        if field is not None:
            target = self.name if field.type.key == "id" else field.type.target
            if target is not None and target in self._entities:
                return record_of(EntityShape(self._entities, target))
            if field.type.members in self._entities:
                return list_of(record_of(EntityShape(self._entities, str(field.type.members))))
            return field.type.expression_type()
        relationship = entity.relationships.get(name)
        if relationship is not None and relationship.entity in self._entities:
            return list_of(record_of(EntityShape(self._entities, relationship.entity)))
        whole, dot, part = name.partition(".")
        if dot and whole in entity.fields and entity.fields[whole].type.part_types:
            return entity.fields[whole].type.part_types.get(part)
        return STAGE_FACETS.get(name) if "stage" in entity.fields else None

    def attributes(self) -> Iterable[str]:
        entity = self._entities[self.name]
        facets = STAGE_FACETS if "stage" in entity.fields else ()
        parts = (f"{name}.{part}" for name, field in entity.fields.items() for part in field.type.part_types)
        return [*entity.fields, *entity.relationships, *facets, *parts]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EntityShape) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class UserShape:
    """The actor in expressions: exactly what `tenon.actors.Actor` carries, so it never needs a query."""

    name = "user"
    hierarchy = None

    def __init__(self, entities: Mapping[str, Described]) -> None:
        self._entities = entities

    def attribute(self, name: str) -> Type | None:
        if name == "name":
            return TEXT
        if name == "roles":
            return list_of(TEXT)
        target = {"id": "user", "department": "department", "region": "region", "manager": "user"}.get(name)
        if target is not None and target in self._entities:
            return record_of(EntityShape(self._entities, target))
        return None

    def attributes(self) -> Iterable[str]:
        return ["id", "name", "department", "region", "roles", "manager"]


class DataShape:
    """Named values that are no record of an entity: what a trigger tells, the results of earlier steps."""

    hierarchy = None

    def __init__(self, name: str, values: Mapping[str, Type]) -> None:
        self.name = name
        self._values = values

    def attribute(self, name: str) -> Type | None:
        return self._values.get(name)

    def attributes(self) -> Iterable[str]:
        return list(self._values)


def scope_of(
    entities: Mapping[str, Described], entity: str, *, has_old: bool = False, needs_sql: bool = False
) -> Scope:
    """The names an expression about a record of `entity` may use.

    `has_old` adds old values and `changed`; `needs_sql` refuses functions without a form in SQL.
    """
    record: RecordShape = EntityShape(entities, entity)
    trees = {name: EntityShape(entities, name) for name, described in entities.items() if described.hierarchy}
    return Scope(record=record, user=UserShape(entities), has_old=has_old, needs_sql=needs_sql, entities=trees)
