"""In charge of what can be done with a record now, and why the rest cannot."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response

from tenon.access import Access
from tenon.actors import Actor
from tenon.api.automations import buttons
from tenon.api.meeting import meet_entity
from tenon.api.outcomes import answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.model import Entity, Pipeline, Stage
from tenon.model.moves import counterpart, may_follow, pipeline_of, stage_of
from tenon.query import Query
from tenon.texts import Text, say


def list_actions(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    with known.reading() as unit:
        rights = known.reader.may(unit, known.access, name, identity)
        definition = known.model.entities[name]
        actions = []
        if "stage" in known.access.readable_fields(name) and definition.pipelines:
            may_move = rights.allows("update") and "stage" in rights.fields
            actions = _moves(known, unit, definition, identity, may_move=may_move)
        offered = buttons(known, unit, name, identity)
    return answer({"actions": actions, "buttons": offered})


@dataclass(frozen=True, kw_only=True)
class _Way:
    """A move there might be; `direct`: by the rules of the pipeline it is possible from where the record stands."""

    pipeline: Pipeline
    stage: Stage
    label: Text
    direct: bool


def _moves(known: Asking, unit: UnitOfWork, entity: Entity, identity: str, *, may_move: bool) -> list[dict[str, Any]]:
    record = known.reader.one(unit, known.access, entity.name, identity)
    found = []
    for way in _ways(entity, record):
        reasons = _against(known, unit, entity, record, way, may_move=may_move)
        found.append(
            {
                "action": "stage",
                "stage": way.stage.name,
                "pipeline": way.pipeline.name,
                "label": way.label.in_(known.language),
                "possible": not reasons,
                "reasons": [reason.in_(known.language) for reason in reasons],
                "asks": _reasons_asked(known, way.stage),
            }
        )
    return found


def _ways(entity: Entity, record: dict[str, Any]) -> Iterator[_Way]:
    """The other stages of its pipeline, then the other pipelines, each in the stage that corresponds."""
    own, present = pipeline_of(entity, record), stage_of(entity, record)
    for stage in own.stages.values() if own is not None else ():
        if own is not None and (present is None or stage.name != present.name):
            direct = present is None or may_follow(own.stages, present, stage)
            yield _Way(pipeline=own, stage=stage, label=stage.label, direct=direct)
    for pipeline in entity.pipelines.values():
        if pipeline is not own:
            stage = counterpart(pipeline, present)
            yield _Way(pipeline=pipeline, stage=stage, label=pipeline.label, direct=True)


def _reasons_asked(known: Asking, stage: Stage) -> list[dict[str, str]]:
    """Of which one has to be given with the move."""
    if stage.reasons is None:
        return []
    options = known.model.choices[stage.reasons].options
    return [{"key": one.key, "label": one.label.in_(known.language)} for one in options if one.active]


def _against(
    known: Asking,
    unit: UnitOfWork,
    entity: Entity,
    record: dict[str, Any],
    way: _Way,
    *,
    may_move: bool,
) -> list[Text]:
    """All that stands against the move; empty when nothing does. Only readable fields are named."""
    if not may_move:
        return [say("You may not change this record.", "您不能修改这条记录。")]
    stage = way.stage
    if not way.direct:
        return [say("It cannot be reached from the present stage.", "无法从当前阶段转到该阶段。")]
    reasons = []
    if stage.roles and known.actor.roles.isdisjoint(stage.roles):
        reasons.append(say("Your roles do not let you.", "您的角色不允许。"))
    for name in stage.require:
        if name in record and record[name] in (None, []):
            label = entity.fields[name].label
            reasons.append(say("“{label}” must be filled in.", "“{label}”必须填写。", label=label))
    if not _meets_guard(known, unit, entity, record["id"], stage):
        reasons.append(stage.guard_message or say("Its condition is not met.", "不满足该阶段的条件。"))
    return reasons


def _meets_guard(known: Asking, unit: UnitOfWork, entity: Entity, identity: str, stage: Stage) -> bool:
    """Asked of the stored record in full, as the move itself will ask it; what depends on who asks is left to that."""
    if stage.guard is None or stage.guard.user_dependencies:
        return True
    everything = Access.of(known.model, Actor.system("stage guard", timezone=known.actor.timezone))
    where = f'id == "{identity}" and ({stage.guard.text})'
    return known.reader.count(unit, everything, Query(entity=entity.name, where=where)).value == 1
