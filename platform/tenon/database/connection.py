"""In charge of one connection: running statements on the driver's own cursor, and the transaction around them.

A connection belongs to one thread at a time. Outside a transaction it is in autocommit and only reads.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tenon.database.counting import StatementCount
from tenon.database.dialects import DialectName
from tenon.database.failures import DRIVER_ERRORS, Incomplete, meaning
from tenon.database.liveness import is_alive, is_lost
from tenon.database.prepared import Prepared, Row, prepare
from tenon.database.sending import Wire, command

LOG = logging.getLogger(__name__)

_NOTHING: Mapping[str, Any] = {}


class Connection:
    """One connection; made and begun by `Database`."""

    def __init__(self, engine: sa.Engine, dialect: DialectName, watchers: list[StatementCount]) -> None:
        self.dialect: DialectName = dialect
        self._sqlalchemy = engine.connect()
        driver: Any = self._sqlalchemy.connection.driver_connection
        self._driver = driver
        self._wire = None if dialect == "sqlite" else Wire(driver)
        self._cursor: Any = self._wire or driver.cursor()
        self._watchers = watchers
        self._writable = False
        self._failed = False
        self._savepoints = 0
        self._callbacks: list[Callable[[], None]] = []

    @property
    def sqlalchemy(self) -> sa.Connection:
        """The connection as SQLAlchemy and Alembic know it; it shares the transaction."""
        if self._wire is not None:
            self._wire.start()
        return self._sqlalchemy

    @property
    def writable(self) -> bool:
        """Whether a transaction is open."""
        return self._writable

    def run(self, prepared: Prepared, parameters: Mapping[str, Any] = _NOTHING) -> list[Row]:
        """The rows; empty for a statement that gives none."""
        cursor = self._send(prepared, parameters)
        if prepared.described:
            return prepared.rows(cursor.fetchall(), None)
        description = cursor.description
        return prepared.rows(cursor.fetchall(), description) if description is not None else []

    def execute(self, clause: sa.Executable | Prepared, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """The rows of a clause that is not worth preparing; SQLAlchemy keeps its text by shape."""
        if isinstance(clause, Prepared):
            return self.run(clause, parameters or _NOTHING)
        with self._translating():
            result = self.sqlalchemy.execute(clause, parameters or {})
            return [tuple(row) for row in result] if result.returns_rows else []

    def write(self, clause: sa.Executable | Prepared, parameters: Mapping[str, Any] | None = None) -> int:
        """How many rows were touched."""
        self._must_be_writable()
        if isinstance(clause, Prepared):
            touched: int = self._send(clause, parameters or _NOTHING).rowcount
            return touched
        with self._translating():
            return self.sqlalchemy.execute(clause, parameters or {}).rowcount

    def many(self, clause: sa.ClauseElement | Prepared, rows: Sequence[Mapping[str, Any]]) -> int:
        """The same statement for each of `rows`, sent together; how many rows were touched."""
        self._must_be_writable()
        if not rows:
            return 0
        prepared = clause if isinstance(clause, Prepared) else prepare(clause, self.dialect)
        self._note(prepared.text)
        with self._translating():
            self._cursor.executemany(prepared.text, [prepared.bound(row)[1] for row in rows])
        touched: int = self._cursor.rowcount
        return touched

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What fails inside is undone alone; the transaction goes on. Without it, a failure dooms the transaction."""
        self._must_be_writable()
        self._savepoints += 1
        name = f"tenon_{self._savepoints}"
        self._control(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self._control(f"ROLLBACK TO SAVEPOINT {name}")
            self._control(f"RELEASE SAVEPOINT {name}")
            self._failed = False
            raise
        self._control(f"RELEASE SAVEPOINT {name}")

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the transaction is committed and the connection given back."""
        self._must_be_writable()
        self._callbacks.append(callback)

    # What follows is for `Database` alone.

    def begin(self) -> None:
        """SQLite takes its one writer's place now; PostgreSQL begins with the first statement."""
        if self._wire is not None:
            self._wire.begin()
        else:
            self._control("BEGIN IMMEDIATE")
        self._writable, self._failed, self._savepoints, self._callbacks = True, False, 0, []

    def begin_snapshot(self) -> None:
        """Every statement sees what is committed now. Both databases look at the first statement, so there is one."""
        if self._wire is None:
            self._control("BEGIN")
            self._cursor.execute("SELECT count(*) FROM sqlite_master")
        else:
            self._control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            self._control("SET LOCAL statement_timeout = 0")
            self._control("SET LOCAL idle_in_transaction_session_timeout = 0")
            self._cursor.execute("SELECT 1")
        self._cursor.fetchall()

    def commit(self) -> list[Callable[[], None]]:
        """What was to be called after the commit. Raises RuntimeError when a failure was swallowed on the way."""
        if self._failed:
            raise RuntimeError("a statement of this transaction failed; it can only be rolled back (see savepoint)")
        if self._wire is None or not self._wire.forget():
            self._control("COMMIT")
        self._writable = False
        self.rest()
        return self._callbacks

    def rollback(self) -> None:
        self._writable = False
        self._callbacks = []
        if self._wire is not None:
            self._wire.forget()
        if self.in_driver_transaction():
            self._control("ROLLBACK")
        self.rest()

    def rest(self) -> None:
        """Let SQLAlchemy forget the transaction it thinks it is in; the database is in autocommit by now."""
        if self._sqlalchemy.in_transaction():
            self._sqlalchemy.rollback()

    def in_driver_transaction(self) -> bool:
        if self.dialect == "sqlite":
            return bool(self._driver.in_transaction)
        return bool(self._driver.info.transaction_status != 0)

    def usable(self) -> bool:
        """Whether the next statement has a chance: the server has not hung up."""
        return is_alive(self._driver, self.dialect)

    def sound(self) -> bool:
        """Whether nothing is known to be broken; asks nobody, since whoever takes the connection asks `usable`."""
        return not is_lost(self._driver, self.dialect)

    def close(self) -> None:
        try:
            self._sqlalchemy.close()
        except (DBAPIError, *DRIVER_ERRORS):
            LOG.debug("a broken connection was dropped")

    def _send(self, prepared: Prepared, parameters: Mapping[str, Any]) -> Any:
        if prepared.changes and not self._writable:
            self._must_be_writable()
        cursor = self._cursor
        try:
            text, bound = prepared.bound(parameters)
            if self._watchers:
                self._note(text)
            cursor.execute(text, bound)
        except DRIVER_ERRORS as error:
            self._refuse(error)
        return cursor

    def _note(self, text: str) -> None:
        for watcher in tuple(self._watchers):
            watcher.texts.append(text)

    def _control(self, text: str) -> None:
        """COMMIT, savepoints and the like: no parameters, no rows."""
        with self._translating():
            if self._wire is None:
                self._cursor.execute(text)
            else:
                self._wire.start()
                command(self._driver.pgconn, text.encode())

    def _must_be_writable(self) -> None:
        if not self._writable:
            raise RuntimeError("a reading connection does not write; open one with database.writing()")

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, *DRIVER_ERRORS) as error:
            self._refuse(error)

    def _refuse(self, error: BaseException) -> NoReturn:
        self._failed = True
        meant = meaning(error)
        if meant is None:
            raise error
        if isinstance(meant, Incomplete):
            LOG.error("the database does not fit the program: %s", error)
        raise meant from error
