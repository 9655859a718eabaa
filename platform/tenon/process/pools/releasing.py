"""In charge of records on their way back: given up with a reason, passed on to somebody else."""

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, InvalidInput
from tenon.model import Pool
from tenon.process.ground import Ground
from tenon.process.pools.ledger import Entry, Ledger
from tenon.process.pools.membership import Membership
from tenon.suggestions import did_you_mean
from tenon.texts import say


class Releasing:
    def __init__(self, ground: Ground, ledger: Ledger, membership: Membership) -> None:
        self._ground = ground
        self._ledger = ledger
        self._membership = membership

    def release(
        self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str, *, reason: str | None, note: str | None
    ) -> None:
        """By whoever may change the record; `reason` is a key of the pool's reasons, which asks for one if it has any.

        Raises NotFound, Forbidden, InvalidInput, and Conflict for a record that has no owner or may not be in the pool.
        """
        self._membership.require_may_change(unit, access, pool, record_id)
        self._check_reason(pool, reason)
        self._let_go(unit, pool, record_id, reason, note)

    def release_by(self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str, note: str | None) -> None:
        """By a process, which has words instead of a key."""
        self._membership.require_may_change(unit, access, pool, record_id)
        self._let_go(unit, pool, record_id, None, note)

    def transfer(
        self, unit: UnitOfWork, access: Access, pool: Pool, record_id: str, to: str, *, note: str | None
    ) -> None:
        """To another owner, past the pool; with the actor's own rights."""
        if not self._ground.people.active(unit, [to]):
            raise Conflict(say("This person does not work here any more.", "此人已离职。"))
        saved = self._ground.writer.change(unit, access, pool.entity, record_id, {"owner": to}, version=None)
        if saved.changed:
            entry = Entry(kind="transferred", record_id=record_id, version=saved.version, person=to, note=note)
            self._ledger.write(unit, pool, [entry])

    def _let_go(self, unit: UnitOfWork, pool: Pool, record_id: str, reason: str | None, note: str | None) -> None:
        scene = self._membership.scene(unit, pool, record_id)
        owner = None if scene.record is None else scene.record["owner"]
        if owner is None:
            raise Conflict(say("Nobody owns this record already.", "该记录已无负责人。"))
        if not self._membership.fits(unit, pool, record_id):
            raise Conflict(
                say("This record may not be in “{pool}”.", "该记录不能放入“{pool}”。", pool=pool.label),
                hint=say("It does not meet the condition of the pool.", "它不符合该公海的条件。"),
            )
        access = self._ground.access(self._ground.system(f"pool {pool.name}"))
        saved = self._ground.writer.change(unit, access, pool.entity, record_id, {"owner": None}, version=None)
        entry = Entry(
            kind="released", record_id=record_id, version=saved.version, person=owner.id, reason=reason, note=note
        )
        self._ledger.write(unit, pool, [entry])

    def _check_reason(self, pool: Pool, reason: str | None) -> None:
        if pool.release_reasons is None:
            return
        options = {one.key: one for one in self._ground.model.choices[pool.release_reasons].options if one.active}
        if reason in options:
            return
        if reason is None:
            message = say("Say why you give it back.", "请说明退回原因。")
            hint = say("One of: {names}", "可选：{names}", names=", ".join(options))
            detail = Detail(path="reason", code="required", message=message, hint=hint)
        else:
            message = say("There is no reason “{name}”.", "没有原因“{name}”。", name=reason)
            detail = Detail(path="reason", code="unknown_choice", message=message, hint=did_you_mean(reason, options))
        raise InvalidInput(message, hint=detail.hint, details=[detail])
