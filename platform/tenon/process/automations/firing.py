"""In charge of turning what happened into a job that begins a run: what the trigger tells goes along."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenon.database import Cause
from tenon.ids import new_id
from tenon.jobs import Event, Job
from tenon.model import Automation
from tenon.process.automations.admission import DEEPEST
from tenon.process.automations.matching import ASSIGNED, POOL, old_values
from tenon.process.evaluation import Ref, packed

BEGIN = "automations.begin"


def job_of(
    automation: Automation,
    trigger: str,
    *,
    key: str,
    entity: str | None,
    record_id: str | None,
    actor_id: str | None = None,
    told: Mapping[str, Any] | None = None,
    **rest: Any,
) -> Job:
    """`told` is what `trigger.<name>` gives; `rest` may hold old, is_new, cause, depth."""
    one_by_one = automation.in_order or automation.once or automation.limits.per_record is not None
    payload = {
        "run": new_id(),
        "automation": automation.name,
        "trigger": trigger,
        "entity": entity,
        "record": record_id,
        "actor": actor_id,
        "told": packed(dict(told or {})),
        **rest,
    }
    line = f"{entity}:{record_id}" if one_by_one and record_id is not None else None
    cause = Cause(str(payload["run"]), min(int(rest.get("depth") or 1), DEEPEST))
    return Job(name=BEGIN, payload=payload, key=key, line=line, cause=cause)


def of_event(automation: Automation, trigger: str, event: Event) -> Job:
    """`cause` and `depth` say which run the event came of, if any."""
    return job_of(
        automation,
        trigger,
        key=f"run:{automation.name}:{event.id}",
        entity=automation.entity,
        record_id=event.record_id,
        actor_id=event.actor_id,
        told=_told(trigger, event),
        old=old_values(event),
        is_new=event.kind == "record.created",
        event=event.id,
        cause=None if event.cause is None else event.cause.event,
        depth=1 if event.cause is None else event.cause.depth + 1,
    )


def _told(trigger: str, event: Event) -> dict[str, Any]:
    data = event.data
    by = None if event.actor_id is None else Ref(entity="user", id=event.actor_id)
    if trigger in ("stage_entered", "stage_left"):
        return {"from_stage": data.get("from"), "to_stage": data.get("to"), "reason": data.get("reason"), "by": by}
    if trigger in ("approved", "rejected", "recalled"):
        people = {
            name: Ref(entity="user", id=str(data[name])) for name in ("by", "submitter") if data.get(name) is not None
        }
        return {"by": by, "comment": data.get("comment"), "step": data.get("step"), **people}
    if trigger == "pool":
        return _of_pool(event) | {"by": by}
    return {"by": by}


def _of_pool(event: Event) -> dict[str, Any]:
    """`event` in the trigger's own words."""
    data, kind = event.data, event.kind.removeprefix(POOL)
    person = None if data.get("person") is None else Ref(entity="user", id=str(data["person"]))
    due = None if data.get("due") is None else datetime.fromisoformat(str(data["due"]))
    told = {name: data.get(name) for name in ("pool", "reason", "note")}
    return {**told, "event": "assigned" if kind in ASSIGNED else kind, "person": person, "due": due}


def of_instant(
    automation: Automation, trigger: str, at: datetime, told: Mapping[str, Any], record_id: str | None, mark: str
) -> Job:
    """Of time that came; `mark` tells it from other times."""
    key = f"run:{automation.name}:{record_id or ''}:{mark}"
    return job_of(automation, trigger, key=key, entity=automation.entity, record_id=record_id, told=told)
