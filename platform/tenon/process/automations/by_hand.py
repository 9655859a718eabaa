"""In charge of automations that people start: which buttons a record has, who may press them, what is asked.

Also of reading what comes from outside into the kinds a trigger declares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, Forbidden, InvalidInput, NotFound, UnknownName
from tenon.expressions import Type
from tenon.ids import new_id
from tenon.jobs import Job
from tenon.model import Automation, TriggerUse
from tenon.process.automations.firing import job_of
from tenon.process.evaluation import Ref
from tenon.process.ground import Ground
from tenon.process.performing.writing import field_values
from tenon.query import Query
from tenon.texts import Text, say
from tenon.triggers import TRIGGERS

MANUAL = "manual"
URGENT = 1


@dataclass(frozen=True, kw_only=True)
class Button:
    """`ask` are the names of what is asked for, with their kinds (text, number, boolean, date, datetime)."""

    automation: str
    label: Text
    icon: str
    ask: Mapping[str, str]
    confirm: Text | None


def require_administrator(access: Access) -> None:
    if not access.administers:
        raise Forbidden(say("Only administrators may do this.", "只有管理员可以执行此操作。"))


def buttons(ground: Ground, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> list[Button]:
    offered = [
        (automation, use)
        for automation in ground.model.automations.values()
        if automation.entity == entity and (use := automation.on.get(MANUAL)) is not None and not automation.paused
    ]
    offered = [(automation, use) for automation, use in offered if _role(access, use)]
    if not offered or not _may_change(ground, unit, access, entity, record_id):
        return []
    scene = ground.evaluation.scene(unit, entity, record_id)
    return [_button(automation, use) for automation, use in offered if scene.holds(use.slots.where)]


def job(
    ground: Ground,
    unit: UnitOfWork,
    access: Access,
    name: str,
    entity: str,
    record_id: str,
    inputs: Mapping[str, Any],
) -> Job:
    """The job that begins the run. Raises what `Automations.start_by_hand` says."""
    known = [each.name for each in ground.model.automations.values() if each.entity == entity and MANUAL in each.on]
    automation = ground.model.automations.get(name)
    use = None if automation is None or name not in known else automation.on[MANUAL]
    if automation is None or use is None:
        raise UnknownName.among(name, known, where="automation")
    if not _role(access, use):
        raise Forbidden(
            say("Your roles do not let you start “{name}”.", "您的角色不允许启动“{name}”。", name=automation.label)
        )
    if not _may_change(ground, unit, access, entity, record_id):
        raise NotFound(say("There is no such record that you may change.", "没有您可以修改的该记录。"))
    if automation.paused or not ground.evaluation.scene(unit, entity, record_id).holds(use.slots.where):
        raise Conflict(
            say("“{name}” is not for this record now.", "“{name}”目前不适用于该记录。", name=automation.label)
        )
    given = told(use, inputs)
    by = access.actor.id
    if by is not None:
        given["by"] = Ref(entity="user", id=by)
    return job_of(
        automation, MANUAL, key=f"by_hand:{new_id()}", entity=entity, record_id=record_id, actor_id=by, told=given
    )


def told(use: TriggerUse, data: Mapping[str, Any]) -> dict[str, Any]:
    """What comes from outside, as the declared kinds; a missing value is none. Raises InvalidInput, UnknownName."""
    fixed = {name: kind for name, kind in TRIGGERS[use.trigger].data.items() if isinstance(kind, Type)}
    kinds = {**fixed, **use.slots.inputs}
    found: dict[str, Any] = {}
    problems: list[Detail] = []
    for name, raw in data.items():
        if name not in kinds:
            raise UnknownName.among(name, kinds, where="inputs")
        try:
            found[name] = _READ[kinds[name].kind](raw) if raw is not None and raw != "" else None
        except (ValueError, TypeError, KeyError, InvalidOperation):
            message = say("“{name}” is not a {kind}.", "“{name}”不是有效的{kind}。", name=name, kind=kinds[name].kind)
            problems.append(Detail(path=name, code="invalid", message=message))
    if problems:
        raise InvalidInput(problems[0].message, details=problems)
    return found


def matching(ground: Ground, unit: UnitOfWork, use: TriggerUse, given: Mapping[str, Any]) -> str | None:
    """The one record that a web hook is about; None when none, or several, match."""
    entity = ground.model.entities[str(use.slots.entity)]
    scene = ground.evaluation.scene(unit, None, None, roots={"trigger": given})
    results = {name: scene.value(each) for name, each in use.slots.values.items()}
    if not results or any(value is None for value in results.values()):
        return None
    values = field_values(entity, results)
    parts = [f"{name} == {entity.fields[name].type.literal(value)}" for name, value in values.items()]
    access = ground.access(ground.system("finding the record of a web hook"))
    query = Query(entity=entity.name, where=" and ".join(parts), select=("id",), limit=2)
    found = ground.reader.list(unit, access, query).records
    return found[0]["id"] if len(found) == 1 else None


def _role(access: Access, use: TriggerUse) -> bool:
    return not use.slots.roles or access.actor.is_system or not access.actor.roles.isdisjoint(use.slots.roles)


def _may_change(ground: Ground, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> bool:
    if not access.can(entity, "update"):
        return False
    query = Query(entity=entity, where=f'id == "{record_id}"', select=("id",), may="update", limit=1)
    return bool(ground.reader.list(unit, access, query).records)


def _button(automation: Automation, use: TriggerUse) -> Button:
    kinds = {name: kind.kind for name, kind in use.slots.inputs.items()}
    return Button(
        automation=automation.name,
        label=use.slots.texts.get("label", automation.label),
        icon=str(use.slots.options.get("icon", "bolt")),
        ask=kinds,
        confirm=use.slots.texts.get("confirm"),
    )


def _instant(raw: Any) -> datetime:
    found = datetime.fromisoformat(str(raw))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _boolean(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    return {"true": True, "false": False, "1": True, "0": False, "on": True}[str(raw).lower()]


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise TypeError("a truth value is no number")
    found = Decimal(str(raw))
    if not found.is_finite():
        raise ValueError("not a finite number")
    return found


_READ: Mapping[str, Any] = {
    "text": lambda raw: str(raw)[:10_000],
    "number": _number,
    "boolean": _boolean,
    "date": lambda raw: date.fromisoformat(str(raw)),
    "datetime": _instant,
}
__all__ = ["Button", "buttons", "job", "matching", "require_administrator", "told"]
