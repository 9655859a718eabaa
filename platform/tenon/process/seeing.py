"""In charge of records as one reader may see them, for words that are written for people: documents, mails, previews.

Everything is read through `query`, so that a document never tells what a page would not. Records are loaded when
something of them is asked for, then together with those beside them: two hundred lines cost what two lines cost.
What the reader may not see is nothing, and is noted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TooLarge
from tenon.expressions import Context, Expression
from tenon.fields import AnyRecord, Reference
from tenon.model import Entity, Field, Relationship
from tenon.model.moves import stage_of
from tenon.process.evaluation import Ref, Scene
from tenon.process.ground import Ground
from tenon.query import MASKED, Query
from tenon.records import RecordFacts
from tenon.texts import Text, say

MOST_CHILDREN = 5000
_PAGE = 500
_PORTION = 500


class Sight:
    """What was seen by one reader in one unit. `hidden` names what was asked for and may not be seen, in order."""

    def __init__(self, ground: Ground, unit: UnitOfWork, access: Access) -> None:
        self.ground = ground
        self.unit = unit
        self.access = access
        self.hidden: dict[tuple[str, str], None] = {}
        self.facts = ground.writer.facts(unit)

    def record(self, entity: str, identity: str) -> "Seen":
        """Not loaded before something of it is asked for."""
        return self.group(self.ground.model.entities[entity]).add(identity)

    def group(self, entity: Entity) -> "Group":
        """For records that are read together."""
        return Group(self, entity)

    def view(
        self, entity: str | None, identity: str | None, roots: Mapping[str, Mapping[str, Any] | None] | None = None
    ) -> "View":
        record = None if entity is None or identity is None else self.record(entity, identity)
        return View(sight=self, record=record, roots={"record": record, **self._opened(roots or {})})

    def of_scene(self, scene: Scene) -> "View":
        """The same with this reader's eyes; values that were told to the run itself stay."""
        record = None if scene.record is None else self.record(scene.record.entity, scene.record.id)
        return View(sight=self, record=record, roots={"record": record, **self._opened(scene.roots)}, scene=scene)

    def notes(self) -> list[Text]:
        """What was left empty; a field that the reader's roles may not know of is not named."""
        found, unnamed = [], False
        for entity, name in self.hidden:
            about, field = self.ground.model.entities[entity], self.ground.model.entities[entity].fields.get(name)
            if field is None or name not in self.access.readable_fields(entity):
                unnamed = True
                continue
            found.append(
                say(
                    "{field} ({entity}) was left empty where it leads to what may not be seen.",
                    "“{field}”（{entity}）指向无权查看的内容，已留空。",
                    field=field.label,
                    entity=about.label,
                )
            )
        if unnamed:
            found.append(say("Values that may not be read were left empty.", "无权查看的内容已留空。"))
        return found

    def hide(self, entity: Entity, name: str) -> None:
        self.hidden.setdefault((entity.name, name))

    def _opened(self, roots: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Mapping[str, Any] | None]:
        return {name: None if root is None else self._root(root) for name, root in roots.items() if name != "record"}

    def _root(self, root: Mapping[str, Any]) -> Mapping[str, Any]:
        if isinstance(root, RecordFacts):
            return self.record(root.entity, root.id)
        return {
            name: self.record(value.entity, value.id) if isinstance(value, (RecordFacts, Ref)) else value
            for name, value in root.items()
        }


@dataclass(frozen=True, kw_only=True)
class View:
    """As a `Scene`, with what one reader may see."""

    sight: Sight
    record: "Seen | None" = None
    roots: Mapping[str, Mapping[str, Any] | None]
    scene: Scene | None = None

    @property
    def context(self) -> Context:
        unit, ground = self.sight.unit, self.sight.ground
        facts = self.sight.facts
        return Context(
            record=self.record if self.record is not None else {},
            today=unit.today,
            now=unit.now,
            old=self.scene.old if self.scene is not None and self.sight.access.actor.is_system else None,
            is_new=self.scene is not None and self.scene.is_new,
            user=facts.user,
            timezone=unit.actor.timezone,
            trees=facts.trees,
            people=ground.people.of(unit),
            roots=self.roots,
        )

    def value(self, expression: Expression) -> Any:
        return self.sight.facts.result(expression, self.context)

    def holds(self, condition: Expression | None) -> bool:
        return condition is None or bool(self.value(condition))

    def about(self, record: Any) -> "View":
        """Bare names mean the fields of `record`; the roots stay, `record` among them: the one outside."""
        return replace(self, record=record, roots={**self.roots, "record": self.record})

    def beside(self, **roots: Mapping[str, Any] | None) -> "View":
        return replace(self, roots={**self.roots, **roots})


