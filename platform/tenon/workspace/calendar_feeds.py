"""In charge of the secret in the address of a person's calendar feed: one each, renewed or ended at any time.

Calendar programs cannot sign in, so whoever knows the address reads the feed, and nothing else. The table holds the
secret's SHA-256, as with tokens.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tenon.database import Connection
from tenon.schema import SYSTEM_TABLES
from tenon.workspace.sessions import digest

_feed = SYSTEM_TABLES["calendar_feed"]


@dataclass(frozen=True)
class CalendarFeed:
    created_at: datetime
    last_used_at: datetime | None


def renew(connection: Connection, user_id: str, now: datetime) -> str:
    """The new secret, which cannot be read again; the address with the one before leads nowhere from now on."""
    end(connection, user_id)
    secret = secrets.token_urlsafe(32)
    connection.write(
        _feed.insert().values(user_id=user_id, hash=digest(secret), created_at=now, last_used_at=None),
    )
    return secret


def end(connection: Connection, user_id: str) -> None:
    connection.write(_feed.delete().where(_feed.c.user_id == user_id))


def feed_of(connection: Connection, user_id: str) -> CalendarFeed | None:
    columns = _feed.c
    query = select(columns.created_at, columns.last_used_at).where(columns.user_id == user_id)
    return next((CalendarFeed(*row) for row in connection.execute(query)), None)


def touch(connection: Connection, user_id: str, now: datetime) -> None:
    """Note that the feed is in use; called at most once in a while, not on each request."""
    connection.write(_feed.update().where(_feed.c.user_id == user_id).values(last_used_at=now))
