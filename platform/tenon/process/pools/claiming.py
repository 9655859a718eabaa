"""In charge of taking records out of a pool: by people, for people, and with a manager's or an approval's consent.

Of two who claim the same record at once one gets it; the other is told so. A person's own claims wait for one
another, so that the limits hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, NotFound, StaleVersion, TenonError
from tenon.model import Pool
from tenon.process.assigning.turns import locked
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.pools.ledger import Entry, Kind, Ledger
from tenon.process.pools.limits import Limits
from tenon.process.pools.membership import Membership
from tenon.texts import say

BY_MANAGER, BY_APPROVAL = "manager", "approval"


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What became of a claim: the record is his, or somebody was asked (`request` is that of an approval, if any)."""

    record_id: str
    state: Literal["claimed", "asked"]
    request: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of one of several: either `done` or `error` is there."""

    record_id: str
    done: Claimed | None = None
    error: TenonError | None = None


class Claiming:
    def __init__(self, ground: Ground, ledger: Ledger, limits: Limits, membership: Membership) -> None:
        self._ground = ground
        self._ledger = ledger
        self._limits = limits
        self._membership = membership

    def claim(self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str) -> Claimed:
        """By the actor, for himself. Raises NotFound, Forbidden, Conflict."""
        person = _somebody(access.actor)
        self._require_seen(unit, access, pool, record_id)
        scene, asks = self._allowed(unit, pool, record_id, person)
        if asks:
            return self._ask(unit, pool, scene, person)
        return self._give(unit, pool, scene, str(person.id), "claimed")

    def claim_all(self, unit: UnitOfWork, access: Access, pool: Pool, ids: Sequence[str]) -> list[Outcome]:
        """Each as if alone; what is refused leaves the others."""
        outcomes = []
        for record_id in dict.fromkeys(ids):
            try:
                with unit.connection.savepoint():
                    done = self.claim(unit, access, pool, record_id)
                outcomes.append(Outcome(record_id=record_id, done=done))
            except TenonError as error:
                outcomes.append(Outcome(record_id=record_id, error=error))
        return outcomes

    def claim_for(self, unit: UnitOfWork, pool: Pool, record_id: str, person_id: str) -> Claimed:
        """By a process, within the limits of the person; whoever declared it has consented."""
        person = self._ground.actors(unit.connection, person_id, unit.now)
        if person is None:
            raise Conflict(say("This person does not work here any more.", "此人已离职。"))
        scene, _asks = self._allowed(unit, pool, record_id, person)
        return self._give(unit, pool, scene, person_id, "claimed")

    def hand_out(self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str, to: str | None) -> str | None:
        """To the person named, else to whom the pool's rule finds (None: nobody). For those who may change the record.

        Limits of the person do not hold: somebody who may do so decides.
        """
        self._membership.require_may_change(unit, access, pool, record_id)
        locked(unit, f"pool:{pool.name}")
        scene = self._membership.scene_inside(unit, pool, record_id)
        person = to or self._by_rule(unit, pool, record_id)
        if person is None:
            return None
        if not self._ground.people.active(unit, [person]):
            raise Conflict(say("This person does not work here any more.", "此人已离职。"))
        self._give(unit, pool, scene, person, "handed_out")
        return person

    def decide(
        self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str, person_id: str, *, agree: bool, note: str
    ) -> None:
        """A manager's word on a claim that waits for it. Raises Forbidden for others, Conflict when nothing waits."""
        waiting = self._ledger.open_requests(unit, pool, record_id)
        if not any(each["person"] is not None and each["person"].id == person_id for each in waiting):
            raise Conflict(say("This claim does not wait for anybody.", "该领取申请不在等待处理。"))
        if not access.administers and access.actor.id not in self._ground.people.of(unit).managers(person_id):
            raise Forbidden(say("Only a manager of this person decides it.", "仅此人的上级可以处理。"))
        if agree:
            self.claim_for(unit, pool, record_id, person_id)
            return
        version = self._membership.version(unit, pool, record_id)
        entry = Entry(kind="refused", record_id=record_id, version=version, person=person_id, note=note)
        self._ledger.write(unit, pool, [entry])
        self._tell(unit, pool, record_id, [person_id], agree=False)

    def _require_seen(self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str) -> None:
        """Raises NotFound; of a record that was in the pool a moment ago, and so was seen by him, what became of it."""
        try:
            self._ground.reader.one(unit, access, pool.entity, record_id, ("id",))
        except NotFound as refusal:
            may_claim = not pool.claim.roles or not access.actor.roles.isdisjoint(pool.claim.roles)
            if may_claim and access.can(pool.entity, "read") and self._ledger.just_got(unit, pool, record_id):
                raise taken() from refusal
            raise

    def _allowed(self, unit: UnitOfWork, pool: Pool, record_id: str, person: Actor) -> tuple[Scene, bool]:
        """The record as it is now, and whether somebody has to consent."""
        locked(unit, f"pool:{pool.name}:{person.id}")
        found = self._membership.scene_inside(unit, pool, record_id)
        return found, self._limits.require(unit, pool, person, found).asks

    def _give(self, unit: UnitOfWork, pool: Pool, scene: Scene, person: str, kind: Kind) -> Claimed:
        """Written with the product's own rights: nobody may change what nobody owns, but the pool lets him."""
        if scene.record is None:
            raise NotFound(say("There is no such record.", "没有这条记录。"))
        record_id, version = scene.record.id, int(scene.record["version"])
        access = self._ground.access(self._ground.system(f"pool {pool.name}"))
        try:
            saved = self._ground.writer.change(unit, access, pool.entity, record_id, {"owner": person}, version=version)
        except StaleVersion as error:
            raise taken() from error
        entry = Entry(kind=kind, record_id=record_id, version=saved.version, person=person)
        self._ledger.write(unit, pool, [entry])
        return Claimed(record_id=record_id, state="claimed")

    def _ask(self, unit: UnitOfWork, pool: Pool, scene: Scene, person: Actor) -> Claimed:
        record_id = scene.record.id if scene.record is not None else ""
        version = int(scene.record["version"]) if scene.record is not None else 0
        request = None
        if pool.claim.approval is not None:
            approvals = self._ground.service("approvals")
            request = str(approvals.submit_for(unit, pool.claim.approval, pool.entity, record_id, person.id))
        else:
            waiting = self._ledger.open_requests(unit, pool, record_id)
            if any(each["person"] is not None and each["person"].id == person.id for each in waiting):
                raise Conflict(say("You have asked for this record already.", "您已申请领取该记录。"))
            managers = self._ground.people.present(unit, self._ground.people.of(unit).managers(person.id))
            if not managers:
                raise Conflict(
                    say("You have nobody above you who could consent.", "没有可批准的上级。"),
                    hint=say("Ask an administrator to hand it out to you.", "请联系管理员分配。"),
                )
            self._tell(unit, pool, record_id, managers[:1], agree=True)
        way = BY_MANAGER if request is None else BY_APPROVAL
        entry = Entry(kind="asked", record_id=record_id, version=version, person=person.id, reason=way)
        self._ledger.write(unit, pool, [entry])
        return Claimed(record_id=record_id, state="asked", request=request)

    def _by_rule(self, unit: UnitOfWork, pool: Pool, record_id: str) -> str | None:
        if pool.assign is None:
            raise Conflict(
                say("This pool has no rule by which it hands out.", "该公海没有分配规则。"),
                hint=say("Name the person.", "请指定人员。"),
            )
        found: str | None = self._ground.service("assignments").choose_by(unit, pool.assign, record_id).person
        return found

    def _tell(self, unit: UnitOfWork, pool: Pool, record_id: str, people: Sequence[str], *, agree: bool) -> None:
        name = unit.actor.name
        if agree:
            title = say(
                "{name} asks for a record of “{pool}”.", "{name} 申请领取“{pool}”中的记录。", name=name, pool=pool.label
            )
        else:
            title = say("Your claim from “{pool}” was refused.", "您从“{pool}”领取的申请被拒绝。", pool=pool.label)
        notice = Notice(title=title, kind="pool", entity=pool.entity, record_id=record_id, sender=unit.actor.id)
        self._ground.service("notifying").tell(unit, people, notice)


def taken() -> Conflict:
    return Conflict(
        say("Somebody else has just taken this record.", "该记录刚刚已被他人领取。"),
        hint=say("Choose another one.", "请选择其他记录。"),
    )


def _somebody(actor: Actor) -> Actor:
    if actor.id is None:
        raise Conflict(say("Only people own records.", "只有人员可以持有记录。"))
    return replace(actor)
