"""In charge of calls that may be sent twice: the answer to an Idempotency-Key is kept with the change it reports.

Key and answer are written in the transaction of the change, so there is never one without the other. Of two calls
at once the second waits for the first one's key and then gets its answer. Refusals are not kept: nothing happened.
"""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.dialects import postgresql, sqlite

from tenon.api.outcomes import Outcome
from tenon.api.parameters import refused
from tenon.database import DialectName, Prepared, UnitOfWork, prepare
from tenon.errors import Conflict, Detail
from tenon.http import Asking
from tenon.schema import SYSTEM_TABLES
from tenon.texts import say

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
_SWEEP_AFTER = timedelta(minutes=10)
_TABLE = SYSTEM_TABLES["idempotency"]

Work = Callable[[UnitOfWork], Outcome]


def carry_out(known: Asking, work: Work, *, content: bytes = b"") -> Response:
    """Do `work` in one transaction, or answer again what the same call was answered before.

    `content` is what tells two forms apart whose fields are not read as the body.
    """
    key = _key()
    if key is None:
        with known.writing() as unit:
            outcome = work(unit)
        return outcome.response()
    _SWEEPER.sweep(known)
    with known.writing() as unit:
        outcome = _once(unit, key, _fingerprint(content), work)
    return outcome.response()


def answered_before(known: Asking, *, content: bytes = b"") -> Response | None:
    """The kept answer to this very call, for work that must not even be prepared twice; None when there is none."""
    key = _key()
    if key is None:
        return None
    with known.reading() as unit:
        found = unit.connection.run(_STATEMENTS[unit.connection.dialect]["kept"], _living(unit, key))
    return _again(found[0], _fingerprint(content)).response() if found and found[0][1] is not None else None


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not (key.isascii() and key.isprintable() and 1 <= len(key) <= 255):
        raise refused(
            HEADER, say("“{name}” is 1 to 255 plain characters.", "“{name}”应为 1 到 255 个普通字符。", name=HEADER)
        )
    return key


def _living(unit: UnitOfWork, key: str) -> dict[str, Any]:
    return {"the_key": key, "the_actor": unit.actor.id or "", "expired": unit.now - KEPT}


def _once(unit: UnitOfWork, key: str, fingerprint: str, work: Work) -> Outcome:
    statements = _STATEMENTS[unit.connection.dialect]
    mine = {"the_key": key, "the_actor": unit.actor.id or ""}
    claim = {**mine, "the_hash": fingerprint, "the_time": unit.now, "expired": unit.now - KEPT}
    if not unit.connection.write(statements["claim"], claim):
        return _again(unit.connection.run(statements["find"], mine)[0], fingerprint)
    outcome = work(unit)
    kept = {
        "document": outcome.document,
        "version": outcome.version,
        "location": outcome.location,
    }
    unit.connection.write(
        statements["keep"],
        {**mine, "the_status": outcome.status, "the_response": orjson.dumps(kept).decode()},
    )
    return outcome


def _again(row: tuple[str, int, str], fingerprint: str) -> Outcome:
    known_fingerprint, status, response = row
    if known_fingerprint != fingerprint:
        message = say("This Idempotency-Key was used for another call.", "此 Idempotency-Key 已用于另一个请求。")
        detail = Detail(path=HEADER, code="idempotency_key_reused", message=message)
        raise Conflict(message, hint=say("Use a new key for each change.", "每次变更请使用新的键。"), details=[detail])
    return Outcome(status=status, repeated=True, **orjson.loads(response))


def _fingerprint(content: bytes) -> str:
    """What makes two calls the same: method, address, body, and the version they were made on."""
    parts = (request.method, request.full_path, request.headers.get("If-Match", ""))
    seen = hashlib.sha256("\n".join(parts).encode(errors="surrogateescape"))
    if request.mimetype != "multipart/form-data":  # its boundary differs each time, and files are big
        seen.update(request.get_data())
    seen.update(content)
    return seen.hexdigest()


class _Sweeper:
    """Forgets expired keys now and then, in a transaction of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[int, datetime] = {}

    def sweep(self, known: Asking) -> None:
        now, place = known.workspace.now(), id(known.workspace)
        with self._lock:
            if place in self._last and now - self._last[place] < _SWEEP_AFTER:
                return
            self._last[place] = now
        with known.workspace.database.writing() as connection:
            connection.write(_STATEMENTS[connection.dialect]["sweep"], {"expired": now - KEPT})


_SWEEPER = _Sweeper()


def _statements(dialect: DialectName) -> dict[str, Prepared]:
    columns = _TABLE.c
    mine = sa.and_(columns.key == sa.bindparam("the_key"), columns.actor == sa.bindparam("the_actor"))
    expired = columns.at < sa.bindparam("expired", type_=columns.at.type)
    insert = postgresql.insert(_TABLE) if dialect == "postgresql" else sqlite.insert(_TABLE)
    fresh = insert.values(
        key=sa.bindparam("the_key"),
        actor=sa.bindparam("the_actor"),
        body_hash=sa.bindparam("the_hash"),
        status=sa.null(),
        response=sa.null(),
        at=sa.bindparam("the_time", type_=columns.at.type),
    )
    again = {"body_hash": fresh.excluded.body_hash, "at": fresh.excluded.at, "status": None, "response": None}
    claim = fresh.on_conflict_do_update(index_elements=[columns.key, columns.actor], set_=again, where=expired)
    keep: dict[str, Any] = {"status": sa.bindparam("the_status"), "response": sa.bindparam("the_response")}
    return {
        "claim": prepare(claim, dialect),
        "kept": prepare(
            sa.select(columns.body_hash, columns.status, columns.response).where(mine, sa.not_(expired)), dialect
        ),
        "find": prepare(sa.select(columns.body_hash, columns.status, columns.response).where(mine), dialect),
        "keep": prepare(sa.update(_TABLE).where(mine).values(keep), dialect),
        "sweep": prepare(sa.delete(_TABLE).where(expired), dialect),
    }


_STATEMENTS: dict[DialectName, dict[str, Prepared]] = {
    "sqlite": _statements("sqlite"),
    "postgresql": _statements("postgresql"),
}
