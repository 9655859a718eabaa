"""In charge of the pipeline of a record: the first that fits a new one, or the one somebody asked for."""

from typing import Any

from tenon.errors import Detail, InvalidInput
from tenon.model import Entity, Pipeline
from tenon.model.moves import counterpart, pipeline_of, stage_of
from tenon.records.drafts import Draft, Work
from tenon.records.plans import Values, first_names
from tenon.suggestions import did_you_mean
from tenon.texts import say


def find_pipeline(work: Work, draft: Draft) -> Pipeline | None:
    """The pipeline the draft will be in, put among its values; None for an entity without, or input that is refused."""
    if draft.pipeline is None:
        draft.pipeline = _own(work, draft)
    if draft.pipeline is not None and "pipeline" in work.plan.slots:
        draft.values["pipeline"] = draft.pipeline.name
        draft.given.add("pipeline")
    return draft.pipeline


def changes_pipeline(draft: Draft) -> bool:
    """Whether a stored record leaves its pipeline for another."""
    known = None if draft.old is None else draft.old.get("pipeline")
    return known is not None and draft.pipeline is not None and draft.pipeline.name != known


def ask_pipeline(entity: Entity, draft: Draft, name: str) -> None:
    """The stored record shall go through the pipeline `name`; where no stage was said, in the one that corresponds."""
    wanted = entity.pipelines.get(name)
    if wanted is None:
        raise _unknown_pipeline(entity, name)
    draft.pipeline = wanted
    if draft.raw.get("stage") is None:
        draft.raw = {**draft.raw, "stage": counterpart(wanted, stage_of(entity, draft.stored)).name}


def start_of_move(entity: Entity, old: Values, pipeline: Pipeline) -> str | None:
    """The stage from which a move in `pipeline` begins; None when nobody knows where the record was."""
    if pipeline_of(entity, old) is pipeline:
        return str(old["stage"]) if old["stage"] in pipeline.stages else None
    return counterpart(pipeline, stage_of(entity, old)).name


def _own(work: Work, draft: Draft) -> Pipeline | None:
    entity = work.plan.entity
    if draft.old is not None or len(entity.pipelines) < 2:
        return pipeline_of(entity, draft.old or {})
    named: Any = draft.sent.get("pipeline")
    if named is not None or "pipeline" in draft.failed:
        return entity.pipelines.get(str(named))
    return next((one for one in entity.pipelines.values() if _fits(work, draft, one)), None)


def _fits(work: Work, draft: Draft, pipeline: Pipeline) -> bool:
    """What could not be read decides nothing: such a draft is refused anyway."""
    if pipeline.when is None:
        return True
    if not draft.failed.isdisjoint(first_names(pipeline.when.dependencies)):
        return False
    return bool(work.evaluate(draft, pipeline.when))


def _unknown_pipeline(entity: Entity, name: str) -> InvalidInput:
    shown = name[:60]
    message = say("There is no pipeline “{name}”.", "没有流程“{name}”。", name=shown)
    hint = did_you_mean(shown, entity.pipelines)
    detail = Detail(path="pipeline", code="unknown_pipeline", message=message, hint=hint)
    return InvalidInput(message, hint=hint, details=[detail])
