"""In charge of remembering what operators did: a row of the field history, as for any other change."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tenon.database import Connection, UnitOfWork
from tenon.ids import new_id
from tenon.schema import SYSTEM_TABLES

HISTORY = SYSTEM_TABLES["history"]


def remember(unit: UnitOfWork, subject: str, row_id: str, operation: str, reason: str) -> None:
    """`subject` is the name of a hand-made table."""
    row = {
        "id": new_id(),
        "entity": subject,
        "record_id": row_id,
        "version": 0,
        "at": unit.now,
        "operation": operation,
        "actor_id": unit.actor.id,
        "actor_name": unit.actor.name,
        "reason": reason,
        "changes": {},
    }
    unit.connection.write(sa.insert(HISTORY).values(**row))


def remembered(connection: Connection, subject: str, row_id: str) -> list[tuple[datetime, str, str, str]]:
    """When, by whom, what, why; the latest first."""
    columns = HISTORY.c
    query = (
        sa.select(columns.at, columns.actor_name, columns.operation, columns.reason)
        .where(columns.entity == subject, columns.record_id == row_id)
        .order_by(columns.at.desc(), columns.id.desc())
        .limit(50)
    )
    rows: list[Any] = connection.execute(query)
    return rows
