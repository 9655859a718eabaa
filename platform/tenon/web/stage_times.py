"""In charge of how long one record has been in its stages, and whether it is over the limit of the present one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.model import Entity, Pipeline, Stage
from tenon.query import StageQuestion
from tenon.web.funnel_words import span_text
from tenon.web.words import Words


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The limit of the stage the record is in, in words, and whether it is over."""

    text: str
    over: bool


def times_of(
    known: Asking, unit: UnitOfWork, entity: Entity, pipeline: Pipeline, record: Mapping[str, Any]
) -> dict[str, str]:
    """Stage → how long the record was there, all stays together; one statement. Nothing where the way is hidden."""
    if len(entity.pipelines) > 1 and "pipeline" not in known.access.readable_fields(entity.name):
        return {}
    where = f'id == "{record["id"]}"'
    asked = known.reader.stage_question(
        known.access, StageQuestion(entity=entity.name, pipeline=pipeline.name, where=where)
    )
    found: dict[str, timedelta] = {}
    for stage, entered, left in known.reader.stage_moments(unit, known.access, asked, list(pipeline.stages)):
        if left is not None or stage == record.get("stage"):
            found[stage] = found.get(stage, timedelta()) + max(timedelta(), (left or unit.now) - entered)
    return {
        stage: span_text(known, int(spent.total_seconds()))
        for stage, spent in found.items()
        if pipeline.stages[stage].kind == "open" or stage != record.get("stage")
    }


def limit_of(known: Asking, unit: UnitOfWork, stage: Stage | None, record: Mapping[str, Any]) -> Limit | None:
    """None without a limit, or for who may not see since when the record is there."""
    since: Any = record.get("stage_since")
    if stage is None or stage.limit is None or not isinstance(since, datetime):
        return None
    calendar = known.assembled.processes.calendars.of(stage.calendar)
    due = since + timedelta(seconds=stage.limit) if calendar is None else calendar.after(since, stage.limit)
    over = due <= unit.now
    word = Words.of(known.model, known.language)
    time = span_text(known, stage.limit)
    if calendar is not None:
        time = word("stage.working", time=time)
    return Limit(text=word("stage.over" if over else "stage.limit", time=time), over=over)
