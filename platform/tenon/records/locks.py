"""In charge of records that nobody may change for a while: the locks that requests for approval put on them.

A lock names the fields it holds, those it leaves open, and for whom some of the held ones are open. It is asked about
only for entities that can have one: one statement more for each change of such a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tenon.database import DialectName, Prepared, UnitOfWork, prepare
from tenon.errors import Conflict, Detail
from tenon.model import Entity, Field, Model
from tenon.records.drafts import Draft, Work
from tenon.records.recording import BOOKKEEPING
from tenon.records.stages import listed_labels
from tenon.schema import SYSTEM_TABLES
from tenon.texts import Text, say

_TABLE = SYSTEM_TABLES["lock"]
_DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgresql")


@dataclass(frozen=True, kw_only=True)
class RecordLock:
    """`fields` None: every one but `exceptions`. `open_to`: user → held fields that are open to them."""

    entity: str
    record_id: str
    request_id: str
    at: datetime
    fields: tuple[str, ...] | None = None
    exceptions: tuple[str, ...] = ()
    open_to: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: Text

    def holds(self, name: str, person: str | None) -> bool:
        """Whether `person` may not change this field now."""
        held = name not in self.exceptions if self.fields is None else name in self.fields
        return held and name not in self.open_to.get(person or "", ())


def _for_each(clause: sa.ClauseElement) -> dict[DialectName, Prepared]:
    return {dialect: prepare(clause, dialect) for dialect in _DIALECTS}


def _parameter(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(f"v_{name}", type_=_TABLE.c[name].type)


def _same(*names: str) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(_TABLE.c[name] == _parameter(name) for name in names)


_KEY = ("entity", "record_id", "request_id")
_READ = _for_each(sa.select(*_TABLE.columns).where(*_same("entity", "record_id")).order_by(_TABLE.c.at))
_PUT = _for_each(sa.insert(_TABLE).values({column.name: _parameter(column.name) for column in _TABLE.columns}))
_TAKE = _for_each(sa.delete(_TABLE).where(*_same(*_KEY)))


def lockable(model: Model, entity: str) -> bool:
    """Whether records of this entity can be locked at all."""
    return any(approval.entity == entity for approval in model.approvals.values())


def locks_on(unit: UnitOfWork, entity: str, record_id: str) -> list[RecordLock]:
    """The oldest first; one statement."""
    parameters = {"v_entity": entity, "v_record_id": record_id}
    rows = unit.connection.run(_READ[unit.connection.dialect], parameters)
    return [_lock(dict(zip(_TABLE.columns.keys(), row, strict=True))) for row in rows]


def put_lock(unit: UnitOfWork, lock: RecordLock) -> None:
    """Whatever lock of the same request was there before goes."""
    take_lock(unit, lock.entity, lock.record_id, lock.request_id)
    row = {
        "v_entity": lock.entity,
        "v_record_id": lock.record_id,
        "v_request_id": lock.request_id,
        "v_at": lock.at,
        "v_fields": None if lock.fields is None else list(lock.fields),
        "v_exceptions": list(lock.exceptions),
        "v_open_to": {person: list(names) for person, names in lock.open_to.items()},
        "v_why": {language: lock.why.in_(language) for language in lock.why.languages()},
    }
    unit.connection.write(_PUT[unit.connection.dialect], row)


def take_lock(unit: UnitOfWork, entity: str, record_id: str, request_id: str) -> None:
    parameters = {"v_entity": entity, "v_record_id": record_id, "v_request_id": request_id}
    unit.connection.write(_TAKE[unit.connection.dialect], parameters)


def check_lock(work: Work, draft: Draft) -> None:
    """Raises Conflict naming the locked fields, who locked them and why."""
    if not lockable(work.plans.model, work.plan.name):
        return
    changed = [name for name in draft.changed() if name not in BOOKKEEPING and name not in draft.given]
    for lock in locks_on(work.unit, work.plan.name, draft.id) if changed else ():
        held = [name for name in changed if lock.holds(name, work.unit.actor.id)]
        if held:
            raise _locked(work, lock, held)


def check_parts(work: Work) -> None:
    """Refuse what would add, change or move a part of a record that is locked as a whole: its lines are part of it."""
    wholes = _wholes(work.plans.model, work.plan.entity)
    found: dict[tuple[str, str], RecordLock | None] = {}
    for draft in list(work.drafts) if wholes else ():
        try:
            if draft.is_new or any(name not in BOOKKEEPING for name in draft.changed()):
                for field_ in wholes:
                    for values in (draft.old or {}, draft.values):
                        _refuse_part(work, found, str(field_.target), values.get(field_.name))
        except Conflict as refusal:
            work.refuse(draft, refusal)


def _wholes(model: Model, entity: Entity) -> list[Field]:
    """The look-ups that say what its records are parts of, where that can be locked: those it cannot be without.

    A contact about an offer in approval goes with the offer too, but is no part of it: it may be written down.
    """
    parting = [one for one in entity.fields.values() if one.target is not None and one.on_delete == "cascade"]
    leading = (one for one in parting if one.required)
    return [one for one in leading if lockable(model, str(one.target))]


def _refuse_part(
    work: Work, found: dict[tuple[str, str], RecordLock | None], entity: str, record_id: str | None
) -> None:
    if record_id is None:
        return
    key = (entity, record_id)
    if key not in found:
        locks = locks_on(work.unit, entity, record_id)
        found[key] = next((lock for lock in locks if lock.fields is None), None)
    lock = found[key]
    if lock is not None:
        label = work.plans.model.entities[entity].label
        message = say(
            "It is part of a locked record: {label}. {why}", "所属记录已锁定：{label}。{why}", label=label, why=lock.why
        )
        raise Conflict(message, hint=_wait(), extra={"locked_by": lock.request_id})


def refuse_deletion(work: Work, entity: str, records: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises Conflict when one of the records is locked, whatever fields the lock holds, or part of such a record."""
    _refuse_deleted_parts(work, entity, records)
    if not lockable(work.plans.model, entity):
        return
    for record_id in records:
        for lock in locks_on(work.unit, entity, record_id):
            raise Conflict(lock.why, hint=_wait(), extra={"locked_by": lock.request_id})


def _refuse_deleted_parts(work: Work, entity: str, records: Mapping[str, Mapping[str, Any]]) -> None:
    found: dict[tuple[str, str], RecordLock | None] = {}
    for one in _wholes(work.plans.model, work.plans.model.entities[entity]):
        for values in records.values():
            _refuse_part(work, found, str(one.target), values[one.name])


def _locked(work: Work, lock: RecordLock, names: Sequence[str]) -> Conflict:
    known = [work.plan.entity.fields[name] for name in names]
    message = say(
        "“{labels}” cannot be changed now. {why}",
        "现在不能修改“{labels}”。{why}",
        labels=listed_labels([one.label for one in known]),
        why=lock.why,
    )
    details = [Detail(path=one.name, code="locked", message=lock.why) for one in known]
    return Conflict(message, hint=_wait(), details=details, extra={"locked_by": lock.request_id})


def _wait() -> Text:
    return say(
        "Wait for the decision, or let the submitter recall the request.", "请等待审批结果，或由提交人撤回申请。"
    )


def _lock(row: Mapping[str, Any]) -> RecordLock:
    return RecordLock(
        entity=row["entity"],
        record_id=row["record_id"],
        request_id=row["request_id"],
        at=row["at"],
        fields=None if row["fields"] is None else tuple(row["fields"]),
        exceptions=tuple(row["exceptions"]),
        open_to={person: tuple(names) for person, names in row["open_to"].items()},
        why=Text(row["why"]),
    )
