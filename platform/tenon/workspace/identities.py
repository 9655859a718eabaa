"""In charge of finding the actor behind a session, a token or an address: one statement each.

The same statement reads the published version number, so every request learns of a change of metadata
at no further cost. This is the one reading beside `tenon.query`: it decides *who* reads, and so comes first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select

from tenon.actors import Actor
from tenon.database import Connection, DialectName, Prepared, prepare
from tenon.model import WorkspaceInfo
from tenon.schema import SYSTEM_TABLES, Tables
from tenon.workspace.sessions import IDLE, digest

_session = SYSTEM_TABLES["session"]
_token = SYSTEM_TABLES["token"]
_feed = SYSTEM_TABLES["calendar_feed"]
_credential = SYSTEM_TABLES["credential"]
_version = SYSTEM_TABLES["version"]

TOUCH_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """Who asks, and the number of the published version. `stale` sessions want a `touch`."""

    actor: Actor
    version: int
    session_id: str | None = None
    csrf: str = ""
    must_change: bool = False
    stale: bool = False


class Identities:
    """Statements compiled once per published version, since the user table may grow columns."""

    def __init__(self, tables: Tables, workspace: WorkspaceInfo, dialect: DialectName) -> None:
        self._tables = tables
        self._workspace = workspace
        self._dialect = dialect
        self._by_session = self._prepared_session()
        self._by_token = self._prepared_token()
        self._by_feed = self._prepared_feed()
        self._by_id = self._prepared_user(tables.column("user", "id") == bindparam("key"))
        email = func.lower(tables.column("user", "email"))
        self._by_email = self._prepared_user(email == bindparam("key"))

    def by_session(self, connection: Connection, secret: str, now: datetime) -> SignedIn | None:
        """None when the session is unknown, over, idle for too long, or the person is not active."""
        rows = connection.run(self._by_session, {"key": digest(secret), "now": now, "today": now.date()})
        if not rows:
            return None
        *person, session_id, csrf, seen_at, must_change = rows[0]
        if seen_at < now - IDLE:
            return None
        return self._signed_in(
            person, session_id=session_id, csrf=csrf, must_change=bool(must_change), stale=seen_at < now - TOUCH_AFTER
        )

    def by_token(self, connection: Connection, secret: str, now: datetime) -> SignedIn | None:
        """None when the token is unknown, expired or revoked, or its owner is not active."""
        rows = connection.run(self._by_token, {"key": digest(secret), "now": now, "today": now.date()})
        if not rows:
            return None
        *person, token_id, scopes, used_at = rows[0]
        return self._signed_in(
            person,
            session_id=token_id,
            scopes={entity: frozenset(verbs) for entity, verbs in scopes.items()},
            stale=used_at is None or used_at < now - TOUCH_AFTER,
        )

    def by_feed(self, connection: Connection, secret: str, now: datetime) -> SignedIn | None:
        """Of the address of a calendar feed. None when it is unknown or was renewed, or its owner is not active."""
        rows = connection.run(self._by_feed, {"key": digest(secret), "today": now.date()})
        if not rows:
            return None
        *person, used_at = rows[0]
        return self._signed_in(person, stale=used_at is None or used_at < now - TOUCH_AFTER)

    def by_id(self, connection: Connection, user_id: str, now: datetime) -> SignedIn | None:
        rows = connection.run(self._by_id, {"key": user_id, "now": now, "today": now.date()})
        return self._signed_in(rows[0]) if rows else None

    def by_email(self, connection: Connection, email: str, now: datetime) -> SignedIn | None:
        """Case does not matter in addresses."""
        rows = connection.run(self._by_email, {"key": email.strip().lower(), "now": now, "today": now.date()})
        return self._signed_in(rows[0]) if rows else None

    def _signed_in(self, row: Any, *, scopes: Any = None, **session: Any) -> SignedIn:
        user_id, name, department, region, manager, language, timezone, roles, version = row
        actor = Actor(
            id=user_id,
            name=name,
            roles=frozenset(roles.split(",")) if roles else frozenset(),
            department=department,
            region=region,
            manager=manager,
            language=language or self._workspace.language,
            timezone=timezone or self._workspace.timezone,
            scopes=scopes,
        )
        return SignedIn(actor=actor, version=version, **session)

    def _prepared_session(self) -> Prepared:
        columns = _session.c
        must_change = (
            select(_credential.c.must_change).where(_credential.c.user_id == columns.user_id).scalar_subquery()
        )
        query = (
            self._person()
            .add_columns(columns.id, columns.csrf, columns.seen_at, must_change)
            .join(_session, columns.user_id == self._user("id"))
            .where(columns.id == bindparam("key"), columns.expires_at > bindparam("now", type_=columns.expires_at.type))
        )
        return prepare(query, self._dialect)

    def _prepared_token(self) -> Prepared:
        columns = _token.c
        query = (
            self._person()
            .add_columns(columns.id, columns.scopes, columns.last_used_at)
            .join(_token, columns.user_id == self._user("id"))
            .where(
                columns.hash == bindparam("key"),
                columns.expires_at > bindparam("now", type_=columns.expires_at.type),
                columns.revoked_at.is_(None),
            )
        )
        return prepare(query, self._dialect)

    def _prepared_feed(self) -> Prepared:
        columns = _feed.c
        query = self._person().add_columns(columns.last_used_at).join(_feed, columns.user_id == self._user("id"))
        return prepare(query.where(columns.hash == bindparam("key")), self._dialect)

    def _prepared_user(self, condition: ColumnElement[bool]) -> Prepared:
        return prepare(self._person().where(condition), self._dialect)

    def _person(self) -> Select[Any]:
        """The living, active person with the roles that hold today, and the version number."""
        version = select(func.max(_version.c.number)).scalar_subquery()
        return (
            select(
                self._user("id"),
                self._user("name"),
                self._user("department"),
                self._user("region"),
                self._user("manager"),
                self._user("language"),
                self._user("timezone"),
                self._roles(),
                version,
            )
            .select_from(self._tables["user"])
            .where(self._user("active"), self._tables["user"].c.deleted_at.is_(None))
        )

    def _roles(self) -> ColumnElement[Any]:
        def column(name: str) -> ColumnElement[Any]:
            return self._tables.column("role_assignment", name)

        today = bindparam("today", type_=self._tables.column("role_assignment", "valid_from").type)
        held = and_(
            column("person") == self._user("id"),
            self._tables["role_assignment"].c.deleted_at.is_(None),
            or_(column("valid_from").is_(None), column("valid_from") <= today),
            or_(column("valid_to").is_(None), column("valid_to") >= today),
        )
        joined = func.group_concat if self._dialect == "sqlite" else func.string_agg
        return select(joined(column("role"), ",")).where(held).scalar_subquery()

    def _user(self, name: str) -> ColumnElement[Any]:
        return self._tables.column("user", name)
