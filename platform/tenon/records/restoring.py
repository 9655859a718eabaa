"""In charge of the way back out of the recycle bin: the record, what went in with it, and the look-ups emptied then.

Parts that were deleted by themselves, before or after, stay where they are.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from tenon.database import prepare
from tenon.errors import Conflict, Detail
from tenon.fields import AnyRecord
from tenon.model import Field
from tenon.records.deletion import title_of, undeleting
from tenon.records.drafts import Draft, Saved, Work
from tenon.records.listing import among, listed
from tenon.records.plans import EntityPlan, Values
from tenon.records.recording import Memories, event, history_row, recall_pointer, remember
from tenon.records.recycling import CLEARED, WITH
from tenon.records.statements import LAST_DELETION
from tenon.records.uniqueness import find_others, key_of, taken
from tenon.texts import say

Returning = dict[str, dict[str, Values]]
"""Entity → the records that come back, by id."""


def restore(work: Work, draft: Draft) -> Saved:
    """Assumes that the deleted record is locked and the actor may do it. Raises Conflict."""
    notes = _notes(work, draft)
    returning = _returning(work, draft.stored, notes.get(WITH) or {})
    _refuse_orphans(work, returning)
    _refuse_duplicates(work, returning)
    memories = Memories()
    _bring_back(work, returning, memories)
    _point_again(work, notes.get(CLEARED) or [], memories)
    remember(work, memories)
    return Saved(id=draft.id, version=draft.stored["version"] + 1, entity=work.plan.name)


def _notes(work: Work, draft: Draft) -> Mapping[str, Any]:
    connection = work.unit.connection
    rows = connection.run(LAST_DELETION[connection.dialect], {"the_entity": work.plan.name, "the_id": draft.id})
    return rows[0][0] or {} if rows else {}


def _returning(work: Work, root: Values, parts: Mapping[str, list[str]]) -> Returning:
    """The record and those of its parts that are still in the bin since the same moment."""
    returning: Returning = {work.plan.name: {root["id"]: root}}
    moment = _moments(work, work.plan, [root["id"]])[root["id"]][0]
    for entity, ids in parts.items():
        if entity in work.plans.model.entities:
            found = _moments(work, work.plans[entity], ids)
            same = {key: values for key, (at, values) in found.items() if at == moment}
            returning.setdefault(entity, {}).update(same)
    return returning


def _moments(work: Work, plan: EntityPlan, ids: list[str]) -> dict[str, tuple[Any, Values]]:
    """When each was deleted (None: it lives), and its values."""
    rows = work.unit.connection.run(plan.load, {"ids": listed(ids)})
    read = ((row[-2], plan.read_row(row)) for row in rows)
    return {values["id"]: (at, values) for at, values in read}


def _refuse_orphans(work: Work, returning: Returning) -> None:
    """What a record cannot be without must live, or come back together with it."""
    for entity, records in returning.items():
        for field in work.plans[entity].lookups:
            if field.system or not (field.required or field.on_delete != "clear"):
                continue
            target = work.plans[str(field.target)]
            _refuse_orphan(work, target, returning, {values[field.name] for values in records.values()} - {None})
        for field in work.plans[entity].any_lookups:
            if not field.required and field.on_delete in ("clear", "keep"):
                continue
            led = {values[field.name] for values in records.values()} - {None}
            for name in sorted({value.entity for value in led if value.entity in work.plans.model.entities}):
                ids = {value.id for value in led if value.entity == name}
                _refuse_orphan(work, work.plans[name], returning, ids)


def _refuse_orphan(work: Work, target: EntityPlan, returning: Returning, needed: set[str]) -> None:
    ids = needed - set(returning.get(target.name, {}))
    gone = [values for at, values in _moments(work, target, list(ids)).values() if at is not None] if ids else []
    if gone:
        raise _orphan(work, target, gone[0])


def _orphan(work: Work, plan: EntityPlan, values: Values) -> Conflict:
    record = work.facts.one(plan, values)
    readable = work.facts.holds(work.access.permit(plan.name, "read"), record)
    title = title_of(work, plan, record) if readable else None
    message = say(
        "It belongs to a record that is in the recycle bin: {label} “{title}”.",
        "它所属的记录在回收站中：{label}“{title}”。",
        label=plan.entity.label,
        title=title or "…",
    )
    extra = {"first": {"entity": plan.name, "id": values["id"], "title": title}} if readable else {}
    return Conflict(message, hint=say("Restore that one first.", "请先恢复那条记录。"), extra=extra)


def _refuse_duplicates(work: Work, returning: Returning) -> None:
    """All conflicts together, each with the record that took the place."""
    details: list[Detail] = []
    others: list[dict[str, Any]] = []
    for entity, records in returning.items():
        part = Work.begin(work.unit, work.access, work.plans, work.programs, entity, [])
        for unique in part.plan.uniques:
            keys = {key for key in (key_of(part.plan, unique, row) for row in records.values()) if None not in key}
            for other in find_others(part, unique, keys).values() if keys else ():
                conflict = taken(part, unique, other)
                details.extend(conflict.details)
                others.extend([conflict.extra["other"]] if "other" in conflict.extra else [])
    if details:
        extra: dict[str, Any] = {"others": others}
        if others:
            extra["other"] = others[0]
        raise Conflict(
            say(
                "It cannot be restored: another record took its place meanwhile.",
                "无法恢复：已有其他记录占用了相同的值。",
            ),
            hint=details[0].hint or say("Change that record first.", "请先修改那条记录。"),
            details=details,
            extra=extra,
        )


def _bring_back(work: Work, returning: Returning, memories: Memories) -> None:
    unit = work.unit
    for entity, records in returning.items():
        plan = work.plans[entity]
        if records:
            unit.connection.write(undeleting(plan), {"ids": listed(records), "now": unit.now, "actor": unit.actor.id})
        for values in records.values():
            version = values["version"] + 1
            memories.events.append(event(work, plan, "record.restored", values["id"], version))
            memories.histories.append(history_row(work, plan, values["id"], version, "restored", {}))


def _point_again(work: Work, cleared: list[list[Any]], memories: Memories) -> None:
    """Fill the look-ups that the deletion emptied and that are still empty: one statement for each and its target."""
    wanted: dict[tuple[str, str, str | AnyRecord], list[str]] = {}
    for entity, pointer, record_id, noted in cleared:
        slot = work.plans[entity].slots.get(pointer) if entity in work.plans.model.entities else None
        target = None if slot is None else _target(work, slot.field, noted)
        if target is not None:
            wanted.setdefault((entity, pointer, target), []).append(record_id)
    for (entity, pointer, target), ids in wanted.items():
        _point(work, work.plans[entity], pointer, target, ids, memories)


def _target(work: Work, field: Field, noted: Any) -> str | AnyRecord | None:
    """None when the field has become of another kind meanwhile, or the entity is no more."""
    if field.entities is None:
        return noted if isinstance(noted, str) and field.target is not None else None
    entity = work.plans.model.entities.present(noted["entity"]) if isinstance(noted, dict) else None
    return None if entity is None else AnyRecord(noted["id"], entity)


def _point(
    work: Work, plan: EntityPlan, pointer: str, target: str | AnyRecord, ids: list[str], memories: Memories
) -> None:
    found = _moments(work, plan, ids)
    empty = {key: row for key, (at, row) in found.items() if at is None and row[pointer] is None}
    if not empty:
        return
    unit, (version, at, by) = work.unit, (plan.column(name) for name in ("version", "changed_at", "changed_by"))
    change = sa.update(plan.table).where(among(plan.column("id"), "ids", plan.dialect))
    slot = plan.slots[pointer]
    parts = zip(slot.columns, slot.names, strict=True)
    pointed = {column: sa.bindparam(name, type_=column.type) for column, name in parts}
    change = change.values({**pointed, version: version + 1, at: unit.now, by: unit.actor.id})
    parameters: dict[str, Any] = {"ids": listed(empty)}
    slot.put(parameters, target)
    unit.connection.write(prepare(change, plan.dialect), parameters)
    for row in empty.values():
        recall_pointer(work, memories, plan, row, pointer, target)
