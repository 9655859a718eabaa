"""In charge of lists of ids in SQL: taken apart into rows, and asked whether they hold an id."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.dialects import postgresql

from tenon.database import DialectName


def unpacked(held: ColumnElement[Any], dialect: DialectName) -> tuple[FromClause, ColumnElement[Any]]:
    """One row for each id of the list, and the column that holds it; of no list no rows."""
    if dialect == "sqlite":
        each = sa.func.json_each(held).table_valued("value")
        return each, each.c.value
    texts = sa.func.jsonb_array_elements_text(sa.cast(held, postgresql.JSONB())).table_valued("value").render_derived()
    return texts, sa.cast(texts.c.value, postgresql.UUID(as_uuid=False))


def is_listed(identity: ColumnElement[Any], held: ColumnElement[Any], dialect: DialectName) -> ColumnElement[bool]:
    """Whether the list holds the id; the form for finding the members of a list."""
    each, value = unpacked(held, dialect)
    return identity.in_(sa.select(value).select_from(each))


def holds(held: ColumnElement[Any], identity: ColumnElement[Any], dialect: DialectName) -> ColumnElement[bool]:
    """The same; the form for finding the lists that hold something, which an index may serve."""
    if dialect == "sqlite":
        return is_listed(identity, held, dialect)
    wanted = sa.func.jsonb_build_array(sa.cast(identity, sa.Text()))
    return sa.cast(held, postgresql.JSONB()).op("@>", is_comparison=True)(wanted)


def holds_any(held: ColumnElement[Any], ids: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the list holds any of an array of ids; for PostgreSQL, where an index may serve it."""
    texts = sa.cast(ids, postgresql.ARRAY(sa.Text()))
    return sa.cast(held, postgresql.JSONB()).op("?|", is_comparison=True)(texts)
