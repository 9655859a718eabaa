"""In charge of the address of figures of stages: the funnel, times in stages, what is over its limit, losses."""

from collections.abc import Iterable
from typing import Any, get_args

from apispec import APISpec
from flask import Response

from tenon.access import Access
from tenon.api.components import COUNT, READING, TEXT, answers, list_of, object_of
from tenon.api.meeting import meet_entity
from tenon.api.operations import documented, operation
from tenon.api.outcomes import answer
from tenon.api.parameters import WHERE, Parameter, read_parameters, refused, table, text
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.fields.literals import instant_text
from tenon.http import asking
from tenon.insight import Figures, Line, Spread, StageRequest, stage_figures
from tenon.insight.drilling import read_moment
from tenon.insight.tables import csv_text
from tenon.model import Entity
from tenon.query import Cohort, Window
from tenon.texts import say

FORMATS = ("json", "csv")


def _moment(name: str, raw: str) -> Any:
    return read_moment(name, raw, asking().actor.timezone)


def _one_of(known: tuple[str, ...]) -> Any:
    def read(name: str, raw: str) -> str:
        if raw not in known:
            names = ", ".join(known)
            raise refused(name, say("“{name}” is one of: {names}.", "“{name}”应为：{names}。", name=name, names=names))
        return raw

    return read


PIPELINE = Parameter(
    name="pipeline", read=text, help=say("Which pipeline; the first without it.", "流程；缺省为第一个。")
)
SINCE = Parameter(
    name="since",
    read=_moment,
    help=say(
        "From this day (its beginning, in your time zone) or instant on.", "起始日期（按您的时区，含当日）或时刻。"
    ),
    example="2026-01-01",
)
UNTIL = Parameter(
    name="until",
    read=_moment,
    help=say("Up to, but not including, this day or instant.", "截止日期或时刻，不含当日。"),
    example="2027-01-01",
)
COHORT = Parameter(
    name="cohort",
    read=_one_of(get_args(Cohort)),
    help=say(
        "pipeline: records that came into the pipeline in this time; stage: of each stage those that got there then.",
        "pipeline：该时段内进入流程的记录；stage：各阶段中该时段内到达的记录。",
    ),
    schema={"type": "string", "enum": list(get_args(Cohort)), "default": "pipeline"},
)
GROUP = Parameter(
    name="group", read=text, help=say("A field to compare by, such as owner.", "对比维度字段，例如 owner。")
)
TOTAL = Parameter(
    name="total", read=text, help=say("What to add up of the records in a stage now.", "对阶段内现有记录求和的字段。")
)
FORMAT = Parameter(
    name="format",
    read=_one_of(FORMATS),
    help=say("csv: as a table for spreadsheets.", "csv：以表格形式导出。"),
    schema={"type": "string", "enum": list(FORMATS), "default": "json"},
)
FIGURES = table(PIPELINE, SINCE, UNTIL, COHORT, WHERE, GROUP, TOTAL, FORMAT)


