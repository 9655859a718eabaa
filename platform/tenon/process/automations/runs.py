"""In charge of runs as records: what is kept of each, and how it is read and written.

A run that ends in the transaction it began in is written once; one that waits is written before and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.jobs.outbox import OUTBOX
from tenon.process.ground import Ground
from tenon.query import Query, Record
from tenon.texts import Text

RUN = "automation_run"
MOST_LINES = 500
"""Of the log; what is done after that is done all the same."""
REASON = "keeping the log of an automation"
UNFINISHED = ("running", "waiting")


@dataclass(kw_only=True)
class Run:
    """`state` is JSON: `frames` (see `program`), `roots`, `old`, `results`, `chain` and the counters of limits.

    `turn` rises whenever a job is made to go on, so that a job that comes late does nothing.
    """

    id: str
    place: str
    label: str
    trigger: str
    entity: str | None
    record_id: str | None
    actor_id: str | None
    run_as: str
    status: str = "running"
    started_at: datetime
    ended_at: datetime | None = None
    reason: Text | None = None
    said: str | None = None
    """The reason as it is kept, when the run was read."""
    depth: int = 1
    cause: str | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    version: int | None = None
    """None: not written yet."""

    @property
    def mark(self) -> str:
        """What the chain of causes knows it by."""
        return f"{self.place}|{self.entity or ''}|{self.record_id or ''}"

    @property
    def chain(self) -> list[str]:
        return list(self.state.get("chain", ()))

    def end(self, now: datetime, status: str, reason: Text | None = None) -> None:
        self.status, self.ended_at, self.reason = status, now, reason

    def log(self, now: datetime, place: str, action: str, status: str, **more: Any) -> None:
        """`more`: inputs, outcome, error (a Text), attempt, item; what is None is left out."""
        if len(self.lines) >= MOST_LINES:
            self.state["unlogged"] = self.state.get("unlogged", 0) + 1
            return
        line: dict[str, Any] = {"step": place, "action": action, "status": status, "at": now.isoformat()}
        error = more.pop("error", None)
        if error is not None:
            line["error"] = in_both(error)
        self.lines.append({**line, **{name: value for name, value in more.items() if value not in (None, {}, [])}})


def cause_of(unit: UnitOfWork, event_id: str) -> str | None:
    """What an event came of; None when nothing is known of it."""
    rows = unit.connection.execute(sa.select(OUTBOX.c.cause).where(OUTBOX.c.id == event_id))
    return rows[0][0] if rows else None


def in_both(text: Text) -> dict[str, str]:
    return {language: text.in_(language) for language in ("en", "zh-CN")}


class Runs:
    """Reads and writes them with the system's rights: nobody else may write a log."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._system: Access = ground.access(ground.system(REASON))

    @property
    def kept(self) -> bool:
        """Whether this workspace has the entity."""
        return RUN in self._ground.model.entities

    def find(self, unit: UnitOfWork, run_id: str) -> Run | None:
        try:
            record = self._ground.reader.one(unit, self._system, RUN, run_id)
        except NotFound:
            return None
        return _run(record)

    def save(self, unit: UnitOfWork, run: Run) -> None:
        """Raises StaleVersion when somebody else wrote it since it was read."""
        writer, language = self._ground.writer, self._ground.model.workspace.language
        quiet = _quiet(unit, self._ground)
        values = self._values(run, language)
        if run.version is None:
            run.version = writer.create(quiet, self._system, RUN, values, id=run.id).version
        else:
            run.version = writer.change(quiet, self._system, RUN, run.id, values, version=run.version).version

    def chain_of(self, unit: UnitOfWork, run_id: str | None) -> list[str]:
        """What led to whatever this run caused: its own causes and itself; nothing when it is no run.

        An event that came of another event (what pools tell of a change) is followed back to the run behind it.
        """
        run = None if run_id is None else self.find(unit, run_id)
        if run is None and run_id is not None:
            before = cause_of(unit, run_id)
            run = None if before is None else self.find(unit, before)
        return [] if run is None else [*run.chain, run.mark]

    def count(self, unit: UnitOfWork, where: str, cap: int) -> int:
        return self._ground.reader.count(unit, self._system, Query(entity=RUN, where=where), cap).value

    def some(self, unit: UnitOfWork, where: str, limit: int, sort: str = "-started_at") -> list[Run]:
        query = Query(entity=RUN, where=where, sort=(sort,), limit=limit, select=tuple(_FIELDS))
        return [_run(record) for record in self._ground.reader.list(unit, self._system, query).records]

    def _values(self, run: Run, language: str) -> dict[str, Any]:
        return {
            "name": run.label[:200],
            "automation": run.place,
            "trigger": run.trigger,
            "status": run.status,
            "record_entity": run.entity,
            "record_id": run.record_id,
            "actor": run.actor_id,
            "started_at": run.started_at.isoformat(),
            "ended_at": None if run.ended_at is None else run.ended_at.isoformat(),
            "reason": run.said if run.reason is None else run.reason.in_(language),
            "depth": run.depth,
            "cause": run.cause,
            "steps": run.lines or None,
            "state": {**run.state, "run_as": run.run_as},
        }


_FIELDS = (
    "id", "version", "name", "automation", "trigger", "status", "record_entity", "record_id", "actor", "started_at",
    "ended_at", "reason", "depth", "cause", "steps", "state",
)  # fmt: skip


def _run(record: Record | Mapping[str, Any]) -> Run:
    state = dict(record["state"] or {})
    actor = record["actor"]
    return Run(
        id=record["id"],
        place=record["automation"],
        label=record["name"] or "",
        trigger=record["trigger"] or "",
        entity=record["record_entity"],
        record_id=record["record_id"],
        actor_id=actor["id"] if isinstance(actor, Mapping) else actor,
        run_as=state.pop("run_as", "system"),
        status=record["status"],
        started_at=datetime.fromisoformat(record["started_at"]),
        ended_at=datetime.fromisoformat(record["ended_at"]) if record["ended_at"] else None,
        said=record["reason"],
        depth=record["depth"] or 1,
        cause=record["cause"],
        lines=list(record["steps"] or ()),
        state=state,
        version=record["version"],
    )


def _quiet(unit: UnitOfWork, ground: Ground) -> UnitOfWork:
    """The log is the system's; its events are nobody's business but that of who automates on logs."""
    return replace(unit, actor=ground.system(REASON))
