"""In charge of replays: everything a subscription would have heard since some time, or after some event, again.

A replay goes through the events that are kept, in their order, portion by portion; each portion is one job and one
transaction with its cursor. While it runs, what happens anew waits for it to come by, so that the calls about one
record stay in order; it ends when it has caught up. What still waited to be sent is moved to its place in the order
instead of being sent twice. When the other system does not take what is sent, the replay waits too.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.exchange.hooks.judging import Judge
from tenon.exchange.hooks.payloads import KINDS
from tenon.ids import is_id
from tenon.jobs import Duty, Event, Job, one_at_a_time
from tenon.jobs.outbox import DONE, OUTBOX, event_of
from tenon.process.ground import Ground
from tenon.query import Query
from tenon.texts import Text, say

REPLAY, GO_ON = "webhook_replay", "webhooks.replay"
PORTION = 100
"""Events of one transaction."""
MOST_WAITING = 500
"""Calls of a replay that may wait to be delivered, before it waits itself."""
PATIENCE = timedelta(minutes=1)
_FIRST = "00000000-0000-0000-0000-000000000000"


class Sender(Protocol):
    def again(self, unit: UnitOfWork, hook: Mapping[str, Any], event: Event, replay: str) -> None: ...

    def hook(self, unit: UnitOfWork, identity: str) -> Mapping[str, Any] | None: ...


class Replays:
    def __init__(
        self, ground: Ground, judge: Judge, sender: Sender, access: Callable[[UnitOfWork], Access], kept: int
    ) -> None:
        """`kept`: days that events are kept."""
        self._ground = ground
        self._judge = judge
        self._sender = sender
        self._access = access
        self._kept = timedelta(days=kept)
        self.known = REPLAY in ground.model.entities

    def duties(self) -> Mapping[str, Duty]:
        return {GO_ON: Duty(perform=self._go_on)}

    def hear(self, unit: UnitOfWork, event: Event) -> None:
        """A new replay begins, one set to running goes on."""
        status = event.data.get("changed", {}).get("status")
        if event.kind in ("record.created", "record.changed") and status is not None and status[1] == "running":
            _go_on_later(unit, event.record_id, event.id)

    def holds(self, unit: UnitOfWork, hook: str, event: Event) -> bool:
        """Whether a replay will come by the event, and sends it then."""
        position = self._running(unit).get(hook)
        return position is not None and event.id > position

    def _running(self, unit: UnitOfWork) -> Mapping[str, str]:
        """Subscription → cursor of its oldest replay that is under way."""

        def read() -> dict[str, str]:
            query = Query(
                entity=REPLAY,
                select=("webhook", "position"),
                where='status == "running" and not is_blank(position)',
                sort=("-created_at", "-id"),
                limit=500,
            )
            rows = self._ground.reader.list(unit, self._access(unit), query).records
            return {row["webhook"]["id"]: row["position"] for row in rows}

        return unit.remembered((self, "running"), read) if self.known else {}

    def _go_on(self, unit: UnitOfWork, job: Job) -> None:
        one_at_a_time(unit.connection)  # no event is being handed on: each was heard before, or will be held
        replay = self._read(unit, job.payload["id"])
        if replay is None or replay["status"] != "running":
            return
        hook = self._sender.hook(unit, replay["webhook"]["id"])
        if hook is None or not hook["active"]:
            off = say("The web hook is switched off.", "该 Webhook 订阅已停用。")
            self._note(unit, replay, {"status": "stopped", "note": self._words(off)})
            return
        if self._must_wait(unit, replay):
            _go_on_later(unit, replay["id"], f"{job.id}:later", unit.now + PATIENCE)
            return
        begun = replay["position"] is not None
        events = self._portion(unit, replay)
        wanted = [event for event in events if event.kind in KINDS and self._judge.wants(unit, hook, event)]
        for event in wanted:
            self._sender.again(unit, hook, event, replay["id"])
        values: dict[str, Any] = {
            "position": events[-1].id if events else replay["position"] or _start(replay),
            "reached": events[-1].at if events else replay["reached"],
            "examined": (replay["examined"] or 0) + len(events),
            "sent": (replay["sent"] or 0) + len(wanted),
        }
        if not begun:
            values["note"] = self._gap(unit, replay)
        if len(events) < PORTION:
            values |= {"status": "done", "ended_at": unit.now}
        else:
            _go_on_later(unit, replay["id"], f"{job.id}:next")
        self._note(unit, replay, values)

    def _portion(self, unit: UnitOfWork, replay: Mapping[str, Any]) -> list[Event]:
        """The next ones, among those that were handed on."""
        columns = OUTBOX.c
        query = sa.select(*OUTBOX.columns).where(
            columns.id > (replay["position"] or _start(replay)), columns.status == DONE
        )
        if replay["since"] is not None:
            query = query.where(columns.at >= _instant(replay["since"]))
        rows = unit.connection.execute(query.order_by(columns.id).limit(PORTION))
        return [event_of(dict(zip(OUTBOX.columns.keys(), row, strict=True))) for row in rows]

    def _must_wait(self, unit: UnitOfWork, replay: Mapping[str, Any]) -> bool:
        """For an older replay of the same subscription, or until the other system has taken some of it."""
        access, reader = self._access(unit), self._ground.reader
        hook, own = replay["webhook"]["id"], replay["id"]
        running = f'webhook.id == "{hook}" and status == "running"'
        oldest = Query(entity=REPLAY, select=("id",), where=running, sort=("created_at", "id"), limit=1)
        if reader.list(unit, access, oldest).records[0]["id"] != own:
            return True
        waiting = Query(entity="webhook_delivery", where=f'replay.id == "{own}" and status == "waiting"')
        return reader.count(unit, access, waiting, cap=MOST_WAITING).value >= MOST_WAITING

    def _gap(self, unit: UnitOfWork, replay: Mapping[str, Any]) -> str | None:
        """What cannot be sent again, because it is not kept any more."""
        oldest = unit.connection.execute(sa.select(OUTBOX.c.id, OUTBOX.c.at).order_by(OUTBOX.c.id).limit(1))
        horizon = unit.now - self._kept
        if replay["since"] is not None:
            gone = _instant(replay["since"]) < horizon
        else:
            gone = not oldest or oldest[0][0] > replay["after"]
        if not gone:
            return None
        first = oldest[0][1] if oldest else unit.now
        return self._words(
            say(
                "Events are kept for {days} days: there may be a gap before {first}.",
                "事件仅保留 {days} 天：{first} 之前可能有缺失。",
                days=self._kept.days,
                first=first.strftime("%Y-%m-%d %H:%M UTC"),
            )
        )

    def _words(self, text: Text) -> str:
        return text.in_(self._ground.model.workspace.language)

    def _read(self, unit: UnitOfWork, identity: str) -> Mapping[str, Any] | None:
        try:
            return self._ground.reader.one(unit, self._access(unit), REPLAY, identity)
        except NotFound:
            return None

    def _note(self, unit: UnitOfWork, replay: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._ground.writer.change(unit, self._access(unit), REPLAY, replay["id"], values, version=None)


def _start(replay: Mapping[str, Any]) -> str:
    """Where the cursor stands at the beginning; what is no id at all leaves nothing out."""
    after = (replay["after"] or "").strip().lower()
    return after if is_id(after) else _FIRST


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _go_on_later(unit: UnitOfWork, replay: str, key: str, due: datetime | None = None) -> None:
    job = Job(name=GO_ON, payload={"id": replay}, key=f"{GO_ON}:{key}", line=f"{GO_ON}:{replay}", due=due)
    unit.emit(job)


__all__: Sequence[str] = ["REPLAY", "Replays"]
