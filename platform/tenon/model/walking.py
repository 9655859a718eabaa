"""In charge of the walk over a whole model: who names whom, found through the marks of `references` and expressions.

It knows no single kind: a dataclass of the model that is marked is walked like all others.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

from tenon.expressions import Expression
from tenon.fields import FieldType
from tenon.model.entities import Entity, Field, Pipeline, Relationship
from tenon.model.layout import Form, View
from tenon.model.reads import Subject, expression_reads, option_reads, path_reads, result_keys
from tenon.model.references import COLLECTIONS, Refers, references_of
from tenon.model.workspace import DataSet, Grant, Model, NavigationGroup, NavigationItem, Role
from tenon.texts import Text

_ASIDE = ("origin", "origins", "translations", "wordings", "was", "name", "label", "help", "message", "settings")
"""Attributes that hold no name of another thing."""
_PARTS = {"uniques": "unique", "owner_path": "owned", "region_path": "region"}
"""Attribute → step in the tree, where they differ."""
_KINDS = {
    "target_plan": "target",
    "web_form": "webform",
    "option_set": "choices",
    "choice_set": "choices",
    "data_set": "data",
    "workspace_info": "workspace",
}
_WORDS = {"default": "default", "where": "filter"} | dict.fromkeys(
    ("required_when", "visible_when", "read_only_when"), "condition"
)
"""Attribute of a field → kind of use."""
_TARGETS = {"from": "choices", "to": "entity", "entities": "entity"}
"""Option of a field type → what it names."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that uses others, by its dotted path."""

    path: str
    kind: str
    label: Text = dataclasses.field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Named:
    """`thing` names `subject` at `place`, a dotted way inside the thing."""

    subject: Subject
    thing: Thing
    kind: str
    place: str


@dataclass(frozen=True, kw_only=True)
class _At:
    """Where the walk is."""

    thing: Thing
    place: tuple[str, ...] = ()
    entity: str | None = None
    pipeline: str | None = None
    kind: str = ""

    def into(self, step: str) -> "_At":
        return replace(self, place=(*self.place, step))


def walk(model: Model) -> Iterator[Named]:
    yield from _Walk(model).all()


@lru_cache(maxsize=1000)
def _attributes(kind: Any) -> tuple[tuple[str, Refers | None], ...]:
    """Those that may hold a name, with their marks."""
    marks = references_of(kind)
    return tuple((item.name, marks.get(item.name)) for item in fields(kind) if item.name not in _ASIDE)


