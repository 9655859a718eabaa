"""In charge of refusing what the actor may not write: the record, its fields, and what it would become.

- Create: the new record, with all its values, must be one he may create.
- Change: the record as it is must be one he may change (one he may not even read does not exist for him), and the
  record as it will be too. The one exception is a hand-over: whoever may change a record may give it to another
  owner, although it leaves his own scope by that.
- Fields: each field that was sent and differs must be his to write on this record.
"""

from collections.abc import Mapping

from tenon.errors import Detail, Forbidden, NotFound
from tenon.model import Entity, Operation, Permit
from tenon.records.drafts import Draft, Work
from tenon.records.plans import CHILDREN, stored_names
from tenon.texts import Text, say


def not_found(label: Text) -> NotFound:
    """The same for what never was, what was deleted, and what is not his to see."""
    return NotFound(say("There is no such record: {label}.", "没有这条记录：{label}。", label=label))


def check_stored(entity: Entity, operation: Operation, may: Mapping[Operation, bool]) -> None:
    """The record as it is must be readable, and open to `operation`; the database has judged it as it was locked."""
    if not may["read"]:
        raise not_found(entity.label)
    if not may[operation]:
        raise _not_this_one(operation, entity.label)


def check_future(work: Work, draft: Draft) -> None:
    """What a permit does not read cannot take the record out of it: then the record as it was has been judged."""
    entity = work.plan.entity
    operation: Operation = "create" if draft.is_new else "update"
    permit = work.access.permit(entity.name, operation)
    if permit is True or (not draft.is_new and (_hands_over(work, draft) or _stays(work, draft, permit))):
        return
    if not work.permitted(draft, permit):
        raise _outside(draft.is_new, entity.label)


def check_fields(work: Work, draft: Draft) -> None:
    """Raises Forbidden with a detail for each field."""
    refused = [_refusal(work, name) for name in _to_check(work, draft) if not _may_write(work, draft, name)]
    if refused:
        raise Forbidden(refused[0].message, details=refused)


def _to_check(work: Work, draft: Draft) -> list[str]:
    if work.unit.actor.is_system and work.access.shape.system:
        return []
    changed = set(draft.changed())
    return [name for name in draft.sent if draft.is_new or name in changed]


def _may_write(work: Work, draft: Draft, name: str) -> bool:
    permit: Permit = work.access.field_permit(work.plan.name, name, "create" if draft.is_new else "update")
    if isinstance(permit, bool):
        field = work.plan.entity.fields[name]
        return permit or (work.options is not None and (field.system or not field.type.writable))
    return work.facts.holds(permit, draft.facts if draft.before is None else draft.before)


def _refusal(work: Work, name: str) -> Detail:
    label = work.plan.entity.fields[name].label
    message = say(
        "Your roles do not let you set “{label}” on this record.",
        "您的角色不允许在这条记录上设置“{label}”。",
        label=label,
    )
    return Detail(path=name, code=Forbidden.code, message=message)


def _hands_over(work: Work, draft: Draft) -> bool:
    path = work.plan.entity.owner_path
    return path is not None and draft.touches(frozenset(path[:1]))


def _stays(work: Work, draft: Draft, permit: Permit) -> bool:
    if isinstance(permit, bool):
        return False
    names = stored_names(work.plan.entity, permit.dependencies)
    return CHILDREN not in names and not draft.touches(names)


def _not_this_one(operation: Operation, label: Text) -> Forbidden:
    if operation == "delete":
        return Forbidden(say("You may not delete this record: {label}.", "您不能删除这条记录：{label}。", label=label))
    return Forbidden(say("You may not change this record: {label}.", "您不能修改这条记录：{label}。", label=label))


def _outside(is_new: bool, label: Text) -> Forbidden:
    if is_new:
        message = say(
            "You may not create a record like this: {label}. It would lie outside your scope.",
            "您不能新建这样的记录：{label}。它超出了您的权限范围。",
            label=label,
        )
    else:
        message = say(
            "You may not change the record in this way: {label}. It would leave your scope.",
            "您不能这样修改记录：{label}。修改后它将超出您的权限范围。",
            label=label,
        )
    return Forbidden(message, hint=say("Choose another owner, department or region.", "请选择其他负责人、部门或区域。"))
