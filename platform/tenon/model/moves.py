"""In charge of what pipelines say about moves: a record's pipeline, what may follow a stage, where to change to."""

from collections.abc import Iterator, Mapping
from typing import Any

from tenon.model.entities import Entity, Pipeline, Stage

OF_PIPELINES = ("stage", "pipeline")
"""Fields in which a record says where it stands; they change by a move."""


def pipeline_of(entity: Entity, record: Mapping[str, Any]) -> Pipeline | None:
    """The record's own; the first that knows its stage where it says none; None without pipelines."""
    named = entity.pipelines.get(str(record.get("pipeline")))
    if named is not None:
        return named
    stage = record.get("stage")
    knowing = (pipeline for pipeline in entity.pipelines.values() if stage in pipeline.stages)
    return next(knowing, entity.pipeline)


def stages_of(entity: Entity) -> dict[str, Stage]:
    """The stages of all pipelines, each once; one that several share stands where the first has it."""
    found: dict[str, Stage] = {}
    for pipeline in entity.pipelines.values():
        for name, stage in pipeline.stages.items():
            found.setdefault(name, stage)
    return found


def stage_of(entity: Entity, record: Mapping[str, Any]) -> Stage | None:
    """As the record's pipeline has it."""
    pipeline = pipeline_of(entity, record)
    return None if pipeline is None else pipeline.stages.get(str(record.get("stage")))


def counterpart(pipeline: Pipeline, left: Stage | None) -> Stage:
    """Where a record that was in `left` stands after a change to `pipeline`: the same stage, else one of its kind."""
    initial = pipeline.stages[pipeline.initial]
    if left is None or left.kind == initial.kind:
        return initial if left is None else pipeline.stages.get(left.name, initial)
    alike = (stage for stage in pipeline.stages.values() if stage.kind == left.kind)
    return pipeline.stages.get(left.name) or next(alike, initial)


def followers(stages: Mapping[str, Stage], left: Stage) -> Iterator[Stage]:
    """Stages that may follow, whoever moves the record."""
    return (stage for stage in stages.values() if stage.name != left.name and may_follow(stages, left, stage))


def may_follow(stages: Mapping[str, Stage], left: Stage, entered: Stage) -> bool:
    named = left.next is None or entered.name in left.next
    return named and in_order(stages, left.name, entered.name)


def in_order(stages: Mapping[str, Stage], left: str, entered: str) -> bool:
    """Whether the rules about going back and passing by allow the move; losing is always possible."""
    order = list(stages)
    start, end = order.index(left), order.index(entered)
    if stages[entered].kind == "lost":
        return True
    if end < start:
        return stages[left].back or stages[entered].kind != "open"
    return all(stages[between].skip or stages[between].kind != "open" for between in order[start + 1 : end])
