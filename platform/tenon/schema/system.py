"""In charge of the hand-made tables: what the engine itself keeps, next to the tables of the model.

They are added to, never changed: `install` makes what a newer release brought. Columns have no defaults;
whoever writes a row says every value.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.types import TypeEngine

from tenon.database import Connection
from tenon.fields.storage import Boolean, Identifier, Instant, LongText, ShortText, Whole
from tenon.schema.columns import Json

PREFIX = "tenon_"

_METADATA = sa.MetaData()


def _column(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]], *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, type_, primary_key=key, nullable=not key, autoincrement=False)


def _table(name: str, *parts: sa.Column[Any] | sa.Index) -> sa.Table:
    return sa.Table(PREFIX + name, _METADATA, *parts, implicit_returning=False)


def _index(table: str, *columns: str, where: str = "", unique: bool = False) -> sa.Index:
    condition: dict[str, Any] = {"postgresql_where": sa.text(where), "sqlite_where": sa.text(where)} if where else {}
    return sa.Index(f"{PREFIX}{table}_by_{'_'.join(columns)}", *columns, unique=unique, **condition)


_VERSION = _table(
    "version",
    _column("number", Whole, key=True),
    _column("at", Instant),
    _column("author", ShortText),
    _column("reason", LongText),
    _column("digest", ShortText),
    _column("sources", sa.LargeBinary),  # JSON of the layers' files, compressed by zlib
    _column("modules", Json),  # name → version
    _column("contract", ShortText),  # digest of what the API promises
    _column("origin", ShortText),  # digest of the other workspace's version this one was promoted from
)
_LEDGER = _table(
    "ledger",
    _column("kind", ShortText, key=True),
    _column("table_name", ShortText, key=True),
    _column("column_name", ShortText, key=True),
    _column("path", ShortText),
    _column("type", LongText),
    _column("state", ShortText),
    _column("since", Whole),
)
_OUTBOX = _table(
    "outbox",
    _column("id", Identifier, key=True),
    _column("at", Instant),
    _column("kind", ShortText),
    _column("entity", ShortText),
    _column("record_id", Identifier),
    _column("payload", Json),
    _column("status", ShortText),  # waiting, running, done, dead
    _column("attempts", Whole),
    _column("available_at", Instant),  # of a running one: when its worker counts as lost
    _column("error", LongText),
    _column("cause", Identifier),
    _column("depth", Whole),
    _index("outbox", "available_at", "id", where="status IN ('waiting', 'running')"),
)
_HISTORY = _table(
    "history",
    _column("id", Identifier, key=True),
    _column("entity", ShortText),
    _column("record_id", Identifier),
    _column("version", Whole),
    _column("at", Instant),
    _column("operation", ShortText),
    _column("actor_id", Identifier),
    _column("actor_name", ShortText),
    _column("reason", LongText),
    _column("changes", Json),
    _index("history", "entity", "record_id", "at"),
)
_STAGE_HISTORY = _table(
    "stage_history",
    _column("id", Identifier, key=True),
    _column("entity", ShortText),
    _column("record_id", Identifier),
    _column("pipeline", ShortText),
    _column("from_stage", ShortText),
    _column("to_stage", ShortText),
    _column("at", Instant),
    _column("actor_id", Identifier),
    _column("actor_name", ShortText),
    _column("reason", LongText),
    _column("seconds", Whole),  # spent in from_stage
    _index("stage_history", "entity", "record_id", "at"),
)
_COUNTER = _table("counter", _column("name", ShortText, key=True), _column("value", Whole))
_CREDENTIAL = _table(
    "credential",
    _column("user_id", Identifier, key=True),
    _column("password_hash", LongText),
    _column("failed", Whole),
    _column("locked_until", Instant),
    _column("changed_at", Instant),
    _column("must_change", Boolean),
)
_SESSION = _table(
    "session",
    _column("id", ShortText, key=True),  # hash of what the browser holds
    _column("user_id", Identifier),
    _column("created_at", Instant),
    _column("seen_at", Instant),
    _column("expires_at", Instant),
    _column("csrf", ShortText),
    _column("data", Json),
    _index("session", "user_id"),
    _index("session", "expires_at"),
)
_TOKEN = _table(
    "token",
    _column("id", Identifier, key=True),
    _column("hash", ShortText),
    _column("name", ShortText),
    _column("user_id", Identifier),
    _column("scopes", Json),
    _column("created_at", Instant),
    _column("expires_at", Instant),
    _column("last_used_at", Instant),
    _column("revoked_at", Instant),
    _index("token", "hash", unique=True),
    _index("token", "user_id"),
)
_CALENDAR_FEED = _table(
    "calendar_feed",
    _column("user_id", Identifier, key=True),
    _column("hash", ShortText),  # of the secret in its address
    _column("created_at", Instant),
    _column("last_used_at", Instant),
    _index("calendar_feed", "hash", unique=True),
)
_IDEMPOTENCY = _table(
    "idempotency",
    _column("key", ShortText, key=True),
    _column("actor", ShortText, key=True),
    _column("body_hash", ShortText),
    _column("status", Whole),
    _column("response", LongText),
    _column("at", Instant),
    _index("idempotency", "at"),
)

_SEED = _table(
    "seed",
    _column("set_name", ShortText, key=True),
    _column("key", LongText, key=True),  # JSON list of the key's values
    _column("digest", ShortText),  # of the row as the data file had it
    _column("record_id", Identifier),
    _column("values", Json),  # field → what was seeded, as the read door gives it
)
_MODULE = _table(
    "module",
    _column("name", ShortText, key=True),
    _column("version", ShortText),  # up to which its upgrade steps are done
    _column("at", Instant),
)

_WORK = _table(
    "work",
    _column("table_name", ShortText, key=True),
    _column("name", ShortText, key=True),  # of the column or index in the making
    _column("kind", ShortText),
    _column("subject", ShortText),
    _column("signature", ShortText),
    _column("started_at", Instant),
    _column("cursor", ShortText),
    _column("done", Whole),
    _column("total", Whole),
    _column("filled", Boolean),
)

_JOB = _table(
    "job",
    _column("id", Identifier, key=True),
    _column("name", ShortText),  # of its duty
    _column("key", ShortText),
    _column("line", ShortText),
    _column("priority", Whole),  # 1 is the most urgent
    _column("payload", Json),
    _column("status", ShortText),  # waiting, running, sending, held, done, dead, cancelled
    _column("attempts", Whole),
    _column("available_at", Instant),  # of a running one: when its worker counts as lost
    _column("leased_by", ShortText),
    _column("created_at", Instant),
    _column("started_at", Instant),
    _column("ended_at", Instant),
    _column("sent_at", Instant),  # when its id was last put into the queue outside the database
    _column("repeatable", Boolean),  # of its effect outside; null until its first transaction was committed
    _column("reason", Json),  # why it rests, or waits to be tried again: words for people, by language
    _column("error", LongText),
    _column("cause", Identifier),
    _column("depth", Whole),
    _index("job", "key", unique=True, where="key IS NOT NULL"),
    _index("job", "priority", "available_at", "id", where="status IN ('waiting', 'running', 'sending')"),
    _index("job", "line", "id", where="status IN ('waiting', 'running', 'sending')"),
)
_SCHEDULE = _table(
    "schedule",
    _column("name", ShortText, key=True),
    _column("signature", ShortText),  # of its pattern: another one starts anew
    _column("next_at", Instant),  # null: never again
    _column("last_at", Instant),
    _column("error", LongText),  # of the last time its jobs could not be made
)
_WORKER = _table(
    "worker",
    _column("name", ShortText, key=True),
    _column("kind", ShortText),  # embedded, worker
    _column("started_at", Instant),
    _column("seen_at", Instant),
)
_LOCK = _table(
    "lock",
    _column("entity", ShortText, key=True),
    _column("record_id", Identifier, key=True),
    _column("request_id", Identifier, key=True),
    _column("at", Instant),
    _column("fields", Json),  # null: every field
    _column("exceptions", Json),
    _column("open_to", Json),  # user → fields
    _column("why", Json),  # words for people, by language
)
_PAUSED_AUTOMATION = _table(
    "paused_automation",
    _column("name", ShortText, key=True),
    _column("at", Instant),
    _column("by", Identifier),  # null: the program itself, after a failure
    _column("reason", LongText),
)
_TURN = _table(
    "turn",
    _column("name", ShortText, key=True),  # what is locked while somebody is chosen or counted
    _column("at", Instant),
    _column("state", Json),  # whose turn it was
)
_PAUSE = _table(
    "pause",
    _column("name", ShortText, key=True),  # of what rests
    _column("at", Instant),
    _column("by", ShortText),
    _column("reason", Json),  # words for people, by language
)
_BACKUP = _table(
    "backup",
    _column("id", Identifier, key=True),
    _column("at", Instant),  # when it was begun
    _column("ended_at", Instant),
    _column("kind", ShortText),  # scheduled, command
    _column("good", Boolean),
    _column("place", LongText),
    _column("size", Whole),  # bytes
    _column("reason", LongText),  # of a failure
)

SYSTEM_TABLES: Mapping[str, sa.Table] = {
    table.name.removeprefix(PREFIX): table
    for table in (
        _VERSION,
        _LEDGER,
        _OUTBOX,
        _HISTORY,
        _STAGE_HISTORY,
        _COUNTER,
        _CREDENTIAL,
        _SESSION,
        _TOKEN,
        _CALENDAR_FEED,
        _IDEMPOTENCY,
        _WORK,
        _SEED,
        _MODULE,
        _JOB,
        _SCHEDULE,
        _WORKER,
        _LOCK,
        _TURN,
        _PAUSED_AUTOMATION,
        _PAUSE,
        _BACKUP,
    )
}


def installed(connection: Connection) -> bool:
    """Whether this database has been prepared for a workspace."""
    return sa.inspect(connection.sqlalchemy).has_table(_VERSION.name)


def is_complete(connection: Connection) -> bool:
    """Whether every system table and column is there; a newer program may keep more than the one that published."""
    return not lacking(connection)


def lacking(connection: Connection) -> tuple[str, ...]:
    """The system tables that are missing, and the columns (`table.column`) missing in those that are there."""
    present = sa.inspect(connection.sqlalchemy).get_multi_columns()
    columns = {table: {column["name"] for column in found} for (_schema, table), found in present.items()}
    found: list[str] = []
    for table in SYSTEM_TABLES.values():
        there = columns.get(table.name)
        if there is None:
            found.append(table.name)
        else:
            found.extend(f"{table.name}.{column.name}" for column in table.columns if column.name not in there)
    return tuple(found)


def install(connection: Connection) -> None:
    """Make the system tables, columns and indexes that are missing; the connection must be in a transaction."""
    inspector = sa.inspect(connection.sqlalchemy)
    present = set(inspector.get_table_names())
    operations = Operations(MigrationContext.configure(connection.sqlalchemy))
    for table in SYSTEM_TABLES.values():
        if table.name not in present:
            table.create(connection.sqlalchemy)
            continue
        _complete(table, inspector, operations)


def _complete(table: sa.Table, inspector: sa.Inspector, operations: Operations) -> None:
    columns = {column["name"] for column in inspector.get_columns(table.name)}
    for column in table.columns:
        if column.name not in columns:
            operations.add_column(table.name, sa.Column(column.name, column.type))
    indexes = {index["name"] for index in inspector.get_indexes(table.name)}
    for index in table.indexes:
        if index.name not in indexes:
            index.create(operations.get_bind())
