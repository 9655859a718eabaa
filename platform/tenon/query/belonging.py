"""In charge of whether the reader may read a record that is named by its entity and its id, in SQL.

Asked of one entity per record: a CASE looks only where the record is. What itself belongs to a record is no record to
belong to, or the question would have no end.
"""

from collections.abc import Callable
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause, Select
from sqlalchemy.dialects import postgresql

from tenon.database import DialectName
from tenon.model import Entity
from tenon.query.statement import From, Statement


class Met(Protocol):
    """A row as the reader sees it."""

    source: From

    def identity(self) -> ColumnElement[Any]: ...

    def conditions(self) -> list[ColumnElement[bool]]: ...


def readable(
    statement: Statement,
    outer: FromClause,
    row_of: Callable[[Entity], Met],
    entity: ColumnElement[Any],
    identity: ColumnElement[Any],
) -> ColumnElement[bool]:
    """`outer` is the table whose row names the record; `row_of` gives a fresh row of another entity."""
    wanted = _as_id(identity, statement.dialect)
    cases: list[tuple[ColumnElement[bool], ColumnElement[bool]]] = []
    for name in statement.shape.readable_entities:
        definition = statement.model.entities[name]
        if definition.of_record:
            continue
        there = row_of(definition)
        found: Select[Any] = sa.select(sa.literal_column("1")).select_from(there.source.clause)
        found = found.where(there.identity() == wanted, *there.conditions()).correlate(outer)
        cases.append((entity.in_([name, *definition.was]), sa.exists(found)))
    return sa.case(*cases, else_=sa.false()) if cases else sa.false()


def _as_id(text: ColumnElement[Any], dialect: DialectName) -> ColumnElement[Any]:
    """A text as tables have ids: what is none is nothing, and no error."""
    if dialect == "sqlite":
        return text
    shape = sa.literal_column("'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'", sa.Text())
    return sa.case((text.regexp_match(shape), sa.cast(text, postgresql.UUID(as_uuid=False))))
