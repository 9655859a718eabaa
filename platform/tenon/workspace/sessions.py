"""In charge of who is signed in where: sessions of the pages, opened, kept alive and ended.

The browser holds a random secret; the table holds its SHA-256, so a copy of the table signs nobody in.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from tenon.database import Connection
from tenon.schema import SYSTEM_TABLES

LIFETIME = timedelta(days=14)
IDLE = timedelta(hours=12)

_session = SYSTEM_TABLES["session"]


@dataclass(frozen=True)
class OpenedSession:
    """`secret` goes to the browser and is kept nowhere else."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class OpenSession:
    id: str
    created_at: datetime
    seen_at: datetime


def digest(secret: str) -> str:
    """What is stored instead of a session's or token's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_session(connection: Connection, user_id: str, now: datetime) -> OpenedSession:
    secret = secrets.token_urlsafe(32)
    expires = now + LIFETIME
    connection.write(
        _session.insert().values(
            id=digest(secret),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=expires,
            csrf=secrets.token_urlsafe(32),
            data={},
        )
    )
    return OpenedSession(secret, expires)


def touch(connection: Connection, session_id: str, now: datetime) -> None:
    """Note that the session is in use; called at most once in a while, not on each request."""
    connection.write(_session.update().where(_session.c.id == session_id).values(seen_at=now))


def list_sessions(connection: Connection, user_id: str, now: datetime) -> list[OpenSession]:
    """Where a person is signed in, last used first."""
    columns = _session.c
    query = (
        select(columns.id, columns.created_at, columns.seen_at)
        .where(columns.user_id == user_id, columns.expires_at > now, columns.seen_at > now - IDLE)
        .order_by(columns.seen_at.desc())
    )
    return [OpenSession(*row) for row in connection.execute(query)]


def end_session(connection: Connection, session_id: str) -> None:
    connection.write(_session.delete().where(_session.c.id == session_id))


def end_all(connection: Connection, user_id: str, *, but: str | None = None) -> int:
    """End every session of a person, except the one named; returns how many were ended."""
    condition = _session.c.user_id == user_id
    if but is not None:
        condition = condition & (_session.c.id != but)
    return connection.write(_session.delete().where(condition))
