"""In charge of telling people something in the product: one notice per person and cause, in his own language.

A notice of a record is seen only by those who may read the record (`of_record`). Somebody who is told of a record he
may not read gets the words without the way to it. Whether it is mailed besides is the person's own wish.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.ids import new_id
from tenon.jobs import Job
from tenon.process.ground import Ground
from tenon.process.mail_wishes import MailWishes
from tenon.process.parts import Part
from tenon.query import Query
from tenon.texts import Text

ENTITY = "notification"
MAIL = "notices.mail"
"""The duty that mails what waits for a person; carried out where mail is, in `tenon.exchange`."""
LONGEST_TITLE, LONGEST_BODY = 300, 10_000


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is told. `kind` is an option of `notification_kind`; `body` may have several lines."""

    title: Text
    body: Text | None = None
    kind: str = "other"
    entity: str | None = None
    record_id: str | None = None
    sender: str | None = None


class Notifying(Part):
    """The service `notifying`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._known = ENTITY in ground.model.entities

    def tell(
        self, unit: UnitOfWork, people: Iterable[str], notice: Notice, *, cause: str | None = None
    ) -> tuple[str, ...]:
        """Tell each of the users once; who was told. People who do not work here (any more) are not.

        All that is told of one `cause` (the event of the unit when absent) becomes one notice per person: later words
        are added to the first. Telling the same twice changes nothing.
        """
        if not self._known:
            return ()
        cause = cause or (unit.cause.event if unit.cause is not None else new_id())
        told = []
        for person in dict.fromkeys(people):
            actor = self._ground.actors(unit.connection, person, unit.now)
            if actor is not None:
                self._tell(unit, actor, notice, cause)
                told.append(person)
        return tuple(told)

    def _tell(self, unit: UnitOfWork, reader: Actor, notice: Notice, cause: str) -> None:
        title = notice.title.in_(reader.language)[:LONGEST_TITLE].strip() or "…"
        body = notice.body.in_(reader.language).strip() if notice.body is not None else ""
        known = self._told(unit, str(reader.id), cause)
        if known is not None:
            self._add(unit, known, title, body)
            return
        seen = self._reads(unit, reader, notice)
        due = self._wishes(unit, reader).due(unit.now)
        values = {
            "person": reader.id,
            "title": title,
            "body": body[:LONGEST_BODY] or None,
            "kind": notice.kind,
            "sender": notice.sender,
            "record_entity": notice.entity if seen else None,
            "record_id": notice.record_id if seen else None,
            "cause": cause[:120],
            "mail": "waiting" if due is not None else None,
        }
        self._ground.writer.create(unit, self._access(unit), ENTITY, values)
        if due is not None:
            payload = {"person": reader.id}
            unit.emit(Job(name=MAIL, payload=payload, key=f"{MAIL}:{reader.id}:{due.isoformat()}", due=due))

    def _add(self, unit: UnitOfWork, known: Mapping[str, Any], title: str, body: str) -> None:
        """More words of the same cause, below the first; it counts as unread again."""
        said = {known["title"], *(known["body"] or "").splitlines()}
        more = [line for line in (title, *body.splitlines()) if line and line not in said]
        if not more:
            return
        whole = "\n".join([*filter(None, [known["body"]]), *more])[:LONGEST_BODY]
        changes = {"body": whole, "read_at": None}
        self._ground.writer.change(unit, self._access(unit), ENTITY, known["id"], changes, version=None)

    def _told(self, unit: UnitOfWork, person: str, cause: str) -> Mapping[str, Any] | None:
        where = f'cause == "{_quoted(cause[:120])}" and person.id == "{person}"'
        query = Query(entity=ENTITY, select=("title", "body"), where=where, limit=1)
        records = self._ground.reader.list(unit, self._access(unit), query).records
        return records[0] if records else None

    def _reads(self, unit: UnitOfWork, reader: Actor, notice: Notice) -> bool:
        if notice.entity is None or notice.record_id is None:
            return False
        return self.title(unit, reader, notice.entity, notice.record_id) is not None

    def title(self, unit: UnitOfWork, reader: Actor, entity: str, record_id: str) -> str | None:
        """What the record is called to this person; None when he may not read it, "" when it has no title."""
        today = self._ground.model.entities.present(entity)
        access = self._ground.access(reader)
        if today is None or not access.can(today, "read"):
            return None
        found = self._ground.reader.titles(unit, access, today, [record_id])
        return (found[record_id] or "") if record_id in found else None

    def _wishes(self, unit: UnitOfWork, reader: Actor) -> MailWishes:
        person = self._ground.reader.among(unit, self._access(unit), "user", [str(reader.id)]).get(str(reader.id), {})
        return MailWishes.of(person, reader.timezone)

    def _access(self, unit: UnitOfWork) -> Any:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("telling people")))


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
