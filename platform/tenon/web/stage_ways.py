"""In charge of a record's way through its stages as the bar shows it: where it is, where it may go, what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.model import Entity, Pipeline, Stage
from tenon.model.moves import may_follow, pipeline_of
from tenon.query import Query, Rights
from tenon.texts import Text
from tenon.web.entities import understands
from tenon.web.stage_times import Limit, limit_of, times_of


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage on the bar. `state` is past, current or ahead; `open` when the record may move there now.

    `spent` is how long the record was there, in words.
    """

    name: str
    label: str
    help: str
    kind: str
    color: str
    state: str
    open: bool
    spent: str = ""


@dataclass(frozen=True, kw_only=True)
class Way:
    """`missing` is what the next stage still wants, in words; `pipeline` is told where there are several."""

    steps: Sequence[Step]
    next: str
    missing: Sequence[str]
    pipeline: str = ""
    changeable: bool = False
    limit: Limit | None = None


def way_of(known: Asking, unit: UnitOfWork, entity: Entity, record: Mapping[str, Any], rights: Rights) -> Way | None:
    """None without a pipeline, or when he may not see the stage. At most two
    statements: for the times in stages, and for the next stage's guard."""
    pipeline = pipeline_of(entity, record)
    if pipeline is None or "stage" not in known.access.readable_fields(entity.name):
        return None
    current = pipeline.stages.get(str(record.get("stage")))
    names = list(pipeline.stages)
    place = names.index(current.name) if current is not None else -1
    movable = rights.allows("update") and "stage" in rights.fields
    spent = times_of(known, unit, entity, pipeline, record)
    steps = [
        _step(known, stage, index - place, movable and _may_enter(known, pipeline, current, stage), spent)
        for index, stage in enumerate(pipeline.stages.values())
    ]
    following = _following(steps, current)
    stage = pipeline.stages.get(following)
    missing = [] if stage is None else _missing(known, unit, entity, record, stage)
    several = len(entity.pipelines) > 1
    return Way(
        steps=steps,
        next=stage.label.in_(known.language) if stage is not None else "",
        missing=missing,
        pipeline=pipeline.label.in_(known.language) if several else "",
        changeable=several and movable,
        limit=limit_of(known, unit, current, record),
    )


def _step(known: Asking, stage: Stage, distance: int, may_enter: bool, spent: Mapping[str, str]) -> Step:
    return Step(
        name=stage.name,
        label=stage.label.in_(known.language),
        help=stage.help.in_(known.language) if stage.help is not None else "",
        kind=stage.kind,
        color=stage.color,
        state="current" if distance == 0 else ("past" if distance < 0 else "ahead"),
        open=may_enter and distance != 0,
        spent=spent.get(stage.name, ""),
    )


def _may_enter(known: Asking, pipeline: Pipeline, current: Stage | None, stage: Stage) -> bool:
    follows = current is None or may_follow(pipeline.stages, current, stage)
    return follows and (not stage.roles or not known.actor.roles.isdisjoint(stage.roles))


def _following(steps: Sequence[Step], current: Stage | None) -> str:
    """The first stage ahead that is open, not counting lost ones."""
    return next((step.name for step in steps if step.state == "ahead" and step.open and step.kind != "lost"), "")


def _missing(known: Asking, unit: UnitOfWork, entity: Entity, record: Mapping[str, Any], stage: Stage) -> list[str]:
    readable = set(known.access.readable_fields(entity.name))
    blank = [entity.fields[name] for name in stage.require if name in readable and record.get(name) is None]
    found = [field.label.in_(known.language) for field in blank]
    guard = stage.guard
    if guard is not None and understands(known, entity.name, guard.text):
        query = Query(entity=entity.name, where=f'id == "{record["id"]}" and ({guard.text})')
        if not known.reader.count(unit, known.access, query, cap=1).value:
            found.append((stage.guard_message or Text.of(guard.text)).in_(known.language))
    return found
