"""In charge of what is in a pool: nobody owns it, and the pool's condition holds."""

from tenon.access import Access, in_pool
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, NotFound
from tenon.expressions import Expression
from tenon.model import Pool
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.texts import say


class Membership:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._inside = {name: in_pool(ground.model, pool) for name, pool in ground.model.pools.items()}

    def condition(self, pool: Pool) -> Expression:
        return self._inside[pool.name]

    def scene(self, unit: UnitOfWork, pool: Pool, record_id: str) -> Scene:
        """The record as it is now; raises NotFound."""
        scene = self._ground.evaluation.scene(unit, pool.entity, record_id)
        if scene.record is None or (scene.record.known or {}).get("deleted_at") is not None:
            label = self._ground.model.entities[pool.entity].label
            raise NotFound(say("There is no such {entity}.", "没有这条{entity}。", entity=label))
        return scene

    def scene_inside(self, unit: UnitOfWork, pool: Pool, record_id: str) -> Scene:
        """Raises Conflict for a record that is not in the pool (any more)."""
        scene = self.scene(unit, pool, record_id)
        if scene.holds(self.condition(pool)):
            return scene
        owner = None if scene.record is None else scene.record["owner"]
        if owner is None:
            message = say("This record is not in “{pool}”.", "该记录不在“{pool}”中。", pool=pool.label)
            raise Conflict(message, hint=say("It does not meet its condition.", "它不符合该公海的条件。"))
        if owner.id == unit.actor.id:
            raise Conflict(say("This record is yours already.", "该记录已归您所有。"))
        raise Conflict(
            say("Somebody else has taken this record.", "该记录已被他人领取。"),
            hint=say("Choose another one.", "请选择其他记录。"),
        )

    def version(self, unit: UnitOfWork, pool: Pool, record_id: str) -> int:
        record = self.scene(unit, pool, record_id).record
        return 0 if record is None else int(record["version"])

    def pools_of(self, unit: UnitOfWork, entity: str, record_id: str) -> list[Pool]:
        """Those the record is in now."""
        pools = [pool for pool in self._ground.model.pools.values() if pool.entity == entity]
        if not pools:
            return []
        scene = self._ground.evaluation.scene(unit, entity, record_id)
        return [pool for pool in pools if scene.record is not None and scene.holds(self.condition(pool))]

    def fits(self, unit: UnitOfWork, pool: Pool, record_id: str) -> bool:
        """Whether it would be in the pool without an owner; a record that is gone does not."""
        scene = self._ground.evaluation.scene(unit, pool.entity, record_id)
        return scene.record is not None and scene.holds(pool.where)

    def require_may_change(self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str) -> None:
        """Raises NotFound, Forbidden."""
        if not self._ground.reader.may(unit, access, pool.entity, record_id).allows("update"):
            label = self._ground.model.entities[pool.entity].label
            raise Forbidden(
                say("You may not change this record: {label}.", "您不能修改这条记录：{label}。", label=label)
            )