class Group:
    """Records that are read together, and whose look-ups and children are read together."""

    def __init__(self, sight: Sight, entity: Entity) -> None:
        self.sight = sight
        self.entity = entity
        self.members: dict[str, Seen] = {}
        self.targets: dict[str, Group] = {}
        self.offspring: dict[str, Mapping[str, list[Seen]]] = {}
        self.readable = frozenset(sight.access.readable_fields(entity.name))

    def add(self, identity: str, values: Mapping[str, Any] | None = None) -> "Seen":
        return self.members.setdefault(identity, Seen(self, identity, values))

    def reads(self, relationship: str) -> bool:
        return self.sight.access.reads_relationship(self.entity.name, relationship)

    def load(self) -> None:
        """Whoever may not be seen has no values."""
        sight, name = self.sight, self.entity.name
        waiting = [member for member in self.members.values() if member.known is None]
        for portion in _portions([member.id for member in waiting]):
            found = {}
            if sight.access.can(name, "read"):
                found = sight.ground.reader.among(sight.unit, sight.access, name, portion, form="values")
            for identity in portion:
                self.members[identity].known = found.get(identity, {})

    def target(self, field: Field, identity: str) -> "Seen":
        """The records that a look-up of all members points at are one group."""
        group = self.targets.get(field.name)
        if group is None:
            group = self.targets[field.name] = self.sight.group(self.sight.ground.model.entities[str(field.target)])
            for member in self.members.values():
                value = (member.known or {}).get(field.name)
                if isinstance(value, Reference) and value.id is not None:
                    group.add(value.id)
        return group.add(identity)

    def several(self, field: Field, values: Iterable[Reference]) -> list["Seen"]:
        group = self.targets.setdefault(
            field.name, self.sight.group(self.sight.ground.model.entities[str(field.members)])
        )
        return [group.add(value.id) for value in values if value.id is not None]

    def children(self, relationship: Relationship, identity: str) -> list["Seen"]:
        if relationship.name not in self.offspring:
            self.offspring[relationship.name] = self.bear(relationship)
        return list(self.offspring[relationship.name].get(identity, ()))

    def bear(self, relationship: Relationship) -> Mapping[str, list["Seen"]]:
        """In the order in which they were made, unless they say their position."""
        group = self.sight.group(self.sight.ground.model.entities[relationship.entity])
        sort = ("position", "id") if "position" in group.readable else ("id",)
        query = Query(entity=relationship.entity, sort=sort, limit=_PAGE, form="values")
        if len(self.members) == 1:
            (identity,) = self.members
            return {identity: [group.add(record["id"], record) for record in self._all(relationship, identity, query)]}
        born: dict[str, list[Seen]] = {}
        sight = self.sight
        for portion in _portions(list(self.members)):
            found = sight.ground.reader.related_to(
                sight.unit, sight.access, self.entity.name, portion, relationship.name, query
            )
            for identity, records in found.items():
                if len(records) >= _PAGE:
                    raise _too_many(relationship)
                born[identity] = [group.add(record["id"], record) for record in records]
        return born

    def _all(self, relationship: Relationship, identity: str, query: Query) -> Iterator[Mapping[str, Any]]:
        sight, told, after = self.sight, 0, None
        while True:
            page = sight.ground.reader.related(
                sight.unit, sight.access, self.entity.name, identity, relationship.name, replace(query, after=after)
            )
            yield from page.records
            told += len(page.records)
            after = page.next
            if after is None:
                return
            if told >= MOST_CHILDREN:
                raise _too_many(relationship)


class Seen(Mapping[str, Any]):
    """One record, with values as the expression language computes with them."""

    __slots__ = ("group", "id", "known")

    def __init__(self, group: Group, identity: str, known: Mapping[str, Any] | None) -> None:
        self.group = group
        self.id = identity
        self.known = known

    @property
    def entity(self) -> str:
        return self.group.entity.name

    @property
    def definition(self) -> Entity:
        return self.group.entity

    @property
    def there(self) -> bool:
        """Whether the reader may see it at all."""
        return bool(self.raw_values)

    @property
    def raw_values(self) -> Mapping[str, Any]:
        if self.known is None:
            self.group.load()
        return self.known or {}

    def raw(self, name: str) -> Any:
        """The field's own value, as its type shows it; None, and noted, when it may not be read."""
        if name not in self.group.readable:
            self.group.sight.hide(self.group.entity, name)
            return None
        value = self.raw_values.get(name)
        masked = value is None and name in self.raw_values.get(MASKED, ())
        if masked or (isinstance(value, (Reference, AnyRecord)) and value.id is None):
            self.group.sight.hide(self.group.entity, name)
            return None
        return value

    def __getitem__(self, name: str) -> Any:
        if name == "id":
            return self.id
        entity = self.group.entity
        field = entity.fields.get(name)
        if field is not None:
            return self._value(field)
        if "." in name:
            return self._facet(name)
        relationship = entity.relationships[name]
        if not self.group.reads(name):
            self.group.sight.hide(entity, name)
            return []
        return self.group.children(relationship, self.id) if self.raw_values else []

    def __iter__(self) -> Iterator[str]:
        return iter([*self.group.entity.fields, *self.group.entity.relationships])

    def __len__(self) -> int:
        return len(self.group.entity.fields) + len(self.group.entity.relationships)

    def __contains__(self, name: object) -> bool:
        return name in self.group.entity.fields or name in self.group.entity.relationships

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Seen, RecordFacts)) and other.id == self.id

    def _value(self, field: Field) -> Any:
        value = self.raw(field.name)
        if value is None:
            return [] if field.members is not None else None
        if isinstance(value, Reference):
            return self.group.target(field, str(value.id)) if field.target is not None else value.id
        if field.members is not None:
            return self.group.several(field, value)
        return field.type.expression_value(value)

    def _facet(self, name: str) -> Any:
        """A part of a value (`amount.currency`), or what is known of a stage (`stage.probability`)."""
        whole, _dot, part = name.partition(".")
        field = self.group.entity.fields.get(whole)
        if field is None:
            raise KeyError(name)
        value = self.raw(whole)
        if value is None:
            return None
        if whole != "stage" or self.group.entity.pipeline is None:
            return field.type.part(value, part)
        stage = stage_of(self.group.entity, self.raw_values)
        if stage is None:
            return None
        language = self.group.sight.ground.model.workspace.language
        likely = None if stage.probability is None else Decimal(stage.probability)
        found = {"probability": likely, "label": stage.label.in_(language), "kind": stage.kind}
        return found[part]


def _portions(identities: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(identities), _PORTION):
        yield identities[start : start + _PORTION]


def _too_many(relationship: Relationship) -> TooLarge:
    return TooLarge(say("“{name}” are too many to be printed.", "“{name}”过多，无法生成。", name=relationship.label))
