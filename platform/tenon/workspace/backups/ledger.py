"""In charge of what is remembered of backups: when the last one succeeded, when one failed and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tenon.database import Connection
from tenon.ids import new_id
from tenon.schema import SYSTEM_TABLES
from tenon.workspace.backups.gathering import Made

BACKUPS = SYSTEM_TABLES["backup"]
LATE = timedelta(hours=50)
"""A workspace with daily backups that has none so young lacks two."""
_KEPT = 200


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """One backup; `size` in bytes, None for one that failed; `reason` says why it did."""

    at: datetime
    kind: str
    good: bool
    place: str
    size: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Memory:
    """`success` is the last good one. `failure` is the last that failed, when none succeeded since."""

    success: Remembered | None
    failure: Remembered | None

    def is_late(self, now: datetime) -> bool:
        return self.success is None or now - self.success.at > LATE


def remember(connection: Connection, kind: str, began: datetime, ended: datetime, made: Made) -> None:
    _write(connection, kind, began, ended, {"good": True, "place": str(made.path), "size": made.size, "reason": None})


def remember_failure(connection: Connection, kind: str, began: datetime, ended: datetime, reason: str) -> None:
    _write(connection, kind, began, ended, {"good": False, "place": None, "size": None, "reason": reason[:2000]})


def remembered(connection: Connection) -> Memory:
    success, failure = _last(connection, good=True), _last(connection, good=False)
    if success is not None and failure is not None and failure.at < success.at:
        failure = None
    return Memory(success=success, failure=failure)


def _last(connection: Connection, *, good: bool) -> Remembered | None:
    columns = BACKUPS.c
    query = sa.select(columns.at, columns.kind, columns.place, columns.size, columns.reason)
    rows = connection.execute(
        query.where(columns.good.is_(good)).order_by(columns.at.desc(), columns.id.desc()).limit(1)
    )
    for at, kind, place, size, reason in rows:
        return Remembered(at=at, kind=kind, good=good, place=place or "", size=size, reason=reason or "")
    return None


def _write(connection: Connection, kind: str, began: datetime, ended: datetime, values: dict[str, object]) -> None:
    row = {"id": new_id(), "at": began, "ended_at": ended, "kind": kind, **values}
    connection.write(sa.insert(BACKUPS), row)
    newest = sa.select(BACKUPS.c.id).order_by(BACKUPS.c.at.desc(), BACKUPS.c.id.desc()).limit(_KEPT)
    connection.write(sa.delete(BACKUPS).where(BACKUPS.c.id.not_in(newest)))
