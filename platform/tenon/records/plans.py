"""In charge of what can be known about writing an entity before any record is written: columns, statements, readers.

A plan is made once per model version and entity; everything in it is shared by all threads.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tenon.database import DialectName, Prepared, prepare
from tenon.expressions import Constant, Path
from tenon.fields.any_record import ENTITY
from tenon.model import Entity, Field, Model, Pool, Unique
from tenon.query.unpacking import holds_any, unpacked
from tenon.records.listing import among
from tenon.schema import Tables

Values = dict[str, Any]
MOST_KEPT = 500
CHILDREN = ""
"""Stands for child records among the names that an expression reads."""
INTERNAL = ("deleted_at", "deleted_by")
"""Columns that are no fields: when a record was put into the recycle bin, and by whom."""


@dataclass(frozen=True)
class Slot:
    """Where the parts of one stored field lie in a row read by its plan."""

    field: Field
    start: int
    columns: tuple[sa.Column[Any], ...]
    names: tuple[str, ...]
    """Parameter names of the parts."""

    @property
    def stop(self) -> int:
        return self.start + len(self.columns)

    def put(self, parameters: Values, value: Any) -> None:
        """Add the parts of `value` to a statement's parameters."""
        for name, part in zip(self.names, self.field.type.to_columns(value), strict=True):
            parameters[name] = part


