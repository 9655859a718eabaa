"""In charge of what can be run: automations, and the steps of approvals and stages, found again by their origin.

A run keeps only the name of its origin, so it goes on after a restart and under the version that is published then;
the steps of an approval are those of the definition that its request follows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenon.database import Cause, UnitOfWork
from tenon.errors import Conflict
from tenon.model import Approval, Automation, Limits, Model, Names, RunAs, Step
from tenon.model.processes import Who
from tenon.process.ground import Ground
from tenon.texts import Text


@dataclass(frozen=True, kw_only=True)
class StepsOrigin:
    """What steps belong to that are no automation of their own.

    `kind` and `name` say where they stand in the model, as `Definition` finds them: ("approval",
    "discount.on_approve"), ("stage", "opportunity.main.won.entry"). `actor_id` is who set them off. `roots` are the
    named values beside the record (`trigger`, `request`); records among them as `Ref`.
    """

    kind: str
    name: str
    entity: str
    record_id: str
    actor_id: str | None = None
    run_as: RunAs = "system"
    roots: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    old: Mapping[str, Any] | None = None
    """Field → what it was before, as JSON, where the steps may name old values."""
    cause: Cause | None = None
    """What led to it, when the steps follow an event; else that of the unit."""
    past: tuple[str, int] | None = None
    """Of an approval: digest and version of the definition its request follows, so that its steps do so, too."""

    @property
    def place(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """What a run follows."""

    place: str
    label: Text
    entity: str | None
    steps: Names[Step]
    limits: Limits = field(default_factory=Limits)
    in_order: bool = False
    pauses: bool = False
    """Whether a failure pauses it."""
    notify: Who = ()


def of_automation(automation: Automation) -> Definition:
    return Definition(
        place=f"automation:{automation.name}",
        label=automation.label,
        entity=automation.entity,
        steps=automation.do,
        limits=automation.limits,
        in_order=automation.in_order,
        pauses=automation.on_failure == "pause",
        notify=automation.notify,
    )


def followed(ground: Ground, unit: UnitOfWork, place: str, past: Sequence[Any] | None) -> Definition | None:
    """What a run follows; None when there is nothing any more."""
    kind, _colon, name = place.partition(":")
    if past is None or kind != "approval":
        return definition_at(ground.model, place)
    name, _dot, part = name.partition(".")
    try:
        flow = ground.service("approvals").definitions.followed(unit, name, past[0], past[1])
    except Conflict:
        return None
    return _of_approval(flow, name, part)


def definition_at(model: Model, place: str) -> Definition | None:
    """None when the model has nothing there any more."""
    kind, _colon, name = place.partition(":")
    find = _FINDERS.get(kind)
    return None if find is None else find(model, name)


def _automation(model: Model, name: str) -> Definition | None:
    today = model.automations.present(name)
    return None if today is None else of_automation(model.automations[today])


def _approval(model: Model, name: str) -> Definition | None:
    name, _dot, part = name.partition(".")
    today = model.approvals.present(name)
    return None if today is None else _of_approval(model.approvals[today], name, part)


def _of_approval(approval: Approval, name: str, part: str) -> Definition | None:
    if part not in ("on_submit", "on_approve", "on_reject", "on_recall"):
        return None
    steps: Names[Step] = getattr(approval, part)
    return Definition(place=f"approval:{name}.{part}", label=approval.label, entity=approval.entity, steps=steps)


def _stage(model: Model, name: str) -> Definition | None:
    entity_name, pipeline_name, stage_name, part = name.split(".")
    entity = model.entities.get(entity_name)
    pipeline = None if entity is None else entity.pipelines.get(pipeline_name)
    stage = None if pipeline is None else pipeline.stages.get(stage_name)
    if entity is None or stage is None:
        return None
    escalation = stage.escalate.do if stage.escalate is not None else Names[Step]()
    steps = {"entry": stage.entry, "exit": stage.exit, "escalate": escalation}.get(part, Names[Step]())
    label = Text(
        {tag: f"{entity.label.in_(tag)}: {stage.label.in_(tag)}" for tag in {*entity.label.values, *stage.label.values}}
    )
    return Definition(place=f"stage:{name}", label=label, entity=entity_name, steps=steps)


_FINDERS: Mapping[str, Callable[[Model, str], Definition | None]] = {
    "automation": _automation,
    "approval": _approval,
    "stage": _stage,
}
