"""In charge of API tokens: scoped, expiring, owned by a person; the secret is shown once."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from tenon.access import CONFIGURATION
from tenon.database import Connection
from tenon.errors import BadRequest, NotFound
from tenon.ids import new_id
from tenon.model import OPERATIONS, Model
from tenon.schema import SYSTEM_TABLES
from tenon.texts import say
from tenon.workspace.sessions import digest

PREFIX = "tenon_"

CONFIGURATION_VERBS = ("read", "update")
"""Seeing versions and plans; publishing."""

_token = SYSTEM_TABLES["token"]
_SCOPE = re.compile(r"(?P<entity>\*|[a-z][a-z0-9_]*)(?::(?P<verbs>[a-z,]+))?")


@dataclass(frozen=True, kw_only=True)
class Token:
    id: str
    name: str
    user_id: str
    scopes: Mapping[str, frozenset[str]]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def parse_scopes(texts: Sequence[str], model: Model) -> dict[str, frozenset[str]]:
    """From `account`, `account:read`, `*:read,export` or `configuration:read`, which is in no other.

    Raises BadRequest naming the part that is wrong.
    """
    scopes: dict[str, frozenset[str]] = {}
    for text in texts:
        match = _SCOPE.fullmatch(text.strip())
        known = CONFIGURATION_VERBS if match and match["entity"] == CONFIGURATION else OPERATIONS
        verbs = frozenset((match["verbs"] or ",".join(known)).split(",")) if match else frozenset()
        if match is None or not verbs <= set(known):
            raise BadRequest(
                say(
                    "“{scope}” is not a scope. Write entity:verbs, such as account:read,update or *:read.",
                    "“{scope}”不是有效的范围。请写成 实体:操作，例如 account:read,update 或 *:read。",
                    scope=text,
                )
            )
        if match["entity"] not in ("*", CONFIGURATION):
            model.entity(match["entity"])
        scopes[match["entity"]] = scopes.get(match["entity"], frozenset()) | verbs
    return scopes


def create_token(
    connection: Connection,
    user_id: str,
    name: str,
    scopes: Mapping[str, frozenset[str]],
    now: datetime,
    expires_at: datetime,
) -> tuple[str, str]:
    """(id, secret). The secret cannot be read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token_id = new_id()
    connection.write(
        _token.insert().values(
            id=token_id,
            hash=digest(secret),
            name=name,
            user_id=user_id,
            scopes={entity: sorted(verbs) for entity, verbs in scopes.items()},
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token_id, secret


def list_tokens(connection: Connection, user_id: str | None = None) -> list[Token]:
    """Newest first; of one person, or of all."""
    columns = _token.c
    query = select(
        columns.id,
        columns.name,
        columns.user_id,
        columns.scopes,
        columns.created_at,
        columns.expires_at,
        columns.last_used_at,
        columns.revoked_at,
    ).order_by(columns.created_at.desc())
    if user_id is not None:
        query = query.where(columns.user_id == user_id)
    return [
        Token(
            id=row[0],
            name=row[1],
            user_id=row[2],
            scopes={entity: frozenset(verbs) for entity, verbs in row[3].items()},
            created_at=row[4],
            expires_at=row[5],
            last_used_at=row[6],
            revoked_at=row[7],
        )
        for row in connection.execute(query)
    ]


def revoke_token(connection: Connection, token_id: str, now: datetime) -> None:
    """Raises NotFound when there is no such token; revoking twice is allowed."""
    if not connection.write(_token.update().where(_token.c.id == token_id).values(revoked_at=now)):
        raise NotFound(say("There is no such token.", "没有这个令牌。"))


def touch(connection: Connection, token_id: str, now: datetime) -> None:
    """Note that the token is in use; called at most once in a while, not on each request."""
    connection.write(_token.update().where(_token.c.id == token_id).values(last_used_at=now))
