"""In charge of what a driver's complaint means: one table from driver errors to the product's own.

No message here carries SQL, a value or an address. What is a mistake in a statement stays the driver's error:
it is ours to mend, not the caller's to read.
"""

import re
import sqlite3
from typing import Literal

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError

from tenon.errors import Conflict, InvalidInput, TenonError, Unavailable
from tenon.texts import Text, say

Broken = Literal["unique", "reference", "missing", "check"]

DRIVER_ERRORS = (psycopg.Error, sqlite3.Error, UnicodeEncodeError, OverflowError)
"""What a driver's cursor may raise for reasons outside our statements."""

_SAID: dict[Broken, Text] = {
    "unique": say("Another record already has this value.", "已有其他记录使用此值。"),
    "reference": say(
        "A record this depends on does not exist, or other records still point here.",
        "所引用的记录不存在，或仍有其他记录引用此记录。",
    ),
    "missing": say("A value that must be there is missing.", "缺少必须提供的值。"),
    "check": say("A value breaks a rule of the database.", "某个值违反了数据库约束。"),
}
_SQLITE_KINDS: dict[str, Broken] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "reference",
    "SQLITE_CONSTRAINT_NOTNULL": "missing",
}
_SQLITE_DOWN = (
    "SQLITE_CANTOPEN",
    "SQLITE_IOERR",
    "SQLITE_FULL",
    "SQLITE_CORRUPT",
    "SQLITE_NOTADB",
)
_SQLITE_REFUSES = ("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")
_POSTGRES_KINDS: dict[type[psycopg.Error], Broken] = {
    pg.UniqueViolation: "unique",
    pg.ForeignKeyViolation: "reference",
    pg.RestrictViolation: "reference",
    pg.NotNullViolation: "missing",
}
_SQLITE_COLUMNS = re.compile(r"constraint failed: (.+)$")
_SQLITE_MISSING = re.compile(r"^no such (table|column): |^table \w+ has no column named ")
_SQLITE_INDEX = re.compile(r"index '(.+)'$")


class IntegrityFailure(Conflict):
    """The database kept a promise: something is unique, points somewhere, or must be there.

    Names are physical. PostgreSQL names the `constraint`; SQLite names `table` and `columns` instead, and
    neither for a broken reference. `tenon.schema` translates them into fields.
    """

    def __init__(self, kind: Broken, *, constraint: str = "", table: str = "", columns: tuple[str, ...] = ()) -> None:
        super().__init__(_SAID[kind])
        self.kind = kind
        self.constraint = constraint
        self.table = table
        self.columns = columns


class Incomplete(Unavailable):
    """The database is not what the ledger, or this program, takes it for."""

    def __init__(self) -> None:
        super().__init__(
            say(
                "The database lacks a table or column that this program needs.",
                "数据库缺少本程序需要的表或列。",
            ),
            hint=say(
                "Run “tenon doctor”, which names it; “tenon doctor --repair” makes what the program itself keeps.",
                "请运行“tenon doctor”查看是哪一个；“tenon doctor --repair”可补建系统自身的表列。",
            ),
        )


class NotAllowed(Unavailable):
    """The database is there, and lets its user do less than the program needs."""

    def __init__(self) -> None:
        super().__init__(
            say("The database does not let this program do that.", "数据库不允许本程序执行此操作。"),
            hint=say(
                "Let the program's database user read, write and alter its tables; then run “tenon doctor”.",
                "请授予本程序的数据库用户读取、写入和更改表的权限，然后运行“tenon doctor”。",
            ),
        )


def meaning(error: BaseException) -> TenonError | None:
    """What the caller shall hear of a driver's error; None when it is a mistake of ours."""
    if isinstance(error, DBAPIError):
        return meaning(error.orig) if error.orig is not None else None
    if isinstance(error, TenonError):
        return error
    if isinstance(error, psycopg.Error):
        return _of_postgres(error)
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return does_not_fit()
    return None


def unavailable() -> Unavailable:
    return Unavailable(
        say("The database does not answer.", "数据库没有响应。"),
        hint=say(
            "Try again in a moment; “tenon doctor” checks the connection.", "请稍后再试；可用“tenon doctor”检查连接。"
        ),
    )


def busy() -> Unavailable:
    return Unavailable(
        say("The database is busy.", "数据库正忙。"),
        hint=say("Nothing was changed; try again in a moment.", "未作任何更改，请稍后再试。"),
    )


def does_not_fit() -> InvalidInput:
    return InvalidInput(
        say(
            "A value cannot be stored: it is too large, or holds characters no text may hold.",
            "有值无法保存：过大或含有非法字符。",
        )
    )


def _collided() -> Conflict:
    return Conflict(
        say("Somebody else was changing the same records.", "其他人正在更改相同的记录。"),
        hint=say("Nothing was changed; do it again.", "未作任何更改，请重试。"),
    )


def _of_postgres(error: psycopg.Error) -> TenonError | None:
    if isinstance(error, psycopg.IntegrityError):
        found = error.diag
        return IntegrityFailure(
            _POSTGRES_KINDS.get(type(error), "check"),
            constraint=found.constraint_name or "",
            table=found.table_name or "",
            columns=(found.column_name,) if found.column_name else (),
        )
    if isinstance(error, pg.DeadlockDetected | pg.SerializationFailure):
        return _collided()
    if isinstance(error, pg.LockNotAvailable | pg.QueryCanceled | pg.TooManyConnections):
        return busy()
    if isinstance(error, pg.UndefinedTable | pg.UndefinedColumn | pg.InvalidSchemaName):
        return Incomplete()
    if isinstance(error, pg.InsufficientPrivilege | pg.ReadOnlySqlTransaction):
        return NotAllowed()
    if isinstance(error, psycopg.DataError | pg.ProgramLimitExceeded):
        return does_not_fit()
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return unavailable()
    return None


def _of_sqlite(error: sqlite3.Error) -> TenonError | None:
    if isinstance(error, sqlite3.IntegrityError):
        return _broken_in_sqlite(error)
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return busy()
    if name.startswith(_SQLITE_DOWN):
        return unavailable()
    if name.startswith(_SQLITE_REFUSES):
        return NotAllowed()
    if _SQLITE_MISSING.search(str(error)):
        return Incomplete()
    if isinstance(error, sqlite3.DataError) or name == "SQLITE_TOOBIG":
        return does_not_fit()
    return None


def _broken_in_sqlite(error: sqlite3.IntegrityError) -> IntegrityFailure:
    kind = _SQLITE_KINDS.get(getattr(error, "sqlite_errorname", ""), "check")
    found = _SQLITE_COLUMNS.search(str(error))
    if kind not in ("unique", "missing") or found is None:
        return IntegrityFailure(kind)
    index = _SQLITE_INDEX.match(found[1])
    if index is not None:
        return IntegrityFailure(kind, constraint=index[1])
    pairs = [place.partition(".") for place in found[1].split(", ")]
    return IntegrityFailure(kind, table=pairs[0][0], columns=tuple(column for _table, _dot, column in pairs))
