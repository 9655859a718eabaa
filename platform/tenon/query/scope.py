"""In charge of which names a reader's own expressions may use: those he may read, and no others exist for him."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tenon.access import AccessShape
from tenon.expressions import (
    TEXT,
    Expression,
    Former,
    RecordShape,
    Scope,
    Type,
    compile_expression,
    is_child_list,
    list_of,
    record_of,
)
from tenon.model import EntityShape, UserShape
from tenon.query.memory import Memory


class ReadableShape:
    """A record as one reader sees it. What he may not read is neither known nor suggested."""

    def __init__(self, access: AccessShape, name: str) -> None:
        self._access = access
        self._all = EntityShape(access.model.entities, name)
        self.name = name

    @property
    def hierarchy(self) -> str | None:
        return self._all.hierarchy

    def attribute(self, name: str) -> Type | None:
        kind = self._all.attribute(name) if self._may(name) else None
        return None if kind is None else self._with_former_keys(name, readable_type(self._access, kind))

    def attributes(self) -> Iterable[str]:
        return [name for name in self._all.attributes() if self._may(name)]

    def _with_former_keys(self, name: str, kind: Type) -> Type:
        """Callers may go on with keys of the past."""
        if kind.kind == "list" and kind.item is not None:
            return kind if is_child_list(kind) else list_of(self._with_former_keys(name, kind.item))
        field = self._access.model.entities[self.name].fields.get(name) if kind.kind == "choice" else None
        if field is None:
            return kind
        keys = field.type.former_keys().items()
        return replace(kind, former=tuple(Former(f"{self.name}.{name}", old, today) for old, today in keys))

    def _may(self, name: str) -> bool:
        entity = self._access.model.entities[self.name]
        if name in entity.relationships and name not in entity.fields:
            return self._access.reads_relationship(self.name, name)
        return name.partition(".")[0] in self._access.readable_fields(self.name)

    def __eq__(self, other: object) -> bool:
        return getattr(other, "name", None) == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class ReadableUser:
    """The actor himself: his own values, and from there on what he may read."""

    name = "user"
    hierarchy = None

    def __init__(self, access: AccessShape) -> None:
        self._access = access
        self._all = UserShape(access.model.entities)

    def attribute(self, name: str) -> Type | None:
        kind = self._all.attribute(name)
        return None if kind is None else readable_type(self._access, kind)

    def attributes(self) -> Iterable[str]:
        return self._all.attributes()


class _ReadableEntities(Mapping[str, RecordShape]):
    """The entities whose records may be named by key."""

    def __init__(self, access: AccessShape) -> None:
        self._access = access

    def __getitem__(self, name: str) -> RecordShape:
        today = self._access.model.entities.present(name)
        if today is None or today not in self._access.readable_entities:
            raise KeyError(name)
        return ReadableShape(self._access, today)

    def __iter__(self) -> Iterator[str]:
        return iter(self._access.readable_entities)

    def __len__(self) -> int:
        return len(self._access.readable_entities)


def readable_type(access: AccessShape, kind: Type) -> Type:
    """A look-up to an entity he may not read is to him a value without inside, and always empty."""
    if is_child_list(kind) and kind.item is not None:
        return list_of(readable_type(access, kind.item))
    if kind.kind != "record" or kind.record is None:
        return kind
    name = kind.record.name
    return record_of(ReadableShape(access, name)) if name in access.readable_entities else TEXT


class Understanding:
    """Texts of callers, understood once for all readers of the same shape."""

    def __init__(self) -> None:
        self._known: Memory[tuple[AccessShape, str, str, Type | None], Expression] = Memory(4096)

    def expression(self, access: AccessShape, entity: str, text: str, expected: Type | None = None) -> Expression:
        """Raises ExpressionError; its hints name only what the reader may read."""
        key = (access, entity, text, expected)
        found = self._known.get(key)
        if found is None:
            found = compile_expression(text, reader_scope(access, entity), expected=expected)
            self._known.put(key, found)
        return found


def reader_scope(access: AccessShape, entity: str) -> Scope:
    """What a filter of this reader on this entity may name."""
    return Scope(
        record=ReadableShape(access, entity),
        user=ReadableUser(access),
        needs_sql=True,
        entities=_ReadableEntities(access),
        present=lambda shape, name: _present(access, shape.name, name),
    )


def _present(access: AccessShape, entity: str, name: str) -> str | None:
    """The field or relationship that was called so once, if he may read it."""
    if entity not in access.model.entities:
        return None
    return access.present_field(entity, name) or access.present_relationship(entity, name)
