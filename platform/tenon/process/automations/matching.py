"""In charge of which automations an event sets off: looked up by the kind of event and the entity, not searched for.

What an event costs does not depend on how many automations there are for other things.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenon.jobs import Event
from tenon.model import Automation, Model, TriggerUse
from tenon.model.moves import OF_PIPELINES
from tenon.process.automations.runs import RUN

KINDS: Mapping[str, str] = {
    "created": "record.created",
    "updated": "record.changed",
    "deleted": "record.deleted",
    "restored": "record.restored",
    "stage_entered": "record.stage_changed",
    "stage_left": "record.stage_changed",
    "approved": "approval.approved",
    "rejected": "approval.rejected",
    "recalled": "approval.recalled",
}
"""Trigger → the kind of event that fires it."""
POOL = "record.pool_"
ASSIGNED = ("handed_out", "transferred")
"""What the trigger “pool” calls `assigned`."""


@dataclass(frozen=True, kw_only=True)
class Match:
    automation: Automation
    use: TriggerUse


class Index:
    """Made once for each version."""

    def __init__(self, model: Model) -> None:
        self._found: dict[tuple[str, str | None], list[Match]] = {}
        for automation in model.automations.values():
            for use in automation.on.values():
                for kind in () if automation.paused else kinds_of(use):
                    match = Match(automation=automation, use=use)
                    self._found.setdefault((kind, use.slots.entity), []).append(match)

    def of(self, event: Event) -> Iterator[Match]:
        """Each automation once, by the first of its triggers that the event fires."""
        told: set[str] = set()
        if is_log_of_a_log(event):
            return
        for match in self._found.get((event.kind, event.entity), ()):
            if match.automation.name not in told and fires(match.use, event):
                told.add(match.automation.name)
                yield match


def kinds_of(use: TriggerUse) -> tuple[str, ...]:
    """The kinds of events that may fire it; none where time or another system does."""
    if use.trigger == "pool":
        given = use.slots.options["event"]
        words = [given] if isinstance(given, str) else given
        return tuple(f"{POOL}{kind}" for word in words for kind in (ASSIGNED if word == "assigned" else (word,)))
    kind = KINDS.get(use.trigger)
    return () if kind is None else (kind,)


def is_log_of_a_log(event: Event) -> bool:
    """Whether a run tells of itself that was about another run: it sets nothing off, or the log would never end."""
    changed = event.data.get("changed")
    return event.entity == RUN and isinstance(changed, Mapping) and changed.get("record_entity") == [None, RUN]


def fires(use: TriggerUse, event: Event) -> bool:
    """Whether an event of the right kind and entity is one the trigger means."""
    slots, data = use.slots, event.data
    if use.trigger == "updated":
        return not slots.field_names or any(name in slots.field_names for name in data.get("changed", ()))
    if use.trigger in ("approved", "rejected", "recalled"):
        return data.get("approval") == slots.approval
    if use.trigger == "pool":
        return data.get("pool") == slots.pool
    if use.trigger == "stage_entered":
        return _moved(use, data, "to", "from")
    if use.trigger == "stage_left":
        return _moved(use, data, "from", "to")
    return True


def _moved(use: TriggerUse, data: Mapping[str, Any], near: str, far: str) -> bool:
    """`near` is the side that `stage` means, `far` the other one, which has a property of its own."""
    stage, other, pipeline = use.slots.stages.get("stage"), use.slots.stages.get(far), use.slots.pipeline
    there = data.get("from_pipeline" if near == "from" else "pipeline")
    return (
        (stage is None or data.get(near) in stage.names)
        and (other is None or data.get(far) in other.names)
        and (pipeline is None or there == pipeline)
    )


def old_values(event: Event) -> dict[str, Any] | None:
    """Field → what it was, as JSON, for those that changed; None for an event that changes nothing."""
    if event.kind == "record.stage_changed":
        was = {"stage": event.data.get("from")}
        if event.data.get("from_pipeline") != event.data.get("pipeline"):
            was["pipeline"] = event.data.get("from_pipeline")
        return {name: value for name, value in was.items() if name in OF_PIPELINES}
    if event.kind != "record.changed":
        return None
    return {name: pair[0] for name, pair in event.data.get("changed", {}).items()}
