"""In charge of which indexes an entity has: derived from its look-ups, promises of uniqueness, and list views.

A definition is a line such as `unique code where living`; it is what the ledger keeps and the plan compares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa

from tenon.database import DialectName
from tenon.fields.storage import LongText, ShortText, Words
from tenon.model import Entity, Field, Model, View

INTERNAL = ("deleted_at", "deleted_by")
"""Columns of every table that are no fields: when and by whom a record was put into the recycle bin."""

LIVING = " where living"
_SELDOM_SOUGHT = frozenset({"changed_by"})


class Placed(Protocol):
    """Where a field's column is."""

    @property
    def column(self) -> str: ...


Locate = Callable[[str, str], Placed | None]
"""From entity and field to the main column; None when it has none."""


@dataclass(frozen=True, kw_only=True)
class WantedIndex:
    """`columns` are physical, " desc" behind those that descend; `living` leaves out what is in the recycle bin.

    `listed`: finds the lists that hold something; such an index has one column, and SQLite has no such index.
    """

    unique: bool = False
    listed: bool = False
    columns: tuple[str, ...]
    living: bool = True

    @property
    def definition(self) -> str:
        kind = "unique" if self.unique else "list" if self.listed else "index"
        return f"{kind} {', '.join(self.columns)}{LIVING if self.living else ''}"

    @property
    def name(self) -> str:
        return "_".join(column.replace(" ", "_") for column in self.columns) + ("_unique" if self.unique else "")

    def exists_on(self, dialect: DialectName) -> bool:
        """Whether this database has such indexes at all; where it has not, the ledger alone knows of it."""
        return dialect == "postgresql" or not self.listed

    @property
    def bare_columns(self) -> tuple[str, ...]:
        return tuple(column.removesuffix(" desc") for column in self.columns)

    @classmethod
    def read(cls, definition: str) -> "WantedIndex":
        """From a line of the ledger."""
        kind, _space, rest = definition.removesuffix(LIVING).partition(" ")
        columns = tuple(rest.split(", "))
        return cls(unique=kind == "unique", listed=kind == "list", columns=columns, living=definition.endswith(LIVING))

    def on(self, table_name: str, name: str, *, concurrently: bool = False) -> sa.Index:
        """The index itself, on a table that knows the columns' names and no more."""
        names = dict.fromkeys([*self.bare_columns, INTERNAL[0]])
        table = sa.Table(table_name, sa.MetaData(), *(sa.Column(column) for column in names))
        columns = [
            table.c[column.removesuffix(" desc")].desc() if column.endswith(" desc") else table.c[column]
            for column in self.columns
        ]
        living = table.c[INTERNAL[0]].is_(None)
        more: dict[str, Any] = {"postgresql_where": living, "sqlite_where": living} if self.living else {}
        if self.listed:
            more["postgresql_using"] = "gin"
        return sa.Index(name, *columns, unique=self.unique, postgresql_concurrently=concurrently, **more)


def wanted_indexes(model: Model, entity: Entity, locate: Locate) -> tuple[WantedIndex, ...]:
    def at(name: str) -> str:
        placed = locate(entity.name, name)
        return placed.column if placed is not None else ""

    found: list[WantedIndex] = []
    for field in entity.fields.values():
        found.extend(_of_field(model, entity, field, at(field.name)))
    for unique in entity.uniques:
        found.append(WantedIndex(unique=True, columns=tuple(at(name) for name in unique.fields)))
    for view in entity.views.values():
        found.extend(_of_view(entity, view, at))
        found.extend(_of_board(entity, view, at))
    whole = {index.definition: index for index in found if all(index.columns)}.values()
    return tuple(index for index in whole if not any(_covers(other, index) for other in whole))


def _covers(other: WantedIndex, index: WantedIndex) -> bool:
    """Whether `index` is only the beginning of `other`."""
    if index.unique or index.listed or len(other.columns) <= len(index.columns) or other.living != index.living:
        return False
    return other.columns[: len(index.columns)] == index.columns


def _of_field(model: Model, entity: Entity, field: Field, column: str) -> list[WantedIndex]:
    if not field.stored or field.name == "id":
        return []
    if field.unique:
        return [WantedIndex(unique=True, columns=(column,))]
    if field.target in model.entities:
        return [WantedIndex(columns=(column,), living=False)] if _is_sought(entity, field) else []
    if field.members in model.entities or (field.indexed and isinstance(field.type.columns()[0].type, Words)):
        return [WantedIndex(columns=(column,), listed=True, living=False)]
    if field.name == "stage" or field.indexed or field.type.columns()[0].indexed:
        return [WantedIndex(columns=(column,))] if _indexable(field) else []
    return []


def _is_sought(entity: Entity, field: Field) -> bool:
    """`created_by` stands for the owner where nobody owns; elsewhere its index costs every write and helps nobody."""
    if field.name == "created_by" and field.system:
        return entity.owner_path is None
    return not (field.system and field.name in _SELDOM_SOUGHT)


def _of_view(entity: Entity, view: View, at: Callable[[str], str]) -> list[WantedIndex]:
    """(sort keys, id) among the living serves the view's pages, forwards and backwards."""
    fields = [entity.fields.get(key.path[0]) for key in view.sort if len(key.path) == 1]
    if (
        not fields
        or len(fields) != len(view.sort)
        or not all(field is not None and _sortable(field) for field in fields)
    ):
        return []
    columns = [at(key.path[0]) + (" desc" if key.descending else "") for key in view.sort]
    if columns[0].removesuffix(" desc") == "id":
        return []
    return [WantedIndex(columns=(*columns, at("id") + (" desc" if view.sort[-1].descending else "")))]


def _of_board(entity: Entity, view: View, at: Callable[[str], str]) -> list[WantedIndex]:
    """(lanes, what is added up, owner): the figures of lanes come from the index alone, whoever asks; and a lane by
    amount is read in its order."""
    lanes = entity.fields.get(view.by or "") if view.type == "kanban" else None
    added = entity.fields.get(view.sum or "")
    if lanes is None or added is None or not all(one.stored and _indexable(one) for one in (lanes, added)):
        return []
    parts = [f"{added.name}.{column.part}" if column.part else added.name for column in added.type.columns()]
    owner = ["owner"] if entity.owned else []
    return [WantedIndex(columns=tuple(at(name) for name in (lanes.name, *parts, *owner)))]


def _sortable(field: Field) -> bool:
    """Look-ups sort by the other record's title: no index of ours serves them."""
    return field.stored and field.target is None and _indexable(field)


def _indexable(field: Field) -> bool:
    """PostgreSQL refuses index rows over a third of a page, so texts without a length stay out."""
    type_ = field.type.columns()[0].type
    if isinstance(type_, Words):
        return False
    return isinstance(type_, ShortText) or not isinstance(type_, LongText)
