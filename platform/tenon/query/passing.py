"""In charge of the records that a figure of stages counts, as a condition of any list; and of who may ask for them."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.errors import Forbidden, UnknownName
from tenon.query.passages import counted, ended, stays, ways
from tenon.query.row import Row
from tenon.query.tracks import Track
from tenon.query.windows import Passed
from tenon.texts import say


def track_of(access: Access, entity: str, pipeline: str) -> Track:
    """Raises Forbidden for who may not read the stage; UnknownName."""
    found = access.shape.model.entities[entity]
    if found.pipelines and not set(standing(found.pipelines)) <= set(access.readable_fields(entity)):
        raise Forbidden(
            say(
                "You may not see the stages of “{entity}”, so there are no figures of them.",
                "您无权查看“{entity}”的阶段，因此没有阶段数据。",
                entity=found.plural,
            ),
            hint=say("Ask whoever gives out rights for the field “stage”.", "请向权限管理员申请“阶段”字段的读取权限。"),
        )
    if pipeline not in found.pipelines:
        raise UnknownName.among(pipeline, found.pipelines, where="pipeline")
    return Track(found, found.pipelines[pipeline])


def standing(pipelines: Any) -> tuple[str, ...]:
    """The fields that say where a record stands."""
    return ("stage", "pipeline") if len(pipelines) > 1 else ("stage",)


def passed(row: Row, wanted: Passed) -> list[ColumnElement[bool]]:
    """Conditions on the main row: it is one of the records which that number counts."""
    track = Track(row.entity, row.entity.pipelines[wanted.pipeline])
    stay = stays(track, wanted.window)
    place = next((number for number, stage in enumerate(track.stages) if stage.name == wanted.stage), None)
    if wanted.kind == "ended":
        came = stay.c.came == place if place is not None else sa.func.coalesce(stay.c.came, -1) < 0
        found = sa.select(stay.c.record_id).where(*ended(track, stay, wanted.window), came)
        if wanted.reason is not None:
            found = found.where(stay.c.reason == sa.bindparam("passed_reason", required=True, type_=sa.Text()))
    else:
        way = ways(track, stay, place=place or 0)
        found = sa.select(way.c.record_id).where(counted(track, way, wanted.window, wanted.kind, place or 0))
    return [*seen(row), row.identity().in_(found)]


def check_passed(access: Access, entity: str, wanted: Passed) -> None:
    """Raises Forbidden, UnknownName."""
    track = track_of(access, entity, wanted.pipeline)
    if wanted.stage is None and wanted.kind == "ended":
        return
    if wanted.stage not in track.pipeline.stages:
        raise UnknownName.among(str(wanted.stage), track.pipeline.stages, where="stage")


def seen(row: Row) -> list[ColumnElement[bool]]:
    """He sees where the record stands."""
    permit = row.statement.shape.field_permit
    names = standing(row.entity.pipelines)
    return [each for name in names for each in row.permitted(permit(row.entity.name, name, "read"))]
