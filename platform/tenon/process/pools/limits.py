"""In charge of how many records somebody may take: what stands against a claim, and what is left."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden
from tenon.model import Pool
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.pools.ledger import Ledger
from tenon.query import Query
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What one person has of a pool. None: no limit. `allowed`: whether his roles may claim at all."""

    allowed: bool
    today: int
    per_day: int | None
    held: int
    hold: int | None
    approve_above: int | None

    @property
    def left(self) -> int | None:
        """How many more he may take now, approvals aside; None: as many as he likes."""
        if not self.allowed:
            return 0
        found = [most - has for most, has in ((self.per_day, self.today), (self.hold, self.held)) if most is not None]
        return max(0, min(found)) if found else None

    @property
    def asks(self) -> bool:
        """Whether the next one needs an approval."""
        return self.approve_above is not None and self.held >= self.approve_above


class Limits:
    def __init__(self, ground: Ground, ledger: Ledger) -> None:
        self._ground = ground
        self._ledger = ledger

    def quota(self, unit: UnitOfWork, pool: Pool, person: Actor) -> Quota:
        claim = pool.claim
        counts_held = claim.hold is not None or claim.approve_above is not None
        return Quota(
            allowed=not claim.roles or not person.roles.isdisjoint(claim.roles),
            today=self._ledger.claims_today(unit, pool, str(person.id)) if claim.per_day is not None else 0,
            per_day=claim.per_day,
            held=self._held(unit, pool, str(person.id)) if counts_held else 0,
            hold=claim.hold,
            approve_above=claim.approve_above,
        )

    def require(self, unit: UnitOfWork, pool: Pool, person: Actor, scene: Scene) -> Quota:
        """What stands against it is raised: Forbidden for roles, Conflict for the rest."""
        quota = self.quota(unit, pool, person)
        if not quota.allowed:
            message = say("Your roles may not claim from “{pool}”.", "您的角色不能从“{pool}”领取。", pool=pool.label)
            raise Forbidden(message, hint=say("Ask an administrator for this right.", "如有需要，请向管理员申请权限。"))
        self._require_condition(pool, person, scene)
        self._require_cooled(unit, pool, person, scene)
        if quota.per_day is not None and quota.today >= quota.per_day:
            raise self._full(
                say(
                    "You have claimed {count} today, and no more than {most} are allowed.",
                    "您今天已领取 {count} 条，每天最多 {most} 条。",
                    count=quota.today,
                    most=quota.per_day,
                ),
                say("Come back tomorrow.", "请明天再来。"),
            )
        if quota.hold is not None and quota.held >= quota.hold:
            raise self._full(
                say(
                    "You have {count} of these, and no more than {most} are allowed.",
                    "您已持有 {count} 条，最多可持有 {most} 条。",
                    count=quota.held,
                    most=quota.hold,
                ),
                say("Give one back first.", "请先退回一条。"),
            )
        return quota

    def _require_condition(self, pool: Pool, person: Actor, scene: Scene) -> None:
        """About the record and whoever claims, whoever carries it out."""
        if pool.claim.when is None or scene.record is None:
            return
        unit = replace(scene.unit, actor=person)
        theirs = self._ground.evaluation.scene(unit, pool.entity, scene.record.id)
        if not theirs.holds(pool.claim.when):
            message = say("This record is not open to you.", "您不符合领取该记录的条件。")
            raise Conflict(message, hint=say("Choose another one.", "请选择其他记录。"))

    def _require_cooled(self, unit: UnitOfWork, pool: Pool, person: Actor, scene: Scene) -> None:
        cooling = pool.claim.cooling
        if cooling is None or scene.record is None:
            return
        lost = self._ledger.last_loss(unit, pool, str(person.id), scene.record.id)
        free = None if lost is None else lost + timedelta(seconds=cooling)
        if free is not None and free > unit.now:
            zone = ZoneInfo(self._ground.model.workspace.timezone)
            day = free.astimezone(zone).strftime("%Y-%m-%d %H:%M")
            raise Conflict(
                say(
                    "You had this record lately and may claim it again from {day}.",
                    "您近期曾持有该记录，{day} 之后可再次领取。",
                    day=day,
                ),
                hint=say("Until then it is open to others.", "在此之前由其他人领取。"),
            )

    def _full(self, message: Text, hint: Text) -> Conflict:
        return Conflict(message, hint=hint)

    def _held(self, unit: UnitOfWork, pool: Pool, person: str) -> int:
        """Of the records the pool is about."""
        where = f'owner == "{person}"' + ("" if pool.where is None else f" and ({pool.where.text})")
        system, access = self._ledger.as_system(unit)
        return self._ground.reader.count(system, access, Query(entity=pool.entity, where=where)).value
