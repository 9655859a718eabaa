"""In charge of the scopes in which no single record is spoken of: measures over all records, values handed over."""

from collections.abc import Iterable, Mapping

from tenon.expressions import RecordShape, Scope, Type, list_of, record_of
from tenon.model.shapes import Described, EntityShape, UserShape

EVERYTHING = "*"
"""Name of the shape whose attributes are the entities; `Expression.about` of a measure."""


class EverythingShape:
    """The whole workspace as a record: each entity is a list of its records, so that aggregates can read them."""

    name = EVERYTHING
    hierarchy = None

    def __init__(self, entities: Mapping[str, Described], only: Iterable[str] | None = None) -> None:
        """`only`: the entities that may be named; None: all."""
        self._entities = entities
        self._names = tuple(entities if only is None else only)

    def attribute(self, name: str) -> Type | None:
        known = name in self._names and name in self._entities
        return list_of(record_of(EntityShape(self._entities, name))) if known else None

    def attributes(self) -> Iterable[str]:
        return self._names


class ValuesShape:
    """Values that are handed over, by name: the parameters of a report, what a template is given."""

    hierarchy = None

    def __init__(self, name: str, values: Mapping[str, Type]) -> None:
        self.name = name
        self._values = values

    def attribute(self, name: str) -> Type | None:
        return self._values.get(name)

    def attributes(self) -> Iterable[str]:
        return self._values


class WithValues:
    """A record, or none, with some values beside its own names: the page number in the footer of a document."""

    def __init__(self, record: RecordShape | None, values: Mapping[str, Type]) -> None:
        self._record = record
        self._values = values
        self.name = "" if record is None else record.name
        self.hierarchy = None if record is None else record.hierarchy

    def attribute(self, name: str) -> Type | None:
        return self._values.get(name) or (None if self._record is None else self._record.attribute(name))

    def attributes(self) -> Iterable[str]:
        return [*self._values, *(() if self._record is None else self._record.attributes())]


def reader_scope(entities: Mapping[str, Described]) -> Scope:
    """Only the reader and the trees of the workspace can be named."""
    return Scope(record=None, user=UserShape(entities), entities=_trees(entities))


def measure_scope(
    entities: Mapping[str, Described],
    only: Iterable[str] | None = None,
    roots: Mapping[str, RecordShape] | None = None,
) -> Scope:
    """For numbers over the records of the entities in `only`; the values of `roots` are bound by the query."""
    return Scope(
        record=EverythingShape(entities, only),
        user=UserShape(entities),
        needs_sql=True,
        roots=roots or {},
        entities=_trees(entities),
        bound=frozenset(roots or ()),
    )


def _trees(entities: Mapping[str, Described]) -> dict[str, RecordShape]:
    return {name: EntityShape(entities, name) for name, described in entities.items() if described.hierarchy}
