"""In charge of a database as a whole: how connections are set up, and the two ways to get one."""

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from psycopg.types.json import set_json_loads
from psycopg.types.string import TextLoader
from sqlalchemy.exc import ArgumentError, DBAPIError

from tenon.database.connection import Connection
from tenon.database.counting import StatementCount
from tenon.database.dialects import DialectName
from tenon.database.failures import DRIVER_ERRORS, meaning
from tenon.database.pool import Pool
from tenon.errors import BadRequest
from tenon.expressions import register_sqlite_functions
from tenon.settings import Settings
from tenon.texts import say

LOG = logging.getLogger(__name__)

_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_DRIVERS: dict[str, DialectName] = {"sqlite": "sqlite", "postgresql": "postgresql"}


_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "mmap_size = 268435456",
)
"""What is read often is read from the system's own memory, shared by all connections: a fifth faster than copies."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How patient the database is, in seconds; 0 means without end. `connections` is per process."""

    connections: int = 20
    wait: float = 15.0
    """For a connection when all are taken."""
    lock: float = 10.0
    """For somebody else's transaction to let go."""
    statement: float = 60.0
    """For one statement; PostgreSQL only."""


class Database:
    """One database. Nothing is connected before the first use; any thread may use it."""

    def __init__(self, engine: sa.Engine, dialect: DialectName, limits: Limits) -> None:
        self.engine = engine
        self.dialect: DialectName = dialect
        self.watchers: list[StatementCount] = []
        self._pool = Pool(self._connect, size=limits.connections, patience=limits.wait)
        self._writing: set[int] = set()
        sa.event.listen(engine, "before_cursor_execute", self._note)

    @classmethod
    def open(cls, url: str, limits: Limits | None = None, *, schema: str = "") -> "Database":
        """`sqlite:///path/to/file` or `postgresql+psycopg://…`; `schema` is PostgreSQL's, made when missing.

        Raises BadRequest for any other address, and for a schema with a name that would need quoting.
        """
        address, dialect = _read_address(url)
        limits = limits or Limits()
        if dialect == "sqlite" and address.database is not None:
            _make_folder(Path(address.database).parent)
        arguments = _sqlite_arguments(limits) if dialect == "sqlite" else _postgres_arguments(limits, schema)
        options = {} if dialect == "sqlite" else {"use_native_hstore": False}
        engine = sa.create_engine(
            address,
            connect_args=arguments,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            poolclass=sa.NullPool,
            hide_parameters=True,
            **options,
        )
        sa.event.listen(engine, "connect", _set_up_sqlite if dialect == "sqlite" else _set_up_postgres)
        if schema and dialect == "postgresql":
            sa.event.listen(engine, "connect", _schema_maker(schema))
        return cls(engine, dialect, limits)

    @classmethod
    def of(cls, settings: Settings) -> "Database":
        """The database the settings name, as patient as they say."""
        limits = Limits(
            connections=max(1, settings.database_connections),
            lock=settings.database_lock_timeout,
            statement=settings.database_statement_timeout,
        )
        return cls.open(settings.database_url, limits, schema=settings.database_schema)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection in autocommit: each statement sees what is committed. Refused while this thread is writing."""
        self._refuse_nested()
        connection = self._pool.take()
        try:
            yield connection
        finally:
            connection.rest()
            self._pool.give_back(connection, sound=connection.sound())

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on any exception. Not to be nested."""
        self._refuse_nested()
        connection = self._pool.take()
        self._writing.add(threading.get_ident())
        try:
            with self._transaction(connection) as callbacks:
                yield connection
        finally:
            self._writing.discard(threading.get_ident())
            self._pool.give_back(connection, sound=connection.sound() and not connection.in_driver_transaction())
        _call_all(callbacks)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees the database as it is now, for as long as it takes; it only reads.

        Nobody is held up by it. Refused while this thread is writing.
        """
        self._refuse_nested()
        connection = self._pool.take()
        try:
            connection.begin_snapshot()
            yield connection
        finally:
            _roll_back(connection)
            self._pool.give_back(connection, sound=connection.sound() and not connection.in_driver_transaction())

    def close(self) -> None:
        self._pool.close()
        self.engine.dispose()

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[list[Callable[[], None]]]:
        """The list given is filled at the commit."""
        callbacks: list[Callable[[], None]] = []
        connection.begin()
        try:
            yield callbacks
            callbacks.extend(connection.commit())
        except BaseException:
            _roll_back(connection)
            raise

    def _connect(self) -> Connection:
        try:
            return Connection(self.engine, self.dialect, self.watchers)
        except (DBAPIError, *DRIVER_ERRORS) as error:
            raise (meaning(error) or error) from error

    def _refuse_nested(self) -> None:
        if threading.get_ident() in self._writing:
            raise RuntimeError("this thread is writing already; use the connection of its unit of work")

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        for watcher in tuple(self.watchers):
            watcher.texts.append(statement)


def _read_address(url: str) -> tuple[sa.URL, DialectName]:
    try:
        address = sa.make_url(url)
    except ArgumentError:
        raise _not_an_address() from None
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    dialect = _DRIVERS.get(address.get_backend_name())
    if dialect is None or (dialect == "sqlite" and address.database in (None, "", ":memory:")):
        raise _not_an_address()
    return address, dialect


def _not_an_address() -> BadRequest:
    return BadRequest(
        say("The database address is not one we can use.", "无法使用该数据库地址。"),
        hint=say(
            "Write sqlite:///path/to/file or postgresql+psycopg://user@host/name.",
            "请写成 sqlite:///文件路径 或 postgresql+psycopg://用户@主机/库名。",
        ),
    )


def _make_folder(folder: Path) -> None:
    """The last folder of the path only: more missing ones look like a mistake."""
    if folder.parent.is_dir():
        with suppress(OSError):  # SQLite will say that it cannot open the file
            folder.mkdir(exist_ok=True)


def _sqlite_arguments(limits: Limits) -> dict[str, Any]:
    return {
        "isolation_level": None,
        "timeout": limits.lock or 2_000_000,
        "cached_statements": 1000,
        "check_same_thread": False,
    }


def _postgres_arguments(limits: Limits, schema: str) -> dict[str, Any]:
    """Session settings travel with the connection request: no statement of their own."""
    settings = {
        "timezone": "UTC",
        "lock_timeout": int(limits.lock * 1000),
        "statement_timeout": int(limits.statement * 1000),
        "idle_in_transaction_session_timeout": 600_000,
        "jit": "off",
        **({"search_path": _plain_name(schema)} if schema else {}),
    }
    return {
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "connect_timeout": 10,
        "application_name": "tenon",
    }


def _set_up_sqlite(driver: Any, _record: Any) -> None:
    for pragma in _PRAGMAS:
        driver.execute(f"PRAGMA {pragma}").fetchall()
    register_sqlite_functions(driver)


def _set_up_postgres(driver: Any, _record: Any) -> None:
    driver.prepare_threshold = None  # it would take our own prepared statements away after every ALTER and ROLLBACK
    driver.adapters.register_loader("uuid", TextLoader)  # ids are text everywhere; skip the detour over UUID objects
    set_json_loads(orjson.loads, driver)


def _plain_name(schema: str) -> str:
    if _SCHEMA_NAME.fullmatch(schema) is None:
        raise BadRequest(
            say("“{name}” cannot be the name of a database schema.", "“{name}”不能用作数据库模式名称。", name=schema),
            hint=say("Use small letters, digits and underscores.", "请使用小写字母、数字和下划线。"),
        )
    return schema


def _schema_maker(schema: str) -> Callable[[Any, Any], None]:
    """Makes the schema when it is missing; asking first, since making needs a right that most do not have."""

    def make(driver: Any, _record: Any) -> None:
        if driver.execute("SELECT to_regnamespace(%s) IS NULL", (schema,)).fetchone()[0]:
            driver.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        driver.commit()

    return make


def _roll_back(connection: Connection) -> None:
    """The error that led here is the one to report: a rollback that fails too means a connection that is gone."""
    try:
        connection.rollback()
    except (DBAPIError, *DRIVER_ERRORS):
        LOG.warning("a transaction could not be rolled back; its connection is dropped", exc_info=True)


def _call_all(callbacks: list[Callable[[], None]]) -> None:
    """The change is committed: a callback that fails must not make it look undone, nor stop the others."""
    for callback in callbacks:
        try:
            callback()
        except Exception:
            LOG.exception("a callback after the commit failed")
