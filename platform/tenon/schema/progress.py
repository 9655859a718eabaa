"""In charge of how far long work has come: columns being filled and indexes being built before a version is published.

It is written down with each batch, so whoever comes next after a crash goes on where the work stopped.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from tenon.database import Connection
from tenon.schema.system import SYSTEM_TABLES

_TABLE = SYSTEM_TABLES["work"]
_COLUMNS = ("table_name", "name", "kind", "subject", "signature", "started_at", "cursor", "done", "total", "filled")
_CLOCKS = timedelta(minutes=5)
"""How far the clocks of machines that write may be apart."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One column or index in the making. `signature` tells whether it is still the same work; `cursor` is the last id
    done; `filled` whether all is. `subject` is the path of what it is for."""

    table: str
    name: str
    kind: str
    subject: str
    signature: str
    started_at: datetime
    cursor: str = ""
    done: int = 0
    total: int = 0
    filled: bool = False

    @property
    def columns(self) -> list[str]:
        """Of a field in the making."""
        return self.name.split(",")

    @property
    def percent(self) -> int:
        return 100 if self.filled or not self.total else min(99, self.done * 100 // self.total)


class Progress:
    """All work that was begun and not yet published."""

    def __init__(self, works: list[Work]) -> None:
        self.works = {(work.table, work.name): work for work in works}

    @classmethod
    def load(cls, connection: Connection) -> "Progress":
        if not sa.inspect(connection.sqlalchemy).has_table(_TABLE.name):
            return cls([])
        rows = connection.execute(sa.select(*(_TABLE.c[name] for name in _COLUMNS)).order_by(_TABLE.c.name))
        return cls([Work(**dict(zip(("table", *_COLUMNS[1:]), row, strict=True))) for row in rows])

    def of(self, table: str, name: str) -> Work | None:
        return self.works.get((table, name))

    def since(self, table: str, column: str) -> datetime | None:
        """From when on changes may be missing in a column; None when it is not filled."""
        for work in self.works.values():
            if work.kind == "column" and work.filled and (work.table, work.columns[0]) == (table, column):
                return work.started_at - _CLOCKS
        return None

    def begin(self, connection: Connection, work: Work) -> None:
        connection.write(sa.insert(_TABLE).values(_row(work)))
        self.works[work.table, work.name] = work

    def advance(self, connection: Connection, work: Work, *, cursor: str, done: int, filled: bool = False) -> Work:
        found = replace(work, cursor=cursor, done=done, filled=filled)
        here = (_TABLE.c.table_name == work.table, _TABLE.c.name == work.name)
        connection.write(sa.update(_TABLE).where(*here).values(cursor=cursor, done=done, filled=filled))
        self.works[work.table, work.name] = found
        return found

    def forget(self, connection: Connection, work: Work) -> None:
        connection.write(sa.delete(_TABLE).where(_TABLE.c.table_name == work.table, _TABLE.c.name == work.name))
        del self.works[work.table, work.name]

    def finish(self, connection: Connection) -> None:
        """Everything is part of the version now."""
        if self.works:
            connection.write(sa.delete(_TABLE))
            self.works = {}


def _row(work: Work) -> dict[str, object]:
    return {
        "table_name": work.table,
        "name": work.name,
        "kind": work.kind,
        "subject": work.subject,
        "signature": work.signature,
        "started_at": work.started_at,
        "cursor": work.cursor,
        "done": work.done,
        "total": work.total,
        "filled": work.filled,
    }
