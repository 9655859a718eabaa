"""In charge of what becomes of one fetched mail: kept as it came, read, put where it belongs, noted in the ledger."""

import io
from collections.abc import Mapping
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.exchange.house import House
from tenon.exchange.mailboxes.placing import Belongs, place
from tenon.exchange.mailboxes.reading import Bounce, Mail, read_mail
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.query import Query
from tenon.texts import Text, say

MESSAGE, ENTRY, FILE = "message", "mail_entry", "file"


class Storing:
    """Everything happens in the transaction of the unit, so a mail is stored with its entry or not at all."""

    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._house = house

    def store(
        self, unit: UnitOfWork, access: Access, mailbox: Mapping[str, Any], validity: str, uid: int, raw: bytes | None
    ) -> None:
        """A mail that was noted before changes nothing."""
        where = f'mailbox.id == "{mailbox["id"]}" and validity == "{validity}" and uid == {uid}'
        if self._ground.reader.count(unit, access, Query(entity=ENTRY, where=where), cap=1).value:
            return
        entry = {"mailbox": mailbox["id"], "validity": validity, "uid": uid}
        if not raw:
            reason = "too large" if raw is None else "gone before it was read"
            self._ground.writer.create(unit, access, ENTRY, {**entry, "outcome": "skipped", "reason": reason})
            return
        mail = read_mail(raw)
        entry["subject"] = mail.subject or None
        entry["raw"] = self._file(unit, access, f"{uid}.eml", "message/rfc822", raw, Belongs())
        if self._known(unit, access, mail):
            self._ground.writer.create(unit, access, ENTRY, {**entry, "outcome": "skipped", "reason": "duplicate"})
            return
        try:
            entry |= {"outcome": "stored", "message": self._message(unit, access, mail, str(entry["raw"]))}
            entry["reason"] = self._bounced(unit, access, mail.bounce) if mail.bounce is not None else None
        except TenonError as refusal:
            entry |= {"outcome": "failed", "reason": str(refusal)[:500]}
        self._ground.writer.create(unit, access, ENTRY, entry)

    def _known(self, unit: UnitOfWork, access: Access, mail: Mail) -> bool:
        where = 'key == "{}"'.format(_key(mail).replace("\\", "\\\\").replace('"', '\\"'))
        return self._ground.reader.count(unit, access, Query(entity=MESSAGE, where=where), cap=1).value > 0

    def _message(self, unit: UnitOfWork, access: Access, mail: Mail, raw: str) -> str:
        belongs = place(self._ground, unit, access, mail)
        files = [self._file(unit, access, each.name, each.mime_type, each.content, belongs) for each in mail.attached]
        values = {
            "direction": "in",
            "channel": "email",
            "status": "received",
            "sender": mail.sender or None,
            "recipients": "\n".join(mail.recipients)[:20_000] or None,
            "subject": mail.subject or None,
            "body": mail.text or None,
            "sent_at": mail.at,
            "record_entity": belongs.entity,
            "record_id": belongs.record_id,
            "thread": belongs.thread or mail.message_id[:120],
            "message_id": mail.message_id,
            "in_reply_to": belongs.answers,
            "references": " ".join(mail.answers)[:8000] or None,
            "files": files or None,
            "raw": raw,
            "key": _key(mail),
        }
        made = self._ground.writer.create(unit, access, MESSAGE, values)
        self._tell_owner(unit, access, mail, belongs)
        return made.id

    def _file(
        self, unit: UnitOfWork, access: Access, name: str, mime_type: str, content: bytes, belongs: Belongs
    ) -> str:
        stored = self._house.files.put(io.BytesIO(content))
        values = {
            "name": name or "part",
            "size": stored.size,
            "mime_type": mime_type,
            "storage_key": stored.key,
            "record_entity": belongs.entity,
            "record_id": belongs.record_id,
        }
        return self._ground.writer.create(unit, access, FILE, values).id

    def _bounced(self, unit: UnitOfWork, access: Access, bounce: Bounce) -> str:
        """The mail that did not arrive is marked; an address that never will be there gets no more."""
        where = 'message_id == "{}"'.format(bounce.original.replace("\\", "\\\\").replace('"', '\\"'))
        query = Query(entity=MESSAGE, select=("id", "recipients"), where=where, limit=1)
        found = self._ground.reader.list(unit, access, query).records
        reason = f"bounce {bounce.status} {bounce.address}".strip()
        if found:
            changes = {"status": "bounced", "error": reason}
            self._ground.writer.change(unit, access, MESSAGE, found[0]["id"], changes, version=None)
            if bounce.final and bounce.address and bounce.address in (found[0]["recipients"] or "").casefold():
                self._ground.service("messages").blocks.add(unit, bounce.address, "bounced")
        return reason[:500]

    def _tell_owner(self, unit: UnitOfWork, access: Access, mail: Mail, belongs: Belongs) -> None:
        if belongs.entity is None or belongs.record_id is None or mail.bounce is not None:
            return
        if "owner" not in self._ground.model.entities[belongs.entity].fields:
            return
        found = self._ground.reader.among(unit, access, belongs.entity, [belongs.record_id]).get(belongs.record_id)
        owner = None if found is None else found["owner"]
        if owner and owner["id"]:
            notice = Notice(
                title=say("E-mail from {sender}", "收到{sender}的邮件", sender=mail.sender or "?"),
                body=Text.of(mail.subject),
                kind="other",
                entity=belongs.entity,
                record_id=belongs.record_id,
            )
            self._ground.service("notifying").tell(unit, [owner["id"]], notice, cause=_key(mail))


def _key(mail: Mail) -> str:
    return f"in:{mail.message_id}"[:200]
