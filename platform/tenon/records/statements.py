"""In charge of the statements on the hand-made tables that writing needs, made once for each dialect."""

from typing import Any

import sqlalchemy as sa

from tenon.database import DialectName, Prepared, prepare
from tenon.schema import SYSTEM_TABLES

HISTORY = SYSTEM_TABLES["history"]
STAGES = SYSTEM_TABLES["stage_history"]
COUNTERS = SYSTEM_TABLES["counter"]
_DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgresql")


def _for_each(clause: sa.ClauseElement) -> dict[DialectName, Prepared]:
    return {dialect: prepare(clause, dialect) for dialect in _DIALECTS}


def _insert(table: sa.Table) -> dict[DialectName, Prepared]:
    """Parameters are named like the columns, with `v_` before."""
    return _for_each(sa.insert(table).values({column: _parameter(column) for column in table.columns}))


def _parameter(column: sa.Column[Any], name: str = "") -> sa.BindParameter[Any]:
    return sa.bindparam(name or f"v_{column.name}", type_=column.type)


def _draw() -> sa.TextualSelect:
    name, count = _parameter(COUNTERS.c.name, "name"), _parameter(COUNTERS.c.value, "count")
    clause = sa.text(
        f"INSERT INTO {COUNTERS.name} (name, value) VALUES (:name, :count) "  # noqa: S608 - names of our own table
        f"ON CONFLICT (name) DO UPDATE SET value = {COUNTERS.name}.value + excluded.value RETURNING value"
    )
    return clause.bindparams(name, count).columns(COUNTERS.c.value)


INSERT_HISTORY = _insert(HISTORY)
INSERT_STAGES = _insert(STAGES)
DRAW = _for_each(_draw())

CHANGED_SINCE = _for_each(
    sa.select(HISTORY.c.changes)
    .where(
        HISTORY.c.entity == _parameter(HISTORY.c.entity, "the_entity"),
        HISTORY.c.record_id == _parameter(HISTORY.c.record_id, "the_id"),
        HISTORY.c.version > _parameter(HISTORY.c.version, "since"),
    )
    .order_by(HISTORY.c.version)
)
"""What was changed after a version."""

LAST_DELETION = _for_each(
    sa.select(HISTORY.c.changes)
    .where(
        HISTORY.c.entity == _parameter(HISTORY.c.entity, "the_entity"),
        HISTORY.c.record_id == _parameter(HISTORY.c.record_id, "the_id"),
        HISTORY.c.operation == "deleted",
    )
    .order_by(HISTORY.c.version.desc())
    .limit(1)
)
