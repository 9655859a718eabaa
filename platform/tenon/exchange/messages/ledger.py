"""In charge of the ledger of messages: what is to be sent is written down, sent once, and what became of it noted."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.exchange.channels import CHANNELS, Receipt, Sending
from tenon.exchange.house import House
from tenon.exchange.messages.blocks import Blocks
from tenon.exchange.messages.digest import Digests
from tenon.exchange.messages.letters import Letter
from tenon.exchange.messages.notices import NoticeWords, noticed
from tenon.exchange.messages.threads import threading
from tenon.jobs import Duty, Event, GiveUp, Job, Outside, Subscriber
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.notifying import MAIL
from tenon.process.parts import Part
from tenon.query import Query
from tenon.texts import say

ENTITY, SEND = "message", "messages.send"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360))
_QUEUED, _SENT, _FAILED, _SKIPPED = "queued", "sent", "failed", "skipped"

__all__ = ["ENTITY", "Letter", "Messages"]


class Messages(Part):
    """The service `messages`."""

    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house
        self.blocks = Blocks(ground)
        self._digests = Digests(ground, house, self.queue)
        self._known = ENTITY in ground.model.entities

    def duties(self) -> Mapping[str, Duty]:
        send = Duty(perform=self._send, attempts=len(PAUSES) + 1, pauses=PAUSES, gave_up=self._gave_up)
        return {SEND: send, MAIL: Duty(perform=self._digests.mail)}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._known else ()

    def noticed(self, template: str, scene: Scene) -> NoticeWords | None:
        """Title and text of a notice made of a template; None when there is no such template."""
        found = self._ground.model.templates.get(template)
        return None if found is None else noticed(found, scene, self._ground.display.timezone)

    def queue(self, unit: UnitOfWork, letter: Letter) -> str | None:
        """Write it down and have it sent after the commit; its id, None when this key was used already.

        Somebody who does not want it, or whose address bounced, gets none: that stands in the ledger too.
        """
        if not self._known or self._of_key(unit, letter.key) is not None:
            return None
        access = self._access(unit)
        to, refused = self.blocks.sift(unit, letter) if letter.channel == "email" else (tuple(letter.to), "")
        status = _QUEUED if to or letter.connector else _SKIPPED
        values = {
            "direction": "out",
            "channel": letter.channel,
            "status": status,
            "sender": letter.sender or None,
            "recipients": "\n".join(to or letter.to) or None,
            "cc": "\n".join(letter.cc) or None,
            "bcc": "\n".join(letter.bcc) or None,
            "reply_to": letter.reply_to or None,
            "subject": letter.subject[:500] or None,
            "body": letter.text[:100_000] or None,
            "html": letter.html or None,
            "error": refused or (None if status == _QUEUED else "no address"),
            "template": letter.template or None,
            "connector": letter.connector or None,
            "topic": letter.topic or None,
            "person": letter.person,
            "record_entity": letter.entity,
            "record_id": letter.record_id,
            "files": list(letter.files) or None,
            "provider": dict(letter.provider) or None,
            "key": letter.key[:200],
            **threading(self._ground.reader, unit, access, letter, to),
        }
        made = self._ground.writer.create(unit, access, ENTITY, values)
        if status == _QUEUED:
            unit.emit(Job(name=SEND, payload={"id": made.id}, key=f"{SEND}:{made.id}"))
        return made.id

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        """Whoever sets one that failed to waiting wants it sent again."""
        if event.entity != ENTITY or event.kind != "record.changed":
            return
        before, after = event.data.get("changed", {}).get("status", (None, None))
        if after == _QUEUED and before in (_FAILED, "bounced", _SKIPPED):
            unit.emit(Job(name=SEND, payload={"id": event.record_id}, key=f"{SEND}:{event.id}"))

    def _send(self, unit: UnitOfWork, job: Job) -> Outside[Receipt] | None:
        record = self._read(unit, job.payload["id"])
        if record is None or record["status"] != _QUEUED:
            return None
        channel = CHANNELS[record["channel"]]
        sending = Sending(
            record=record, files=self._files(unit, record), house=self._house, ground=self._ground, now=unit.now
        )
        channel.check(sending)

        def settle(second: UnitOfWork, receipt: Receipt) -> None:
            note = {"status": _SENT, "sent_at": second.now, "error": None, "receipt": receipt.text[:2000] or None}
            self._note(second, record["id"], note)

        return Outside(call=lambda: channel.send(sending), settle=settle, repeatable=channel.repeatable)

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        if self._read(unit, job.payload["id"]) is not None:
            self._note(unit, job.payload["id"], {"status": _FAILED, "error": reason[:2000]})

    def _files(self, unit: UnitOfWork, record: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """Name, media type and storage key of each attachment."""
        wanted = [str(each) for each in record["files"] or ()]
        found = self._ground.reader.among(unit, self._access(unit), "file", wanted) if wanted else {}
        if set(wanted) - set(found):
            raise GiveUp(say("A file to be attached is gone.", "要附加的文件已不存在。"))
        kept = [found[each] for each in wanted]
        return [(each["name"], each["mime_type"] or "application/octet-stream", each["storage_key"]) for each in kept]

    def _read(self, unit: UnitOfWork, message_id: str) -> dict[str, Any] | None:
        try:
            return self._ground.reader.one(unit, self._access(unit), ENTITY, message_id)
        except NotFound:
            return None

    def _of_key(self, unit: UnitOfWork, key: str) -> str | None:
        where = 'key == "{}"'.format(key[:200].replace("\\", "\\\\").replace('"', '\\"'))
        query = Query(entity=ENTITY, select=("id",), where=where, limit=1)
        found = self._ground.reader.list(unit, self._access(unit), query).records
        return found[0]["id"] if found else None

    def _note(self, unit: UnitOfWork, message_id: str, values: Mapping[str, Any]) -> None:
        self._ground.writer.change(unit, self._access(unit), ENTITY, message_id, values, version=None)

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("sending messages")))