def figures(entity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(FIGURES)
    window = Window(cohort=given.get("cohort", "pipeline"), since=given.get("since"), until=given.get("until"))
    request = StageRequest(
        entity=name,
        pipeline=given.get("pipeline"),
        where=given.get("where"),
        window=window,
        group=given.get("group"),
        total=given.get("total"),
    )
    with known.reading() as unit:
        found = stage_figures(known.reader, known.assembled.processes.calendars, unit, known.access, request)
    if given.get("format") == "csv":
        return Response(csv_text(found, known.language), mimetype="text/csv")
    return answer(document(found, known.language))


def document(found: Figures, language: str) -> dict[str, Any]:
    """As the API and the command line give it."""
    window = found.request.window
    shown: dict[str, Any] = {
        "pipeline": found.pipeline.name,
        "label": found.pipeline.label.in_(language),
        "cohort": window.cohort,
        "since": None if window.since is None else instant_text(window.since),
        "until": None if window.until is None else instant_text(window.until),
        "total": found.total,
        "stages": _lines(found.lines, language),
        "reason": found.reason,
        "losses": [{"stage": loss.stage, "reason": loss.reason, "count": loss.count} for loss in found.losses],
    }
    if found.request.group is not None:
        shown["groups"] = [{"key": group.key, "stages": _lines(group.lines, language)} for group in found.groups]
    return shown


def add_stage_figures(spec: APISpec, access: Access, entity: Entity, language: str) -> None:
    """Where the caller sees stages."""
    readable = access.readable_fields(entity.name)
    wanted = ("stage", "pipeline") if len(entity.pipelines) > 1 else ("stage",)
    if entity.pipeline is None or not set(wanted) <= set(readable) or not access.can(entity.name, "read"):
        return
    if "StageFigures" not in spec.components.schemas:
        spec.components.schema("StageFigures", _FIGURES)
    described = operation(
        f"stage_figures_of_{entity.name}",
        say("Figures of stages: {entity}", "阶段数据：{entity}", entity=entity.label),
        answers(ref("StageFigures"), (*READING, 409, 413)),
        language,
    )
    described["responses"]["200"]["content"]["text/csv"] = {"schema": {}}
    described["tags"] = [entity.name]
    described["parameters"] = [documented(parameter, language) for parameter in FIGURES.values()]
    spec.path(path=f"{BASE}/{entity.name}/stages/figures", operations={"get": described})


def _lines(lines: Iterable[Line], language: str) -> list[dict[str, Any]]:
    return [_line(line, language) for line in lines]


def _line(line: Line, language: str) -> dict[str, Any]:
    cell, now, following = line.cell, line.now, line.following
    return {
        "stage": line.stage.name,
        "label": line.stage.label.in_(language),
        "kind": line.stage.kind,
        "reached": cell.reached,
        "entered": cell.entered,
        "skipped": cell.skipped,
        "following": None if following is None else following.name,
        "next": cell.next,
        "conversion": None if line.conversion is None else f"{line.conversion:f}",
        "won": cell.won,
        "success": None if line.success is None else f"{line.success:f}",
        "here": cell.here,
        "forward": cell.forward,
        "back": cell.back,
        "lost": cell.lost,
        "away": cell.away,
        "now": {
            "count": now.count,
            "total": now.total,
            "limit": line.stage.limit,
            "over": now.over,
            "over_since": None if now.over_since is None else instant_text(now.over_since),
        },
        "time": _spread(line.time),
        "working": _spread(line.working),
    }


def _spread(time: Spread | None) -> dict[str, int] | None:
    if time is None:
        return None
    return {
        "count": time.count,
        "mean": time.mean,
        "low": time.low,
        "median": time.median,
        "high": time.high,
    }


_RATE: Schema = nullable({"type": "string", "pattern": r"^[01]\.[0-9]{4}$"})
_SPREAD: Schema = nullable(object_of(count=COUNT, mean=COUNT, low=COUNT, median=COUNT, high=COUNT))
_AT: Schema = nullable({"type": "string", "format": "date-time"})
_STAGE: Schema = object_of(
    stage=TEXT,
    label=TEXT,
    kind={"enum": ["open", "won", "lost", "done"]},
    reached=COUNT,
    entered=COUNT,
    skipped=COUNT,
    following=nullable(TEXT),
    next=COUNT,
    conversion=_RATE,
    won=COUNT,
    success=_RATE,
    here=COUNT,
    forward=COUNT,
    back=COUNT,
    lost=COUNT,
    away=COUNT,
    now=object_of(count=COUNT, total={}, limit=nullable(COUNT), over=nullable(COUNT), over_since=_AT),
    time={**_SPREAD, "description": "Of stays that have ended, in seconds."},
    working={**_SPREAD, "description": "The same in working time, where the limit counts it."},
)
_FIGURES: Schema = {
    **object_of(
        pipeline=TEXT,
        label=TEXT,
        cohort={"enum": list(get_args(Cohort))},
        since=_AT,
        until=_AT,
        total=nullable(TEXT),
        stages=list_of(_STAGE),
        reason=nullable(TEXT),
        losses=list_of(object_of(stage=nullable(TEXT), reason=nullable(TEXT), count=COUNT)),
        groups=list_of(object_of(key={}, stages=list_of(_STAGE))),
    ),
    "required": ["pipeline", "cohort", "stages", "losses"],
}
