"""In charge of a rest for everything that leaves the house: messages, calls, mailboxes. The rest of the work goes on.

A workspace that was brought back from a backup begins so, because what it would send may have been sent since by the
one the backup was made of. What is to leave meanwhile is held, and somebody decides what becomes of it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from tenon.database import Connection, UnitOfWork
from tenon.jobs.duties import Duty
from tenon.jobs.outbox import CANCELLED, HELD, JOBS, WAITING
from tenon.jobs.taking import job_of
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say

LOG = logging.getLogger(__name__)

PAUSES = SYSTEM_TABLES["pause"]
OUTGOING = "outgoing"


class Paused(Exception):
    """What the job would send stays here."""


@dataclass(frozen=True, kw_only=True)
class Pause:
    """`reason` is words for people, by language."""

    at: datetime
    by: str
    reason: Mapping[str, str]


def outgoing_pause(connection: Connection) -> Pause | None:
    """None: what is to leave the house leaves it."""
    columns = PAUSES.c
    query = sa.select(columns.at, columns.by, columns.reason).where(columns.name == OUTGOING)
    rows = connection.execute(query)
    return Pause(at=rows[0][0], by=rows[0][1] or "", reason=rows[0][2] or {}) if rows else None


def pause_outgoing(connection: Connection, now: datetime, by: str, reason: Text) -> None:
    """One that rests already goes on resting, for this reason."""
    connection.write(sa.delete(PAUSES).where(PAUSES.c.name == OUTGOING))
    connection.write(sa.insert(PAUSES), {"name": OUTGOING, "at": now, "by": by, "reason": _words(reason)})


def held(connection: Connection) -> int:
    """How many jobs would have sent something meanwhile."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(JOBS).where(JOBS.c.status == HELD))[0][0])


def resume_outgoing(
    unit: UnitOfWork, what_is_held: Literal["send", "discard"], duties: Mapping[str, Duty] | None = None
) -> int:
    """Let things leave again; how many jobs were held. They are done in their order now, or never.

    What is discarded counts as given up: those of the `duties` that want to know are told.
    """
    unit.connection.write(sa.delete(PAUSES).where(PAUSES.c.name == OUTGOING))
    if what_is_held == "discard":
        _tell(unit, duties or {})
        values: dict[str, Any] = {"status": CANCELLED, "ended_at": unit.now, "reason": _words(_discarded())}
    else:
        values = {"status": WAITING, "attempts": 0, "available_at": unit.now, "ended_at": None, "reason": None}
    return unit.connection.write(sa.update(JOBS).where(JOBS.c.status == HELD).values(**values))


def _tell(unit: UnitOfWork, duties: Mapping[str, Duty]) -> None:
    """One whose last words cannot be said is discarded all the same."""
    query = sa.select(*JOBS.columns).where(JOBS.c.status == HELD).order_by(JOBS.c.id)
    for row in unit.connection.execute(query):
        job = job_of(dict(zip(JOBS.columns.keys(), row, strict=True)))
        duty = duties.get(job.name)
        if duty is None or duty.gave_up is None:
            continue
        try:
            with unit.connection.savepoint():
                duty.gave_up(unit, job, str(_discarded()))
        except Exception:
            LOG.exception("the duty %s could not be told that job %s is discarded", job.name, job.id)


def _discarded() -> Text:
    return say(
        "It was held back, and somebody decided that it is not to be sent.", "已暂缓发送，之后有人决定不再发送。"
    )


def _words(text: Text) -> dict[str, str]:
    return {language: text.in_(language) for language in text.languages()}
