"""In charge of the figures of a pipeline: how far records got, how long it took, where they stand, why they were lost.

At most seven statements, whatever the number of records. Every count says how many records the list shows that is
made by the same condition.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Conflict, UnknownName
from tenon.fields import literal
from tenon.insight.figures import Figures, Group, Line, Spread, StageRequest, Standing
from tenon.insight.spreads import Clocked, over_since, spread_among, spread_of
from tenon.model import Entity, Pipeline, Stage
from tenon.process.calendars import Calendars
from tenon.query import Aggregate, Cell, Reader, StageQuestion
from tenon.query.stage_figures import Asked
from tenon.texts import say

Key = tuple[str, Any]
"""Of one stage and one group, as it can be looked up."""


def stage_figures(
    reader: Reader, calendars: Calendars, unit: UnitOfWork, access: Access, request: StageRequest
) -> Figures:
    """Raises Forbidden for who may not read the stage, Conflict for an entity without any, UnknownName, BadRequest."""
    access.require(request.entity, "read")
    entity = reader.model.entities[request.entity]
    pipeline = _pipeline(entity, request.pipeline)
    reason = _reason(access, entity, pipeline)
    question = StageQuestion(
        entity=entity.name, pipeline=pipeline.name, window=request.window, where=request.where, reason=reason
    )
    asked = reader.stage_question(access, question)
    lines, total = _lines(reader, calendars, unit, access, request, asked)
    losses = reader.stage_losses(unit, access, asked)
    working = _working(reader, calendars, unit, access, asked)
    whole = [replace(line, working=working.get(line.stage.name)) for line in lines[None]] if lines else []
    groups = _groups(reader, calendars, unit, access, request, asked) if request.group is not None else []
    return Figures(
        entity=entity,
        pipeline=pipeline,
        request=request,
        lines=whole,
        losses=sorted(losses, key=lambda loss: -loss.count),
        reason=reason,
        total=total,
        groups=groups,
    )


def _groups(
    reader: Reader, calendars: Calendars, unit: UnitOfWork, access: Access, request: StageRequest, asked: Asked
) -> list[Group]:
    compared = reader.stage_question(access, replace(asked.question, group=request.group))
    lines, _total = _lines(reader, calendars, unit, access, request, compared)
    return [Group(key=found[0].cell.group, lines=found) for found in lines.values()]


def _lines(
    reader: Reader, calendars: Calendars, unit: UnitOfWork, access: Access, request: StageRequest, asked: Asked
) -> tuple[dict[Any, list[Line]], str | None]:
    """By group, in the order of the most records first; without groups under None."""
    group = asked.question.group
    cells = reader.stage_cells(unit, access, asked)
    times = {(one.stage, _plain(one.group)): spread_of(one) for one in reader.stage_durations(unit, access, asked)}
    standings, total = _standings(reader, calendars, unit, access, request, asked)
    found: dict[Any, dict[str, Cell]] = {}
    for cell in cells:
        found.setdefault(_plain(cell.group), {})[cell.stage] = cell
    shown = {_plain(cell.group): cell.group for cell in cells}
    for standing_group, value in standings.groups.items():
        found.setdefault(standing_group, {})
        shown.setdefault(standing_group, value)
    if group is None:
        found.setdefault(None, {})
    lines = {
        key: [
            _line(asked, stage, cells_of.get(stage.name), times, standings, (stage.name, key), shown.get(key))
            for stage in asked.track.stages
        ]
        for key, cells_of in found.items()
    }
    ordered = sorted(lines.items(), key=lambda item: -max(line.cell.reached for line in item[1]))
    return dict(ordered), total


class _Standings:
    def __init__(self) -> None:
        self.by: dict[Key, Standing] = {}
        self.groups: dict[Any, Any] = {}
        self.since: dict[str, datetime | None] = {}

    def of(self, key: Key, stage: Stage) -> Standing:
        found = self.by.get(key, Standing())
        if stage.name not in self.since:
            return found
        return replace(found, over=found.over or 0, over_since=self.since[stage.name])


def _standings(
    reader: Reader, calendars: Calendars, unit: UnitOfWork, access: Access, request: StageRequest, asked: Asked
) -> tuple[_Standings, str | None]:
    """Where records stand now; the sum is left out where it would mix currencies."""
    question, found = asked.question, _Standings()
    where = both(question.where, standing_where(asked.track.entity, asked.track.pipeline))
    groups = ("stage",) if question.group is None else ("stage", question.group)
    counted = Aggregate(entity=question.entity, group=groups, where=where)
    measure = None if request.total is None else f"sum({request.total})"
    try:
        wanted = counted if measure is None else replace(counted, measures=("count()", measure))
        rows = reader.aggregate(unit, access, wanted)
    except BadRequest:
        if measure is None:
            raise
        rows, measure = reader.aggregate(unit, access, counted), None
    for row in rows:
        key = (str(row["stage"]), _plain(row.get(question.group or "")))
        found.by[key] = Standing(count=row["count()"], total=None if measure is None else row[measure])
        found.groups[key[1]] = row.get(question.group or "")
    found.since = _limits(calendars, unit, access, asked)
    late = [over_where(stage, since) for stage, since in found.since.items() if since is not None]
    if late:
        condition = " or ".join(f"({one})" for one in late)
        for row in reader.aggregate(unit, access, replace(counted, where=both(where, condition))):
            key = (str(row["stage"]), _plain(row.get(question.group or "")))
            found.by[key] = replace(found.by.get(key, Standing()), over=row["count()"])
    return found, None if measure is None else request.total


def _limits(calendars: Calendars, unit: UnitOfWork, access: Access, asked: Asked) -> dict[str, datetime | None]:
    if "stage_since" not in access.readable_fields(asked.question.entity):
        return {}
    return {
        stage.name: over_since(calendars.of(stage.calendar), stage.limit, unit.now)
        for stage in asked.track.stages
        if stage.limit is not None
    }


def _working(
    reader: Reader, calendars: Calendars, unit: UnitOfWork, access: Access, asked: Asked
) -> Mapping[str, Spread]:
    """Of the stages whose limit counts working time; at most one statement."""
    clocks = {stage.name: stage.calendar for stage in asked.track.stages if stage.limit is not None and stage.calendar}
    if not clocks:
        return {}
    moments = reader.stage_moments(unit, access, asked, list(clocks))
    found: dict[str, Spread] = {}
    for stage, calendar in clocks.items():
        spans = [(entered, left) for name, entered, left in moments if name == stage and left is not None]
        if spans:
            clock = Clocked(calendars[calendar], min(span[0] for span in spans), max(span[1] for span in spans))
            found[stage] = spread_among([clock.between(*span) for span in spans])
    return found


def _line(
    asked: Asked,
    stage: Stage,
    cell: Cell | None,
    times: Mapping[Key, Spread],
    standings: _Standings,
    key: Key,
    group: Any,
) -> Line:
    return Line(
        stage=stage,
        following=_following(asked, stage),
        cell=cell or Cell.nothing(stage.name, group),
        now=standings.of(key, stage),
        time=times.get(key),
    )


def _following(asked: Asked, stage: Stage) -> Stage | None:
    """Of an open stage the next open one, else the first in which records succeed."""
    if stage.kind != "open":
        return None
    stages = asked.track.stages
    ahead = stages[stages.index(stage) + 1 :]
    success = [one for one in stages if one.kind in ("won", "done")]
    return next((one for one in [*(one for one in ahead if one.kind == "open"), *success]), None)


def _pipeline(entity: Entity, name: str | None) -> Pipeline:
    if entity.pipeline is None:
        message = say("“{entity}” has no stages.", "“{entity}”没有阶段。", entity=entity.plural)
        raise Conflict(message, hint=say("Figures are of entities with a pipeline.", "阶段数据仅适用于有流程的实体。"))
    if name is not None and name not in entity.pipelines:
        raise UnknownName.among(name[:60], entity.pipelines, where="pipeline")
    return entity.pipeline if name is None else entity.pipelines[name]


def _reason(access: Access, entity: Entity, pipeline: Pipeline) -> str | None:
    """The field that says why a record was lost, where a lost stage has no set of reasons of its own.

    It is the first choice which that stage requires, or which is required in it.
    """
    lost = [stage for stage in pipeline.stages.values() if stage.kind == "lost"]
    if any(stage.reasons is not None for stage in lost):
        return None
    readable = set(access.readable_fields(entity.name))
    wanted = dict.fromkeys(name for stage in lost for name in stage.require)
    choices = (entity.fields[name] for name in wanted if name in readable)
    return next((field.name for field in choices if field.type.key == "choice"), None)


def standing_where(entity: Entity, pipeline: Pipeline, stage: str | None = None) -> str | None:
    """Records that stand in the pipeline, or in a stage of it."""
    several = f"pipeline == {literal(pipeline.name)}" if len(entity.pipelines) > 1 else None
    return both(several, None if stage is None else f"stage == {literal(stage)}")


def over_where(stage: str, since: datetime) -> str:
    return f"stage == {literal(stage)} and stage_since <= {literal(since)}"


def both(*conditions: str | None) -> str | None:
    given = [one for one in conditions if one is not None and one.strip()]
    return " and ".join(f"({one})" for one in given) if len(given) > 1 else next(iter(given), None)


def _plain(value: Any) -> Any:
    """A value of a group as a key: look-ups by their id."""
    if isinstance(value, Mapping):
        return tuple(sorted((name, _plain(part)) for name, part in value.items()))
    return tuple(map(_plain, value)) if isinstance(value, list) else value
