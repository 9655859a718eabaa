"""In charge of `column in (a list given at run time)` as one fixed statement text, whatever the length of the list."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tenon.database import DialectName
from tenon.fields.storage import LongText, Words


def among(column: sa.ColumnElement[Any], parameter: str, dialect: DialectName) -> sa.ColumnElement[bool]:
    """For columns of ids; the parameter takes what `listed` gives."""
    if dialect == "postgresql":
        written = isinstance(column.type, LongText)
        ids = sa.bindparam(parameter, type_=postgresql.ARRAY(sa.Text() if written else postgresql.UUID(as_uuid=False)))
        return column == sa.any_(ids)
    items = sa.func.json_each(sa.bindparam(parameter, type_=Words())).table_valued("value")
    return column.in_(sa.select(items.c.value))


def listed(ids: Iterable[str]) -> list[str]:
    """In one order, so that two who lock the same records never wait for each other."""
    return sorted(set(ids))