class EntityPlan:
    """Statements are made when first wanted. `slots` are the stored fields in the order of the columns read."""

    def __init__(self, model: Model, tables: Tables, dialect: DialectName, entity: Entity) -> None:
        self.model = model
        self.entity = entity
        self.name = entity.name
        self.table: sa.Table = tables[entity.name]
        self.dialect: DialectName = dialect
        self._tables = tables
        self._kept: dict[Hashable, Prepared] = {}
        self._children: dict[tuple[str, str, bool], Prepared] = {}
        self.slots = self._make_slots()
        self._readers = [self._reader(slot) for slot in self.slots.values()]

    @cached_property
    def lookups(self) -> tuple[Field, ...]:
        return tuple(slot.field for slot in self.slots.values() if slot.field.target in self.model.entities)

    @cached_property
    def any_lookups(self) -> tuple[Field, ...]:
        """Look-ups of any record."""
        return tuple(slot.field for slot in self.slots.values() if slot.field.entities is not None)

    @cached_property
    def lists(self) -> tuple[Field, ...]:
        """Fields that hold lists of records."""
        return tuple(slot.field for slot in self.slots.values() if slot.field.members in self.model.entities)

    @cached_property
    def numbered(self) -> tuple[Field, ...]:
        """Stored fields whose value only the engine gives, beside the system's own: auto-numbers."""
        return tuple(
            slot.field for slot in self.slots.values() if not slot.field.type.writable and not slot.field.system
        )

    @cached_property
    def settling(self) -> tuple[Field, ...]:
        """Stored fields whose values are finished when they are stored: secrets, signatures."""
        return tuple(slot.field for slot in self.slots.values() if slot.field.type.settles)

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """Those its records may fall into."""
        return tuple(pool for pool in self.model.pools.values() if pool.entity == self.name)

    @cached_property
    def uniques(self) -> tuple[Unique, ...]:
        """The declared combinations, and each field that is unique by itself."""
        declared = {unique.fields for unique in self.entity.uniques}
        names = [name for name, slot in self.slots.items() if slot.field.unique and (name,) not in declared]
        return (*self.entity.uniques, *(Unique(name=name, fields=(name,)) for name in names))

    @cached_property
    def defaulted(self) -> tuple[Field, ...]:
        """Fields with a default, those a default reads before the defaults that read them."""
        waiting = {name: slot.field for name, slot in self.slots.items() if slot.field.default is not None}
        ordered: list[Field] = []
        while waiting:
            ready = [name for name, field in waiting.items() if not _reads(field, waiting.keys() - {name})]
            for name in ready or list(waiting):
                ordered.append(waiting.pop(name))
        return tuple(ordered)

    @cached_property
    def fixed_defaults(self) -> Mapping[str, Any]:
        """Values of the defaults that are always the same; nothing is to be worked out for these."""
        fixed = {field.name: (field, field.default.tree) for field in self.defaulted if field.default is not None}
        return {
            name: field.type.from_expression(tree.value)
            for name, (field, tree) in fixed.items()
            if isinstance(tree, Constant) and tree.value is not None
        }

    @cached_property
    def stage_defaults(self) -> tuple[Field, ...]:
        """Fields whose default reads the stage; a move gives them anew."""
        return tuple(field for field in self.defaulted if _reads(field, {"stage"}))

    @cached_property
    def choosing_defaults(self) -> tuple[Field, ...]:
        """Fields whose default the choice between several pipelines needs; none of them reads the stage."""
        conditions = [pipeline.when for pipeline in self.entity.pipelines.values() if pipeline.when is not None]
        needed: set[str] = set()
        for condition in conditions:
            needed |= stored_names(self.entity, condition.dependencies)
        for field in reversed(self.defaulted):
            if field.name in needed and field.default is not None:
                needed |= stored_names(self.entity, field.default.dependencies)
        after = {"stage"}
        for field in self.defaulted:
            if _reads(field, after):
                after.add(field.name)
        return tuple(field for field in self.defaulted if field.name in needed - after)

    @cached_property
    def conditional(self) -> tuple[Field, ...]:
        """Fields that are or may become required."""
        return tuple(
            slot.field
            for slot in self.slots.values()
            if not slot.field.system and (slot.field.required or slot.field.required_when is not None)
        )

    def column(self, field: str) -> sa.Column[Any]:
        """The main column of a stored field."""
        return self.slots[field].columns[0]

    @property
    def deleted_at(self) -> sa.Column[Any]:
        return self._tables.column(self.name, INTERNAL[0])

    @property
    def deleted_by(self) -> sa.Column[Any]:
        return self._tables.column(self.name, INTERNAL[1])

    def read_row(self, row: Sequence[Any]) -> Values:
        """A row of `selected` columns as field values."""
        return {name: read(row) for name, read in self._readers}

    @cached_property
    def selected(self) -> tuple[sa.Column[Any], ...]:
        """What every reading statement of a plan begins with; then come the internal columns."""
        fields = [column for slot in self.slots.values() for column in slot.columns]
        return (*fields, self.deleted_at, self.deleted_by)

    @cached_property
    def load(self) -> Prepared:
        """Records with any of the `ids`, the deleted ones too."""
        return prepare(sa.select(*self.selected).where(among(self.column("id"), "ids", self.dialect)), self.dialect)

    @cached_property
    def load_one(self) -> Prepared:
        """The same for `the_id` alone: PostgreSQL plans it once, a list of unknown length every time (100 µs)."""
        return prepare(sa.select(*self.selected).where(self._is_the_one), self.dialect)

    @cached_property
    def load_to_point_at(self) -> Prepared:
        """Living records with any of the `ids`, kept from being deleted until we are done."""
        return self._pointed_at(among(self.column("id"), "ids", self.dialect))

    @cached_property
    def load_one_to_point_at(self) -> Prepared:
        """The same for `the_id` alone, planned once like `load_one`."""
        return self._pointed_at(self._is_the_one)

    @cached_property
    def inserting(self) -> sa.Insert:
        return sa.insert(self.table).values(self._parameters(self.slots))

    @cached_property
    def insert(self) -> Prepared:
        return prepare(self.inserting, self.dialect)

    def updating(self, fields: Iterable[str]) -> sa.Update:
        """Sets exactly `fields` of the record `the_id`."""
        return sa.update(self.table).where(self._is_the_one).values(self._parameters(fields))

    def kept(self, key: Hashable, make: Callable[[], Prepared]) -> Prepared:
        """The statement known by `key`, made when first wanted; the number of those kept is bounded."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return found

    def update(self, fields: tuple[str, ...]) -> Prepared:
        return self.kept(fields, lambda: prepare(self.updating(fields), self.dialect))

    @cached_property
    def subtree(self) -> Prepared:
        """Ids of the living record `root` and the living ones below it."""
        own, living = self.column("id"), self.deleted_at.is_(None)
        tree = sa.select(own).where(own == sa.bindparam("root", type_=own.type), living).cte("tree", recursive=True)
        if self.entity.hierarchy is not None:
            parent = self.column(self.entity.hierarchy)
            tree = tree.union(sa.select(own).join(tree, parent == tree.c.id).where(living))
        return prepare(sa.select(tree.c.id), self.dialect)

    @cached_property
    def by_key(self) -> Prepared:
        """The living record whose `code` (of entities without one: title) is `key`."""
        code = self.column("code" if "code" in self.slots else self.entity.title)
        query = sa.select(self.column("id")).where(
            code == sa.bindparam("key", type_=code.type), self.deleted_at.is_(None)
        )
        return prepare(query.order_by(self.column("id")).limit(1), self.dialect)

    def children(self, field: str, of: str, *, locked: bool = False) -> Prepared:
        """Living records whose look-up `field` is any of the `ids` of entity `of`; the first column is that look-up."""
        found = self._children.get((field, of, locked))
        if found is None:
            pointer = self.column(field)
            query = sa.select(pointer.label("parent"), *self.selected).order_by(self.column("id"))
            query = query.where(among(pointer, "ids", self.dialect), self.deleted_at.is_(None))
            if self.slots[field].field.entities is not None:
                entity = self._tables.column(self.name, field, ENTITY)
                query = query.where(entity == sa.literal(of, entity.type))
            found = prepare(query.with_for_update() if locked else query, self.dialect)
            self._children[field, of, locked] = found
        return found

    def holding(self, field: str, *, locked: bool = False) -> Prepared:
        """Living records whose list `field` holds any of the `ids`, once for each; the first column is that id."""
        found = self._children.get((field, "", locked))
        if found is None:
            each, held = unpacked(self.column(field), self.dialect)
            query = sa.select(held.label("parent"), *self.selected).select_from(self.table.join(each, sa.true()))
            query = query.where(among(held, "ids", self.dialect), self.deleted_at.is_(None)).order_by(self.column("id"))
            if self.dialect == "postgresql":
                ids = sa.bindparam("ids", type_=postgresql.ARRAY(postgresql.UUID(as_uuid=False)))
                query = query.where(holds_any(self.column(field), ids))
            found = prepare(query.with_for_update(of=self.table) if locked else query, self.dialect)
            self._children[field, "", locked] = found
        return found

    def _pointed_at(self, condition: sa.ColumnElement[bool]) -> Prepared:
        query = sa.select(*self.selected).where(condition, self.deleted_at.is_(None)).order_by(self.column("id"))
        return prepare(query.with_for_update(read=True, key_share=True), self.dialect)

    @property
    def _is_the_one(self) -> sa.ColumnElement[bool]:
        id_column = self.column("id")
        return id_column == sa.bindparam("the_id", type_=id_column.type)

    def _parameters(self, fields: Iterable[str]) -> dict[sa.Column[Any], sa.BindParameter[Any]]:
        return {
            column: sa.bindparam(name, type_=column.type)
            for slot in map(self.slots.__getitem__, fields)
            for name, column in zip(slot.names, slot.columns, strict=True)
        }

    def _make_slots(self) -> dict[str, Slot]:
        slots: dict[str, Slot] = {}
        start = 0
        for field in self.entity.fields.values():
            parts = field.type.columns()
            if not parts:
                continue
            columns = tuple(self._tables.column(self.name, field.name, part.part) for part in parts)
            names = tuple(f"v_{field.name}__{part.part}" if part.part else f"v_{field.name}" for part in parts)
            slots[field.name] = Slot(field, start, columns, names)
            start += len(columns)
        return slots

    def _reader(self, slot: Slot) -> tuple[str, Callable[[Sequence[Any]], Any]]:
        start, stop, convert = slot.start, slot.stop, slot.field.type.from_columns

        def read(row: Sequence[Any]) -> Any:
            return convert(row[start:stop])

        return slot.field.name, read


class Plans:
    """The plans of one model version, by entity; made when first wanted."""

    def __init__(self, model: Model, tables: Tables, dialect: DialectName) -> None:
        self.model = model
        self.tables = tables
        self.dialect: DialectName = dialect
        self._plans: dict[str, EntityPlan] = {}

    def __getitem__(self, entity: str) -> EntityPlan:
        found = self._plans.get(entity)
        if found is None:
            found = EntityPlan(self.model, self.tables, self.dialect, self.model.entity(entity))
            self._plans[entity] = found
        return found

    @cached_property
    def pointing(self) -> Mapping[str, tuple[Field, ...]]:
        """Entity → the stored look-ups anywhere that point at it, system fields aside."""
        found: dict[str, list[Field]] = {}
        for entity in self.model.entities.values():
            for field in entity.fields.values():
                for target in self._led_to(field) if field.stored and not field.system else ():
                    found.setdefault(target, []).append(field)
        return {name: tuple(fields) for name, fields in found.items()}

    def _led_to(self, field: Field) -> Iterable[str]:
        """The entities whose deletions it takes note of."""
        if field.entities is None:
            return () if field.target is None else (field.target,)
        return () if field.on_delete == "keep" else field.entities or self.model.entities

    @cached_property
    def guarding(self) -> Mapping[str, tuple[Field, ...]]:
        """Entity → the lists anywhere that keep its records from being deleted."""
        found: dict[str, list[Field]] = {}
        for entity in self.model.entities.values():
            for field in entity.fields.values():
                if field.members is not None and field.on_delete == "restrict":
                    found.setdefault(field.members, []).append(field)
        return {name: tuple(fields) for name, fields in found.items()}


def first_names(paths: frozenset[Path]) -> frozenset[str]:
    return frozenset(path[0] for path in paths if path)


def stored_names(entity: Entity, paths: frozenset[Path]) -> frozenset[str]:
    """The stored fields that paths begin with, through formulas; CHILDREN for child records."""
    return frozenset(_stored_names(entity, paths, set()))


def _stored_names(entity: Entity, paths: frozenset[Path], seen: set[str]) -> set[str]:
    names: set[str] = set()
    for name in first_names(paths):
        field = entity.fields.get(name)
        if field is None:
            names.add(CHILDREN)
        elif field.value is None:
            names.add(name)
        elif name not in seen:
            names |= _stored_names(entity, field.value.dependencies, seen | {name})
    return names


def _reads(field: Field, names: Any) -> bool:
    return field.default is not None and not first_names(field.default.dependencies).isdisjoint(names)
