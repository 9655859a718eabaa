"""In charge of notices by e-mail: what waits for a person becomes one mail, with the ways to the records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.exchange.house import House
from tenon.exchange.messages.letters import Letter
from tenon.jobs import Job
from tenon.process.ground import Ground
from tenon.process.notifying import ENTITY
from tenon.query import Query
from tenon.texts import say

MOST = 100
_DECISIONS = {"approve": say("Approve", "同意"), "reject": say("Reject", "拒绝")}


@dataclass(frozen=True, kw_only=True)
class _Block:
    """One notice: `record` is the title of what it is about, `ways` are addresses that lead further, by their words."""

    title: str
    body: str
    record: str = ""
    address: str = ""
    ways: Mapping[str, str]

    @property
    def text(self) -> str:
        ways = [f"{words}: {address}" for words, address in self.ways.items()]
        return "\n".join(filter(None, (self.title, self.body, self.record, self.address, *ways)))

    @property
    def html(self) -> str:
        parts = [f"<p><strong>{escape(self.title)}</strong></p>"]
        if self.body:
            parts.append(f"<p>{escape(self.body)}</p>".replace("\n", "<br>"))
        if self.record:
            parts.append(f"<p>{_link(self.record, self.address)}</p>")
        if self.ways:
            parts.append(f"<p>{' · '.join(_link(words, address) for words, address in self.ways.items())}</p>")
        return "".join(parts)


class Digests:
    def __init__(self, ground: Ground, house: House, queue: Callable[[UnitOfWork, Letter], str | None]) -> None:
        self._ground = ground
        self._house = house
        self._queue = queue

    def mail(self, unit: UnitOfWork, job: Job) -> None:
        """What he has read meanwhile is not mailed any more."""
        if ENTITY not in self._ground.model.entities:
            return
        actor = self._ground.actors(unit.connection, job.payload["person"], unit.now)
        access = self._access(unit)
        where = f'person.id == "{job.payload["person"]}" and mail == "waiting"'
        query = Query(entity=ENTITY, where=where, sort=("created_at", "id"), limit=MOST)
        waiting = self._ground.reader.list(unit, access, query).records
        told = [each for each in waiting if each["read_at"] is None]
        address = self._address(unit, job.payload["person"]) if actor is not None else None
        sends = bool(actor and address and told and self._house.settings.smtp_url)
        for each in waiting:
            mail = "sent" if sends and each in told else None
            self._ground.writer.change(unit, access, ENTITY, each["id"], {"mail": mail}, version=None)
        if sends and actor is not None and address is not None:
            self._queue(unit, self._letter(unit, actor, address, told, str(job.key or job.id)))

    def _letter(self, unit: UnitOfWork, reader: Actor, address: str, told: list[dict[str, Any]], key: str) -> Letter:
        language = reader.language
        subject = told[0]["title"]
        if len(told) > 1:
            subject = say("{count} notifications", "{count} 条通知", count=len(told)).in_(language)
        blocks = [self._block(unit, reader, each) for each in told]
        foot = say("Choose here how you are told: ", "在此设置通知方式：").in_(language)
        wishes = self._house.address("/notifications")
        text = "\n\n".join([block.text for block in blocks] + ([foot + wishes] if wishes else []))
        html = "".join(block.html for block in blocks)
        if wishes:
            html += f'<p><small>{escape(foot)}<a href="{escape(wishes)}">{escape(wishes)}</a></small></p>'
        return Letter(
            channel="email",
            to=(address,),
            sender=self._house.settings.mail_from,
            subject=subject,
            text=text,
            html=html,
            person=str(reader.id),
            key=key,
        )

    def _block(self, unit: UnitOfWork, reader: Actor, notice: Mapping[str, Any]) -> _Block:
        entity = self._ground.model.entities.present(notice["record_entity"] or "")
        title = None
        if entity is not None and notice["record_id"]:
            title = self._ground.service("notifying").title(unit, reader, entity, notice["record_id"])
        if title is None:
            return _Block(title=notice["title"], body=notice["body"] or "", ways={})
        label = self._ground.model.entities[str(entity)].label.in_(reader.language)
        return _Block(
            title=notice["title"],
            body=notice["body"] or "",
            record=f"{label} · {title}" if title else label,
            address=self._house.address(f"/{entity}/{notice['record_id']}"),
            ways=self._ways(unit, reader, str(entity), notice["record_id"]),
        )

    def _ways(self, unit: UnitOfWork, reader: Actor, entity: str, record_id: str) -> dict[str, str]:
        """To decide what the reader is asked about the record, from the mail itself."""
        base = self._house.address("")
        if not base or "approvals" not in self._ground.services:
            return {}
        service = self._ground.service("approvals")
        found = service.links_for(unit, str(reader.id), entity, record_id, self._house.secret(), base)
        return {_DECISIONS[verb].in_(reader.language): address for verb, address in found.items()}

    def _address(self, unit: UnitOfWork, person: str) -> str | None:
        found = self._ground.reader.among(unit, self._access(unit), "user", [person]).get(person)
        return found["email"] if found is not None else None

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("mailing notices")))


def _link(words: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(words)}</a>' if address else escape(words)
