"""In charge of the service: what people, processes and the night do with pools."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Forbidden, NotFound, TenonError, UnknownName
from tenon.ids import is_id
from tenon.jobs import Duty, Event, Job, Schedule, Subscriber
from tenon.model import Pool
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.process.pools.claiming import Claimed, Claiming, Outcome
from tenon.process.pools.ledger import Entry, Kind, Ledger
from tenon.process.pools.limits import Limits, Quota
from tenon.process.pools.membership import Membership
from tenon.process.pools.recycling import Recycling
from tenon.process.pools.releasing import Releasing
from tenon.process.pools.verdicts import Verdict
from tenon.query import Record
from tenon.texts import say

GRANT = "pools.grant"


class Pools(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.ledger = Ledger(ground)
        self.membership = Membership(ground)
        self._limits = Limits(ground, self.ledger)
        self.claiming = Claiming(ground, self.ledger, self._limits, self.membership)
        self.releasing = Releasing(ground, self.ledger, self.membership)
        self._recycling = Recycling(ground, self.ledger)

    # What the part offers to the rest

    def duties(self) -> Mapping[str, Duty]:
        return {**self._recycling.duties(), GRANT: Duty(perform=self._grant)}

    def subscribers(self) -> Sequence[Subscriber]:
        return [self._hear] if self._ground.model.pools else []

    def schedules(self) -> Sequence[Schedule]:
        return self._recycling.schedules()

    # Pools

    def named(self, name: str) -> Pool:
        """By its name of today or of once. Raises UnknownName."""
        known = self._ground.model.pools
        today = known.present(name)
        if today is None:
            raise UnknownName.among(name, known, where="pool")
        return known[today]

    def seen_by(self, access: Access) -> list[Pool]:
        """Those whose records the actor may meet."""
        return [pool for pool in self._ground.model.pools.values() if access.can(pool.entity, "read")]

    def of_record(self, unit: UnitOfWork, entity: str, record_id: str) -> list[Pool]:
        """Those the record is in now."""
        return self.membership.pools_of(unit, entity, record_id)

    def quota(self, unit: UnitOfWork, access: Access, name: str) -> Quota:
        return self._limits.quota(unit, self.named(name), access.actor)

    # Taking and giving

    def claim(self, unit: UnitOfWork, access: Access, name: str, record_id: str) -> Claimed:
        """For the actor himself. Raises NotFound, Forbidden, Conflict with the reason."""
        return self.claiming.claim(unit, access, self.named(name), _checked(record_id))

    def claim_all(self, unit: UnitOfWork, access: Access, name: str, ids: Sequence[str]) -> list[Outcome]:
        """Each as if alone, with an outcome of its own."""
        return self.claiming.claim_all(unit, access, self.named(name), [_checked(each) for each in ids])

    def claim_for(self, unit: UnitOfWork, name: str, record_id: str, person: str) -> Claimed:
        """By a process, within the person's limits."""
        return self.claiming.claim_for(unit, self.named(name), _checked(record_id), _checked(person))

    def hand_out(self, unit: UnitOfWork, access: Access, name: str, record_id: str, to: str | None) -> str | None:
        """To somebody named, or by the pool's rule: who got it, None when nobody was found."""
        return self.claiming.hand_out(unit, access, self.named(name), _checked(record_id), to)

    def release(
        self,
        unit: UnitOfWork,
        access: Access,
        name: str,
        record_id: str,
        *,
        reason: str | None = None,
        note: str | None = None,
    ) -> None:
        self.releasing.release(unit, access, self.named(name), _checked(record_id), reason=reason, note=note)

    def release_by(self, unit: UnitOfWork, access: Access, name: str, record_id: str, note: str | None) -> None:
        """By a process."""
        self.releasing.release_by(unit, access, self.named(name), record_id, note)

    def transfer(
        self, unit: UnitOfWork, access: Access, name: str, record_id: str, to: str, *, note: str | None = None
    ) -> None:
        self.releasing.transfer(unit, access, self.named(name), record_id, to, note=note)

    def decide(
        self,
        unit: UnitOfWork,
        access: Access,
        name: str,
        record_id: str,
        person: str,
        *,
        agree: bool,
        note: str = "",
    ) -> None:
        """A manager's word on a claim above the pool's limit."""
        pool, record_id, person = self.named(name), _checked(record_id), _checked(person)
        self.claiming.decide(unit, access, pool, record_id, person, agree=agree, note=note)

    # Looking

    def waiting(self, unit: UnitOfWork, access: Access, name: str) -> list[Record]:
        """Claims on which the actor's word is waited for."""
        found = self.ledger.open_requests(unit, self.named(name))
        people = self._ground.people.of(unit)
        mine = (each for each in found if each["person"] is not None and each["reason"] == "manager")
        return [each for each in mine if access.administers or access.actor.id in people.managers(each["person"].id)]

    def history(self, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> list[Record]:
        """What happened to the record in pools, newest first, for whoever may read it. Raises NotFound."""
        self._ground.reader.one(unit, access, entity, record_id, ("id",))
        return self.ledger.of_record(unit, entity, record_id)

    def tonight(self, unit: UnitOfWork, access: Access, name: str) -> tuple[datetime | None, list[Verdict], bool]:
        """What the next night would do, for administrators: when, with which records, and whether these are all."""
        if not access.administers:
            raise Forbidden(say("Only administrators may see this.", "仅管理员可查看。"))
        return self._recycling.tonight(unit, self.named(name))

    def next_night(self, unit: UnitOfWork, name: str) -> datetime | None:
        """When records will next fall back; None: never by themselves."""
        return self._recycling.next_night(unit, self.named(name))

    def recycle_now(self, unit: UnitOfWork, access: Access, name: str) -> None:
        """What the next night would do and is due already, at once, by a job; for administrators."""
        if not access.administers:
            raise Forbidden(say("Only administrators may do this.", "仅管理员可执行此操作。"))
        self._recycling.start(unit, self.named(name))

    # What happens beside the service

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.kind == "approval.approved":
            self._approved(unit, event)
        elif event.kind in ("record.created", "record.changed"):
            self._changed(unit, event)

    def _changed(self, unit: UnitOfWork, event: Event) -> None:
        """An owner set or taken away in a form, by an import or by a rule: the pools tell of it as well."""
        before, after = event.data.get("changed", {}).get("owner", (None, None))
        pools = [pool for pool in self._ground.model.pools.values() if pool.entity == event.entity]
        is_new = event.kind == "record.created"
        empty = before is None and after is None
        if not pools or (empty and not is_new) or (is_new and after is not None):
            return
        if self.ledger.written(unit, event.entity, event.record_id, event.version):
            return
        fitting = (pool for pool in pools if after is not None or self.membership.fits(unit, pool, event.record_id))
        pool = next(fitting, None)
        if pool is not None:
            self.ledger.write(unit, pool, [_entry(event, before, after)])

    def _approved(self, unit: UnitOfWork, event: Event) -> None:
        """Whoever asked gets the record, unless the approval's own steps gave it to somebody."""
        for pool in self._ground.model.pools.values():
            submitter = event.data.get("submitter")
            if pool.claim.approval == event.data.get("approval") and pool.entity == event.entity and submitter:
                payload = {"pool": pool.name, "record": event.record_id, "person": submitter}
                unit.emit(Job(name=GRANT, payload=payload, key=f"{GRANT}:{event.id}"))

    def _grant(self, unit: UnitOfWork, job: Job) -> None:
        """What stands against it by now (taken, limits) is written down as a refusal."""
        pool = self._ground.model.pools.get(str(job.payload["pool"]))
        record_id, person = str(job.payload["record"]), str(job.payload["person"])
        if pool is None or pool.name not in {each.name for each in self.of_record(unit, pool.entity, record_id)}:
            return
        try:
            with unit.connection.savepoint():
                self.claiming.claim_for(unit, pool, record_id, person)
        except TenonError as refusal:
            version = self.membership.version(unit, pool, record_id)
            note = refusal.message.in_(self._ground.model.workspace.language)
            entry = Entry(kind="refused", record_id=record_id, version=version, person=person, note=note)
            self.ledger.write(unit, pool, [entry])


def _checked(identity: str) -> str:
    """What is no id is nobody's: it never becomes part of a condition."""
    if not is_id(identity):
        raise NotFound(say("There is no such record.", "没有这条记录。"))
    return identity.lower()


def _entry(event: Event, before: str | None, after: str | None) -> Entry:
    kind: Kind = "entered" if before is None else "released"
    if after is not None:
        kind = "handed_out" if before is None else "transferred"
    person = before if after is None else after
    return Entry(
        kind=kind, record_id=event.record_id, version=event.version, person=person, at=event.at, by=event.actor_id
    )
