"""In charge of a record that is about to be changed: locked, read as stored, and judged, in one statement.

For `tenon.records` alone: what is read are stored values to work with, not what somebody may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.ids import is_id
from tenon.model import Operation
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled, nothing
from tenon.query.row import Row
from tenon.query.statement import From, Statement


@dataclass(frozen=True)
class Locked:
    """`row` holds the columns asked for; `may` says of each operation asked whether it is allowed on this record."""

    row: Sequence[Any]
    may: Mapping[Operation, bool]


def lock(
    door: Door,
    unit: UnitOfWork,
    access: Access,
    entity: str,
    identity: str,
    columns: Sequence[sa.Column[Any]],
    operations: tuple[Operation, ...],
    *,
    pointers_too: bool,
) -> Locked | None:
    """None when there is no such record; one in the recycle bin is found too.

    The record stays with this transaction. `pointers_too`: who is about to point at it waits as well.
    """
    plan = door.plan(
        ("lock", entity, operations, pointers_too),
        access,
        lambda statement: _plan(statement, entity, columns, operations, pointers_too),
    )
    rows = plan.rows(unit, access, {"id": identity}) if is_id(identity) else []
    if not rows:
        return None
    row, verdicts = rows[0][: len(columns)], rows[0][len(columns) :]
    return Locked(row, {operation: verdict == 1 for operation, verdict in zip(operations, verdicts, strict=True)})


def _plan(
    statement: Statement,
    entity: str,
    columns: Sequence[sa.Column[Any]],
    operations: tuple[Operation, ...],
    pointers_too: bool,
) -> Plan:
    """Paths of the permits are sub-queries, not joins: PostgreSQL asks them again of a record it had to wait for."""
    table = statement.table(entity)
    row = Row(statement, From(table), statement.model.entities[entity], table, alone=True)
    held = [row.held(statement.shape.permit(entity, operation)) for operation in operations]
    stored = [row.table.c[column.key] for column in columns]
    query = sa.select(*labelled(stored), *labelled(held, "may")).select_from(row.source.clause)
    query = query.where(row.identity() == sa.bindparam("id", required=True, type_=row.identity().type))
    return finished(statement, query.with_for_update(key_share=not pointers_too), nothing)
