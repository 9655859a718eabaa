"""In charge of mailboxes: read every few minutes, a portion at a time, and an alarm when one has not been for long."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.exchange.house import House
from tenon.exchange.mailboxes.fetching import Fetched, Place, fetch
from tenon.exchange.mailboxes.storing import ENTRY, Storing
from tenon.jobs import Duty, Job, Outside, Schedule
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.parts import Part
from tenon.query import Query
from tenon.texts import Text, say

ENTITY, FETCH, LOOK_AFTER = "mailbox", "mailboxes.fetch", "mailboxes.look_after"
EVERY = timedelta(minutes=5)
STALE = timedelta(hours=1)
PAUSES = (timedelta(seconds=30), timedelta(minutes=2))


class Mailboxes(Part):
    """The service `mailboxes`."""

    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._storing = Storing(ground, house)
        self._known = ENTITY in ground.model.entities and ENTRY in ground.model.entities

    def duties(self) -> Mapping[str, Duty]:
        fetching = Duty(perform=self._fetch, attempts=3, pauses=PAUSES, gave_up=self._gave_up, recurring=True)
        return {FETCH: fetching, LOOK_AFTER: Duty(perform=self._look_after)}

    def schedules(self) -> Sequence[Schedule]:
        if not self._known:
            return ()
        return (
            Schedule(name="mailboxes.fetch", next_after=lambda now: _next(now, EVERY), make=self._all),
            Schedule(name="mailboxes.look_after", next_after=lambda now: _next(now, STALE), make=_look_after),
        )

    def _all(self, unit: UnitOfWork, planned: datetime) -> Sequence[Job]:
        query = Query(entity=ENTITY, select=("id",), where="active", limit=500)
        found = self._ground.reader.list(unit, self._access(unit), query).records
        return [self._job(each["id"], f"{FETCH}:{each['id']}:{planned.isoformat()}") for each in found]

    def _job(self, mailbox: str, key: str | None = None) -> Job:
        return Job(name=FETCH, payload={"id": mailbox}, line=f"{FETCH}:{mailbox}", key=key)

    def _fetch(self, unit: UnitOfWork, job: Job) -> Outside[Fetched] | None:
        """Reading twice does no harm, so it may be repeated; what is in the ledger is not stored again."""
        mailbox = self._read(unit, job.payload["id"])
        if mailbox is None or not mailbox["active"]:
            return None
        reader, access = self._ground.reader, self._access(unit)
        place = Place(
            server=mailbox["server"],
            username=mailbox["username"],
            password=reader.reveal(unit, access, ENTITY, mailbox["id"], "password") or "",
            folder=mailbox["folder"],
            validity=mailbox["validity"] or "",
            after=mailbox["last_uid"] or 0,
        )
        return Outside(
            call=lambda: fetch(place),
            settle=lambda second, fetched: self._store(second, mailbox["id"], fetched),
            repeatable=True,
        )

    def _store(self, unit: UnitOfWork, mailbox_id: str, fetched: Fetched) -> None:
        mailbox, access = self._read(unit, mailbox_id), self._access(unit)
        if mailbox is None:
            return
        for uid, raw in fetched.mails:
            self._storing.store(unit, access, mailbox, fetched.validity, uid, raw)
        seen = [uid for uid, _raw in fetched.mails]
        before = mailbox["last_uid"] or 0 if fetched.validity == mailbox["validity"] else 0
        self._note(
            unit,
            mailbox_id,
            {
                "validity": fetched.validity,
                "last_uid": max([before, *seen]),
                "last_success": mailbox["last_success"] if fetched.trouble else unit.now,
                "last_error": fetched.trouble[:4000] or None,
            },
        )
        if fetched.more or (fetched.trouble and seen):
            unit.emit(self._job(mailbox_id))

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        if self._read(unit, job.payload["id"]) is not None:
            self._note(unit, job.payload["id"], {"last_error": reason[:4000]})

    def _look_after(self, unit: UnitOfWork, job: Job) -> None:
        """Whoever entered a mailbox hears, once a day, when it has not been read for long."""
        query = Query(entity=ENTITY, where="active", limit=500)
        for each in self._ground.reader.list(unit, self._access(unit), query).records:
            last = datetime.fromisoformat(each["last_success"] or each["created_at"])
            owner = (each["created_by"] or {}).get("id")
            if owner is None or unit.now - last <= STALE:
                continue
            notice = Notice(
                title=say("The mailbox “{name}” is not being read", "邮箱“{name}”未能收取邮件", name=each["name"]),
                body=Text.of(each["last_error"] or ""),
                kind="trouble",
                entity=ENTITY,
                record_id=each["id"],
            )
            cause = f"mailbox:{each['id']}:{unit.today.isoformat()}"
            self._ground.service("notifying").tell(unit, [owner], notice, cause=cause)

    def _read(self, unit: UnitOfWork, identity: str) -> dict[str, Any] | None:
        try:
            return self._ground.reader.one(unit, self._access(unit), ENTITY, identity)
        except NotFound:
            return None

    def _note(self, unit: UnitOfWork, identity: str, values: Mapping[str, Any]) -> None:
        self._ground.writer.change(unit, self._access(unit), ENTITY, identity, values, version=None)

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("reading mailboxes")))


def _look_after(_unit: UnitOfWork, _planned: datetime) -> Sequence[Job]:
    return [Job(name=LOOK_AFTER)]


def _next(now: datetime, every: timedelta) -> datetime:
    """The next full step since 1970."""
    step = int(every.total_seconds())
    return datetime.fromtimestamp((int(now.timestamp()) // step + 1) * step, UTC)
