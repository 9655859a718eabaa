"""In charge of the statements that guard a job: taken by one, held by a lease, closed only by who still holds it.

A lease is `leased_by` (a token made for this one taking) until `available_at`. Whoever takes a job over when the
lease has run out writes his own token, so that the first can close nothing any more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from tenon.database import Cause, Connection, DialectName, prepare
from tenon.jobs.job import Job
from tenon.jobs.outbox import JOBS, RUNNING, SENDING, WAITING
from tenon.schema import SYSTEM_TABLES

LEASE = timedelta(seconds=60)
"""How long a worker may be silent before others think it dead; it renews the lease while it works."""

_VERSION = SYSTEM_TABLES["version"]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A job in hand. `lost_while_sending`: whoever had it before died, and may have made its effect outside."""

    job: Job
    token: str
    version: int
    """Number of the published version, read with it."""
    repeatable: bool | None
    lost_while_sending: bool


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What becomes of a job that is in hand."""

    status: str
    available_at: datetime
    ended_at: datetime | None = None
    repeatable: bool | None = None
    reason: dict[str, str] | None = None
    error: str | None = None
    keeps: bool = False
    """Whether it stays in hand."""


class Taking:
    """Its statements are compiled once for each dialect: see `taking`."""

    def __init__(self, dialect: DialectName) -> None:
        self._next = prepare(_take(by_id=False), dialect)
        self._one = prepare(_take(by_id=True), dialect)
        self._any = prepare(_any(), dialect)
        self._close = prepare(_close(), dialect)
        self._renew = prepare(_renew(), dialect)

    def take(self, connection: Connection, token: str, now: datetime, job_id: str | None = None) -> Taken | None:
        """The most urgent job that may be begun now, or this one if it may."""
        values: dict[str, Any] = {"now": now, "until": now + LEASE, "token": token}
        if job_id is not None:
            values["the_id"] = job_id
        rows = connection.run(self._one if job_id is not None else self._next, values)
        if not rows:
            return None
        *columns, version = rows[0]
        stored = dict(zip(JOBS.columns.keys(), columns, strict=True))
        return Taken(
            job=job_of(stored),
            token=token,
            version=version or 0,
            repeatable=stored["repeatable"],
            lost_while_sending=stored["status"] == SENDING,
        )

    def any_due(self, connection: Connection, now: datetime) -> bool:
        """Whether there is a job that may be begun now; only reads."""
        return bool(connection.run(self._any, {"now": now}))

    def close(self, connection: Connection, taken: Taken, closing: Closing) -> bool:
        """False when somebody else has it by now: nothing must come of this transaction then."""
        values = {
            "the_id": taken.job.id,
            "the_token": taken.token,
            "status": closing.status,
            "available_at": closing.available_at,
            "ended_at": closing.ended_at,
            "leased_by": taken.token if closing.keeps else None,
            "repeatable": closing.repeatable if closing.repeatable is not None else taken.repeatable,
            "reason": closing.reason,
            "error": closing.error,
        }
        return connection.write(self._close, {f"v_{name}": value for name, value in values.items()}) == 1

    def renew(self, connection: Connection, held: list[tuple[str, str]], now: datetime) -> None:
        """Of jobs in hand, (id, token) each."""
        connection.many(
            self._renew, [{"v_the_id": id_, "v_the_token": token, "until": now + LEASE} for id_, token in held]
        )


@lru_cache
def taking(dialect: DialectName) -> Taking:
    return Taking(dialect)


def job_of(stored: dict[str, Any]) -> Job:
    """From a row of the table, its columns by name."""
    return Job(
        id=stored["id"],
        name=stored["name"],
        payload=stored["payload"],
        key=stored["key"],
        line=stored["line"],
        priority=stored["priority"],
        due=stored["available_at"],
        cause=Cause(stored["cause"], stored["depth"]) if stored["cause"] is not None else None,
        attempts=stored["attempts"],
        resumed=stored["repeatable"] is not None,
    )


def is_open(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """Written out, so that both databases know that the index over unfinished jobs will do."""
    return table.c.status.in_([sa.literal_column(f"'{status}'") for status in (WAITING, RUNNING, SENDING)])


def may_begin(job: sa.FromClause) -> sa.ColumnElement[bool]:
    """Due (parameter `now`), and no older job of its line is unfinished."""
    older = JOBS.alias("older")
    before = sa.exists(sa.literal_column("1")).where(older.c.line == job.c.line, older.c.id < job.c.id, is_open(older))
    due = job.c.available_at <= sa.bindparam("now", type_=JOBS.c.available_at.type)
    return sa.and_(is_open(job), due, sa.or_(job.c.line.is_(None), ~before))


def _take(*, by_id: bool) -> sa.Update:
    """One statement; on PostgreSQL past what another worker is just taking."""
    candidate, columns = JOBS.alias("candidate"), JOBS.c
    found = sa.select(candidate.c.id).where(may_begin(candidate))
    if by_id:
        found = found.where(candidate.c.id == sa.bindparam("the_id", type_=columns.id.type))
    else:
        found = found.order_by(candidate.c.priority, candidate.c.available_at, candidate.c.id)
    found = found.limit(sa.literal_column("1")).with_for_update(skip_locked=True)
    sending: sa.ColumnClause[str] = sa.literal_column(f"'{SENDING}'")
    return (
        sa.update(JOBS)
        .where(columns.id == found.scalar_subquery())
        .values(
            {
                columns.status: sa.case((columns.status == sending, sending), else_=sa.literal_column(f"'{RUNNING}'")),
                columns.attempts: columns.attempts + 1,
                columns.available_at: sa.bindparam("until", type_=columns.available_at.type),
                columns.leased_by: sa.bindparam("token", type_=columns.leased_by.type),
                columns.started_at: sa.bindparam("now", type_=columns.started_at.type),
            }
        )
        .returning(*JOBS.columns, sa.select(sa.func.max(_VERSION.c.number)).scalar_subquery())
    )


def _any() -> sa.Select[Any]:
    candidate = JOBS.alias("candidate")
    return sa.select(candidate.c.status).where(may_begin(candidate)).limit(sa.literal_column("1"))


def _mine() -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    columns = JOBS.c
    return (
        columns.id == sa.bindparam("v_the_id", type_=columns.id.type),
        columns.leased_by == sa.bindparam("v_the_token", type_=columns.leased_by.type),
    )


def _close() -> sa.Update:
    names = ("status", "available_at", "ended_at", "leased_by", "repeatable", "reason", "error")
    values: dict[Any, Any] = {JOBS.c[name]: sa.bindparam(f"v_{name}", type_=JOBS.c[name].type) for name in names}
    return sa.update(JOBS).where(*_mine()).values({**values, JOBS.c.sent_at: sa.null()})


def _renew() -> sa.Update:
    until = sa.bindparam("until", type_=JOBS.c.available_at.type)
    return sa.update(JOBS).where(*_mine()).values({JOBS.c.available_at: until})
