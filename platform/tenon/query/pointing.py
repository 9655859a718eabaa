"""In charge of look-ups of any record in SQL: which of them the reader may see, their parts, who points at a record.

A value that leads to a record the reader may not see is no value, in filters as in answers. Where he may see every
record of every entity nothing is asked, and the field's own index serves.
"""

from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause, Select
from sqlalchemy.dialects import postgresql

from tenon.database import DialectName
from tenon.fields.any_record import ENTITY
from tenon.fields.storage import EntityWord, LongText
from tenon.model import Entity, Field, Permit
from tenon.query.statement import From, Statement


class Looking(Protocol):
    """As much of a row as is needed here."""

    statement: Statement
    source: From
    entity: Entity
    table: FromClause

    @property
    def dialect(self) -> DialectName: ...
    def value(self, field: Field, part: str = "") -> ColumnElement[Any]: ...
    def identity(self) -> ColumnElement[Any]: ...
    def conditions(self) -> list[ColumnElement[bool]]: ...
    def permit_of(self, entity: str) -> Permit: ...
    def fresh(self, entity: Entity) -> "Looking": ...


def visible(row: Looking, field: Field, part: str = "") -> ColumnElement[Any]:
    """The id, or a part of the value, as far as the record it leads to may be seen."""
    value = _entity_name(row, field) if part == ENTITY else row.value(field)
    seen = _seen(row, field)
    return value if seen is None else sa.case((seen, value), else_=sa.null())


def is_of(row: Looking, field: Field, entity: str) -> ColumnElement[bool]:
    """Whether it leads to a record of this entity."""
    return row.value(field, ENTITY) == sa.literal(entity, _column(row, field).type)


def points_at(row: Looking, field: Field, entity: str, identity: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the look-up `field`, of one entity or of any, leads to the record of `entity` with this id."""
    if field.entities is None:
        return row.value(field) == identity
    return sa.and_(row.value(field) == as_text(identity, row.dialect), is_of(row, field, entity))


def as_text(identity: ColumnElement[Any], dialect: DialectName) -> ColumnElement[Any]:
    """An id as look-ups of any record keep it."""
    return sa.cast(identity, sa.Text()) if dialect == "postgresql" else identity


def as_id(pointer: ColumnElement[Any], dialect: DialectName) -> ColumnElement[Any]:
    """What a look-up keeps, as other tables have it."""
    if dialect == "postgresql" and isinstance(pointer.type, LongText):
        return sa.cast(pointer, postgresql.UUID(as_uuid=False))
    return pointer


def _column(row: Looking, field: Field) -> sa.Column[Any]:
    return row.statement.tables.column(row.entity.name, field.name, ENTITY)


def _entity_name(row: Looking, field: Field) -> ColumnElement[Any]:
    """Today's name; entities that were renamed are kept under their first one."""
    kind = _column(row, field).type
    stored = sa.type_coerce(row.value(field, ENTITY), sa.Text())
    words = kind.words or () if isinstance(kind, EntityWord) else ()
    renamed = [(stored == sa.literal(word), sa.literal(name)) for name, word in words if name != word]
    return sa.case(*renamed, else_=stored) if renamed else stored


def _seen(row: Looking, field: Field) -> ColumnElement[bool] | None:
    """None when there is nothing to ask."""
    entities = row.statement.model.entities
    possible = [name for name in field.entities or entities if name in entities]
    permits = {name: row.permit_of(name) for name in possible}
    open_ones = [name for name, permit in permits.items() if permit is True and field.on_delete != "keep"]
    if len(open_ones) == len(possible) and not _some_are_gone(row):
        return None
    ways = [is_of(row, field, name) for name in open_ones]
    ways += [
        sa.and_(is_of(row, field, name), _exists(row, field, name))
        for name, permit in permits.items()
        if permit is not False and name not in open_ones
    ]
    return sa.or_(*ways) if ways else sa.false()


def _some_are_gone(row: Looking) -> bool:
    """Whether there may be values that lead to an entity of the past."""
    return any(entry.kind == "entity" for entry in row.statement.tables.ledger.retired())


def _exists(row: Looking, field: Field, entity: str) -> ColumnElement[bool]:
    there = row.fresh(row.statement.model.entities[entity])
    found: Select[Any] = sa.select(sa.literal_column("1")).select_from(there.source.clause)
    same = there.identity() == as_id(row.value(field), row.dialect)
    return sa.exists(found.where(same, *there.conditions()).correlate(row.table).scalar_subquery())