class _Walk:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.entities = model.entities
        self._reads: dict[int, frozenset[Subject]] = {}
        """By the identity of an expression; one scope is shared by many grants."""

    def all(self) -> Iterator[Named]:
        for attribute, _mark in _attributes(Model):
            value = getattr(self.model, attribute)
            for name, item in [("", value)] if is_dataclass(value) else _items(value):
                if is_dataclass(item):
                    yield from self._top(attribute, name, item)

    def _top(self, attribute: str, name: str, item: Any) -> Iterator[Named]:
        if isinstance(item, Entity):
            yield from self._entity(item)
            return
        part = "demo" if isinstance(item, DataSet) and item.demo else attribute
        path = f"{part}.{name}".strip(".")
        thing = _thing(path, _kind(item), item)
        at = _At(thing=thing, kind=thing.kind)
        if isinstance(item, Role):
            yield from self._role(item, at)
        elif isinstance(item, NavigationGroup):
            yield from self._navigation(item, at)
        elif isinstance(item, DataSet):
            yield from self._value(item, at)
            yield from self._rows(item, replace(at, entity=item.entity))
        else:
            yield from self._value(item, at)

    def _entity(self, entity: Entity) -> Iterator[Named]:
        path = f"entities.{entity.name}"
        own = _thing(path, "entity", entity)
        for attribute, mark in _attributes(Entity):
            value = getattr(entity, attribute)
            at = _At(thing=own, entity=entity.name, kind=own.kind)
            if mark is not None:
                yield from self._named(value, mark, entity, at.into(_PARTS.get(attribute, attribute)))
            else:
                for name, item in _items(value):
                    if is_dataclass(item) and not _is_made(item):
                        below = f"{path}.{_PARTS.get(attribute, attribute)}.{name}"
                        thing = _thing(below, _kind(item), item)
                        yield from self._own(entity, item, _At(thing=thing, entity=entity.name, kind=thing.kind))

    def _own(self, entity: Entity, item: Any, at: _At) -> Iterator[Named]:
        if isinstance(item, Field):
            yield from self._field(entity, item, at)
        elif isinstance(item, Pipeline):
            yield from self._pipeline(item, replace(at, pipeline=item.name))
        else:
            yield from self._value(item, at)

    def _field(self, entity: Entity, field: Field, at: _At) -> Iterator[Named]:
        yield from self._type(field.type, replace(at, kind=field.type.key))
        for attribute, mark in _attributes(Field):
            value = getattr(field, attribute)
            if value is None or isinstance(value, (str, bool, FieldType)):
                continue
            kind = field.type.key if attribute == "value" else _WORDS.get(attribute, at.kind)
            here = replace(at, kind=kind, place=(attribute,))
            yield from self._named(value, mark, field, here) if mark is not None else self._value(value, here)
        for value in (field.default, field.value):
            for key in result_keys(value.tree) if value is not None else ():
                yield from self._all(option_reads(entity, field, key), replace(at, kind="default", place=("default",)))

    def _type(self, kind: FieldType, at: _At) -> Iterator[Named]:
        options = kind.options
        for option, target in _TARGETS.items():
            given = options.get(option)
            for name in given if isinstance(given, (list, tuple)) else (given,):
                if isinstance(name, str):
                    yield from self._all((f"{COLLECTIONS[target]}.{name}",), at.into(option))
        if kind.target is not None and "to" not in options:
            yield from self._all((f"entities.{kind.target}",), at.into("type"))

    def _pipeline(self, pipeline: Pipeline, at: _At) -> Iterator[Named]:
        for attribute, mark in _attributes(Pipeline):
            value = getattr(pipeline, attribute)
            if mark is not None:
                yield from self._named(value, mark, pipeline, at.into(attribute))
            elif attribute != "stages":
                yield from self._value(value, at.into(attribute))
        for name, stage in pipeline.stages.items():
            thing = _thing(f"{at.thing.path}.stages.{name}", "stage", stage)
            yield from self._value(stage, replace(at, thing=thing, kind="stage"))

    def _role(self, role: Role, at: _At) -> Iterator[Named]:
        """Grants stand where they are written: in the role's file, in the entity's, or once for every entity."""
        for attribute, mark in _attributes(Role):
            value = getattr(role, attribute)
            if mark is not None:
                yield from self._named(value, mark, role, at.into(attribute))
            elif attribute != "grants":
                yield from self._value(value, at.into(attribute))
        for grant in role.grants.values():
            yield from self._grant(role, grant, at)

    def _grant(self, role: Role, grant: Grant, at: _At) -> Iterator[Named]:
        spread = grant.written.endswith(".*")
        here = replace(at, entity=grant.entity, place=("grants", "*" if spread else grant.entity))
        if grant.written.startswith("entities."):
            here = replace(here, thing=_thing(grant.written, "role", role), place=())
            yield from self._all((f"roles.{role.name}",), here)
        if not spread:
            yield from self._all((f"entities.{grant.entity}",), here)
        for operation, permit in grant.operations.items():
            yield from self._value(permit, here.into(operation))
        for name, field in grant.fields.items():
            below = here.into("fields").into(name)
            if not spread:
                yield from self._all((f"entities.{grant.entity}.fields.{name}",), below)
            yield from self._value(field, below)

    def _navigation(self, group: NavigationGroup, at: _At) -> Iterator[Named]:
        for name, item in group.items.items():
            yield from self._value(item, replace(at, place=("items", name), entity=item.entity))

    def _rows(self, data: DataSet, at: _At) -> Iterator[Named]:
        """Each column once, and each key of a choice once."""
        entity = self.entities.get(data.entity)
        columns: dict[str, set[object]] = {}
        for row in data.rows:
            for name, value in row.items():
                columns.setdefault(name, set()).update(value if isinstance(value, list) else (value,))
        for name, values in columns.items():
            here = at.into(name)
            yield from self._all(path_reads(self.entities, data.entity, (name,)), here)
            field = entity.fields.get(name) if entity is not None else None
            if entity is not None and field is not None and field.type.settings.options:
                for value in values:
                    yield from self._all(option_reads(entity, field, value), here)

    def _value(self, value: Any, at: _At) -> Iterator[Named]:
        """Whatever is found below `value`."""
        if value is None or isinstance(value, (str, int, float, Text, FieldType)):
            return
        if isinstance(value, Expression):
            yield from self._all(self._read(value), at)
        elif is_dataclass(value):
            yield from self._dataclass(value, at)
        else:
            for name, item in _items(value):
                yield from self._value(item, at.into(name))

    def _dataclass(self, value: Any, at: _At) -> Iterator[Named]:
        attributes = _attributes(value.__class__)
        about = next((name for name, mark in attributes if mark is not None and mark.about), None)
        here = at if about is None else replace(at, entity=getattr(value, about))
        for attribute, mark in attributes:
            item = getattr(value, attribute)
            if mark is not None:
                yield from self._named(item, mark, value, here.into(attribute))
            if mark is None or isinstance(item, Mapping):
                yield from self._value(item, here.into(attribute))

    def _read(self, expression: Expression) -> frozenset[Subject]:
        known = self._reads.get(id(expression))
        if known is None:
            known = self._reads[id(expression)] = frozenset(expression_reads(self.entities, expression))
        return known

    def _named(self, value: Any, mark: Refers, holder: Any, at: _At) -> Iterator[Named]:
        entity = (getattr(holder, mark.of) if mark.of else None) or at.entity
        here = replace(at, kind=mark.how) if mark.how else at
        placed = getattr(holder, "placed", ())
        for text in _paths(value) if mark.target == "path" else _texts(value):
            if text in placed:
                continue  # nobody asked for it there
            yield from self._all(self._subjects(mark.target, text, entity, at.pipeline), here)

    def _subjects(self, target: str, text: str, entity: str | None, pipeline: str | None) -> Iterator[Subject]:
        described = self.entities.get(str(entity))
        if target in COLLECTIONS:
            yield f"{COLLECTIONS[target]}.{text}"
        elif target in ("path", "dotted", "field"):
            yield from path_reads(self.entities, entity, text.lstrip("-").split("."))
        elif target == "stage" and described is not None:
            for name, owner in described.pipelines.items():
                if text in owner.stages and pipeline in (None, name):
                    yield f"entities.{entity}.pipelines.{name}.stages.{text}"
        elif described is not None:
            part = {"relationship": "relationships"}.get(target, f"{target}s")
            yield f"entities.{entity}.{part}.{text}"

    def _all(self, subjects: Any, at: _At) -> Iterator[Named]:
        place = ".".join(at.place)
        for subject in subjects:
            yield Named(subject=subject, thing=at.thing, kind=at.kind, place=place)


