"""In charge of telling other systems: who is to hear of an event, each call kept with its payload, delivered in order.

Calls of one subscription about one record are made one after another. What does not arrive is tried again for a day;
then it rests as failed, with the reason, until somebody sends it again.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, NotFound
from tenon.exchange.calling import Answer
from tenon.exchange.hooks.delivering import Delivery, deliver
from tenon.exchange.hooks.judging import Judge
from tenon.exchange.hooks.payloads import KINDS, payload_of, word_of
from tenon.exchange.hooks.replaying import REPLAY, Replays
from tenon.exchange.house import House
from tenon.jobs import Duty, Event, Job, Outside, Subscriber, take_back
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.parts import Part
from tenon.query import Query
from tenon.settings import secret_named
from tenon.texts import Text, say

WEBHOOK, ENTITY, DELIVER = "webhook", "webhook_delivery", "webhooks.deliver"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480, 480))
"""A day in all."""
HOOK = ("id", "name", "url", "entities", "events", "condition", "active")


class Webhooks(Part):
    """The service `webhooks`."""

    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house
        self._known = WEBHOOK in ground.model.entities and ENTITY in ground.model.entities
        self._judge = Judge(ground)
        self._replays = Replays(ground, self._judge, self, self._access, house.settings.keep_jobs)

    def duties(self) -> Mapping[str, Duty]:
        calls = Duty(perform=self._deliver, attempts=len(PAUSES) + 1, pauses=PAUSES, gave_up=self._gave_up)
        return {DELIVER: calls, **self._replays.duties()}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._known else ()

    def send(self, unit: UnitOfWork, values: Mapping[str, Any], *, line: str | None = None) -> str | None:
        """Keep a call and have it made after the commit; None when its `key` was used already."""
        if not self._known:
            raise BadRequest(say("This workspace keeps no deliveries.", "此工作区没有投递记录实体。"))
        access = self._access(unit)
        where = f'key == "{values["key"]}"'
        if self._ground.reader.count(unit, access, Query(entity=ENTITY, where=where), cap=1).value:
            return None
        made = self._ground.writer.create(unit, access, ENTITY, {"status": "waiting", "attempts": 0, **values})
        unit.emit(Job(name=DELIVER, payload={"id": made.id}, key=f"{DELIVER}:{made.id}", line=line))
        return made.id

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.entity == ENTITY:
            self._hear_of_delivery(unit, event)
            return
        if event.entity == REPLAY:
            self._replays.hear(unit, event)
        if event.kind not in KINDS:
            return
        for hook in self._hooks(unit):
            if not self._replays.holds(unit, hook["id"], event) and self._judge.wants(unit, hook, event):
                values = self._values(hook, event) | {"key": f"{hook['id']}:{event.id}"}
                self.send(unit, values, line=_line(hook["id"], event.record_id))

    def again(self, unit: UnitOfWork, hook: Mapping[str, Any], event: Event, replay: str) -> None:
        """Once more, marked; but a call that still waits for its turn only moves to this place in the order."""
        line, first = _line(hook["id"], event.record_id), f'key == "{hook["id"]}:{event.id}" and status == "waiting"'
        query = Query(entity=ENTITY, select=("id",), where=first, limit=1)
        for waiting in self._ground.reader.list(unit, self._access(unit), query).records:
            if take_back(unit, line=line, name=DELIVER, payload={"id": waiting["id"]}):
                job = Job(
                    name=DELIVER, payload={"id": waiting["id"]}, key=f"{DELIVER}:{waiting['id']}:{replay}", line=line
                )
                unit.emit(job)
                return
        values = self._values(hook, event) | {"key": f"{replay}:{event.id}", "replay": replay}
        self.send(unit, values, line=line)

    def _values(self, hook: Mapping[str, Any], event: Event) -> dict[str, Any]:
        return {
            "event": f"{event.entity}.{word_of(event)}",
            "webhook": hook["id"],
            "origin": f"webhook:{hook['name']}"[:200],
            "url": hook["url"],
            "method": "POST",
            "record_entity": event.entity,
            "record_id": event.record_id,
            "payload": payload_of(event, self._house.settings.public_url),
        }

    def _hear_of_delivery(self, unit: UnitOfWork, event: Event) -> None:
        """Whoever sets a failed one to waiting wants it sent again."""
        status = event.data.get("changed", {}).get("status")
        if event.kind == "record.changed" and status is not None and status[1] == "waiting":
            record = self._read(unit, event.record_id)
            hook = record["webhook"] if record is not None else None
            line = _line(hook["id"], record["record_id"]) if record is not None and hook else None
            unit.emit(Job(name=DELIVER, payload={"id": event.record_id}, key=f"{DELIVER}:{event.id}", line=line))

    def hook(self, unit: UnitOfWork, identity: str) -> Mapping[str, Any] | None:
        query = Query(entity=WEBHOOK, select=HOOK, where=f'id == "{identity}"', limit=1)
        return next(iter(self._ground.reader.list(unit, self._access(unit), query).records), None)

    def _hooks(self, unit: UnitOfWork) -> list[dict[str, Any]]:
        query = Query(entity=WEBHOOK, select=HOOK, where="active", sort=("created_at", "id"), limit=500)
        return unit.remembered(
            (self, "hooks"), lambda: self._ground.reader.list(unit, self._access(unit), query).records
        )

    def _deliver(self, unit: UnitOfWork, job: Job) -> Outside[Answer] | None:
        record = self._read(unit, job.payload["id"])
        if record is None or record["status"] != "waiting":
            return None
        self._note(unit, record["id"], {"attempts": (record["attempts"] or 0) + 1})
        delivery = Delivery(
            id=record["id"],
            url=record["url"],
            method=record["method"] or "POST",
            body=(record["payload"] or "").encode(),
            secret=self._secret(unit, record),
            replay=(record["replay"] or {}).get("id") or "" if "replay" in record else "",
            credentials=self._credentials(record),
            now=unit.now,
        )
        private = self._house.settings.private_addresses

        def settle(second: UnitOfWork, answer: Answer) -> None:
            note = {"status": "delivered", "sent_at": second.now, "error": None}
            note |= {"answer_status": answer.status, "answer": answer.text.replace("\x00", "")}
            self._note(second, record["id"], note)

        return Outside(call=lambda: deliver(delivery, private=private), settle=settle, repeatable=True)

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        record = self._read(unit, job.payload["id"])
        if record is None:
            return
        self._note(unit, record["id"], {"status": "failed", "error": reason[:4000]})
        hook = record["webhook"]
        found = self._ground.reader.among(unit, self._access(unit), WEBHOOK, [hook["id"]]) if hook else {}
        owner = (found[hook["id"]]["created_by"] or {}).get("id") if hook and hook["id"] in found else None
        if owner is not None:
            notice = Notice(
                title=say(
                    "A web hook does not arrive: {name}", "Webhook 无法送达：{name}", name=found[hook["id"]]["name"]
                ),
                body=Text.of(reason),
                kind="trouble",
                entity=WEBHOOK,
                record_id=hook["id"],
            )
            self._ground.service("notifying").tell(unit, [owner], notice, cause=f"webhook:{hook['id']}:{unit.today}")

    def _secret(self, unit: UnitOfWork, record: Mapping[str, Any]) -> str:
        hook = record["webhook"]
        if not hook or not hook["id"]:
            return ""
        try:
            return self._ground.reader.reveal(unit, self._access(unit), WEBHOOK, hook["id"], "secret") or ""
        except NotFound:
            return ""

    def _credentials(self, record: Mapping[str, Any]) -> tuple[str, str, str, str]:
        """Kind, user, header and the secret itself of the connector; nothing without one."""
        connector = self._ground.model.connectors.get(record["connector"] or "")
        if connector is None:
            return "none", "", "", ""
        known = connector.credentials
        return known.kind, known.user, known.header, secret_named(known.secret) if known.secret else ""

    def _read(self, unit: UnitOfWork, identity: str) -> dict[str, Any] | None:
        try:
            return self._ground.reader.one(unit, self._access(unit), ENTITY, identity)
        except NotFound:
            return None

    def _note(self, unit: UnitOfWork, identity: str, values: Mapping[str, Any]) -> None:
        self._ground.writer.change(unit, self._access(unit), ENTITY, identity, values, version=None)

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("telling systems")))


def _line(hook: str, record_id: str) -> str:
    """Calls of one subscription about one record are made one after another."""
    return f"{DELIVER}:{hook}:{record_id}"
