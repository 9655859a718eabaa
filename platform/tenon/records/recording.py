"""In charge of what is remembered of a change besides the record: field history, stage history, events.

A new record has no field history of its own: its first values are what the first change says they were.
Values of sensitive fields are masked in the history and in events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tenon.database import DialectName, Prepared
from tenon.fields import AnyRecord
from tenon.ids import new_id
from tenon.jobs import Event, outbox
from tenon.model import Entity
from tenon.records.drafts import Draft, Work
from tenon.records.plans import EntityPlan, Values
from tenon.records.stages import stage_rows
from tenon.records.statements import INSERT_HISTORY, INSERT_STAGES

MASK = "•••"
BOOKKEEPING = frozenset(("id", "version", "created_at", "changed_at", "created_by", "changed_by", "stage_since"))

Changes = dict[str, list[Any]]


def changes_of(entity: Entity, old: Values | None, new: Values, names: Iterable[str]) -> Changes:
    """Field → [old, new], ready for JSON."""
    changes: Changes = {}
    for name in names:
        if name in BOOKKEEPING:
            continue
        known = entity.fields[name]
        before, after = (old or {}).get(name), new.get(name)
        pair = [MASK if value is not None else None for value in (before, after)] if known.sensitive else None
        changes[name] = pair or [plain(known.type, before), plain(known.type, after)]
    return changes


@dataclass(frozen=True, kw_only=True)
class Memories:
    """Rows of the hand-made tables, and events, that belong to a write."""

    histories: list[dict[str, Any]] = field(default_factory=list)
    stages: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def recall(work: Work, draft: Draft, names: list[str], memories: Memories) -> None:
    """Add what is to be remembered of one draft; `names` are the fields that changed."""
    version = draft.values["version"]
    changes = changes_of(work.plan.entity, draft.old, draft.values, names)
    if not draft.is_new and work.plan.entity.history and changes:
        memories.histories.append(history_row(work, work.plan, draft.id, version, "changed", changes))
    memories.stages.extend(stage_rows(work, draft))
    kind = "record.created" if draft.is_new else "record.changed"
    memories.events.append(event(work, work.plan, kind, draft.id, version, {"changed": changes}))
    if draft.entering is not None and not draft.is_new:
        pipeline = draft.pipeline.name if draft.pipeline is not None else None
        moved = {"from": draft.stored.get("stage"), "to": draft.entering.name, "reason": draft.reason}
        moved |= {"pipeline": pipeline, "from_pipeline": draft.stored.get("pipeline", pipeline)}
        memories.events.append(event(work, work.plan, "record.stage_changed", draft.id, version, moved))


def recall_pointer(
    work: Work, memories: Memories, plan: EntityPlan, values: Values, name: str, target: str | AnyRecord | None
) -> None:
    """Add what is to be remembered of a look-up that the engine itself has set anew."""
    version = values["version"] + 1
    changes = changes_of(plan.entity, values, {**values, name: target}, [name])
    memories.events.append(event(work, plan, "record.changed", values["id"], version, {"changed": changes}))
    if plan.entity.history:
        memories.histories.append(history_row(work, plan, values["id"], version, "changed", changes))


def remember(work: Work, memories: Memories) -> None:
    """Write them; the events go with the unit."""
    _insert_all(work, INSERT_HISTORY, memories.histories)
    _insert_all(work, INSERT_STAGES, memories.stages)
    for one in memories.events:
        work.unit.emit(one)


def _insert_all(work: Work, statements: Mapping[DialectName, Prepared], rows: list[dict[str, Any]]) -> None:
    connection = work.unit.connection
    if len(rows) == 1:
        connection.write(statements[connection.dialect], outbox.named(rows[0]))
    elif rows:
        connection.many(statements[connection.dialect], [outbox.named(row) for row in rows])


def history_row(
    work: Work, plan: EntityPlan, record_id: str, version: int, operation: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    unit = work.unit
    return {
        "id": new_id(),
        "entity": plan.name,
        "record_id": record_id,
        "version": version,
        "at": unit.now,
        "operation": operation,
        "actor_id": unit.actor.id,
        "actor_name": unit.actor.name,
        "reason": unit.actor.reason or None,
        "changes": dict(changes),
    }


def event(
    work: Work, plan: EntityPlan, kind: str, record_id: str, version: int, data: Mapping[str, Any] | None = None
) -> Event:
    unit = work.unit
    return Event(
        kind=kind,
        entity=plan.name,
        record_id=record_id,
        version=version,
        at=unit.now,
        actor_id=unit.actor.id,
        data=data or {},
        cause=unit.cause,
    )


def plain(type_: Any, value: Any) -> Any:
    """Of a look-up the id, of a list of records the ids: titles change, and rights to read them differ."""
    if value is None or type_.target is not None or type_.members is not None:
        return value
    if isinstance(value, AnyRecord):
        return {"entity": value.entity, "id": value.id}
    return type_.to_json(value)