def _thing(path: str, kind: str, item: Any) -> Thing:
    label = getattr(item, "label", None) or getattr(item, "message", None)
    return Thing(path=path, kind=kind, label=label if isinstance(label, Text) else Text.of(path.rpartition(".")[2]))


@lru_cache(maxsize=1000)
def _kind_of(kind: Any) -> str:
    """The class's name in small letters: "rule", "approval"."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).strip("_")
    return _KINDS.get(name, name)


def _kind(item: Any) -> str:
    return "navigation" if isinstance(item, (NavigationGroup, NavigationItem)) else _kind_of(item.__class__)


def _is_made(item: Any) -> bool:
    """Whether the compiler made it by itself: it follows whatever changes."""
    if isinstance(item, Field):
        return item.system
    return isinstance(item, (View, Form, Relationship)) and item.implied


def _items(value: Any) -> Iterator[tuple[str, Any]]:
    """What a collection holds, by name or number; nothing of anything else."""
    if isinstance(value, Mapping):
        yield from ((str(name), item) for name, item in value.items())
    elif isinstance(value, (tuple, list)):
        yield from ((str(getattr(item, "name", place)), item) for place, item in enumerate(value))


def _texts(value: Any) -> Iterator[str]:
    """The names in a marked value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, tuple, list, set, frozenset)):
        for item in value:
            yield from _texts(item)


def _paths(value: Any) -> Iterator[str]:
    """As dotted texts: a tuple of steps is one path, a tuple of such tuples are many."""
    if isinstance(value, tuple) and value and all(isinstance(step, str) for step in value):
        yield ".".join(value)
    elif isinstance(value, tuple):
        for item in value:
            yield from _paths(item)
