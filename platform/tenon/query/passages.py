"""In charge of stage history as sets: the stays of records in the stages of a pipeline, and how far each record got.

One row of the history is one stay; it lasts until the next row of the same record. Everything counted of stages is
counted from these two tables, so that a number and the list of its records cannot differ.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CTE, ColumnElement

from tenon.fields.storage import Instant
from tenon.query.tracks import OUTSIDE, Left, Track
from tenon.query.windows import Kind, Window
from tenon.schema import SYSTEM_TABLES

_WHOLE = sa.BigInteger()


def inside(window: Window, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    """A moment that never was is outside."""
    conditions: list[ColumnElement[bool]] = [moment.is_not(None)]
    if window.since is not None:
        conditions.append(moment >= sa.bindparam("window_since", required=True, type_=Instant()))
    if window.until is not None:
        conditions.append(moment < sa.bindparam("window_until", required=True, type_=Instant()))
    return sa.and_(*conditions)


def stays(track: Track, window: Window, members: CTE | None = None, *columns: str) -> CTE:
    """One row a stay: record, place, `at`, `left_at`, `entered` (the next place), `came` (the one before), number.

    Of `members` (records by `record_id`) or of every record; `columns` of theirs come along. `counts` is the moment
    that the window asks about.
    """
    history = SYSTEM_TABLES["stage_history"].alias("h")
    place = _place(track, history.c.pipeline, history.c.to_stage).label("place")
    along = [members.c[name] for name in columns] if members is not None else []
    found = sa.select(history.c.record_id, history.c.at, history.c.id, history.c.reason, place, *along)
    if members is not None:
        found = found.join(members, members.c.record_id == history.c.record_id)
    known = found.where(history.c.entity == track.entity.name).cte("located")
    located = sa.select(known).where(known.c.place.is_not(None)).cte("placed")
    if track.merges:
        before = sa.func.lag(located.c.place).over(partition_by=located.c.record_id, order_by=_order(located))
        marked = sa.select(located, before.label("before")).cte("marked")
        located = sa.select(marked).where(marked.c.before.is_distinct_from(marked.c.place)).cte("moves")
    over: dict[str, Any] = {"partition_by": located.c.record_id, "order_by": _order(located)}
    return sa.select(
        located.c.record_id,
        located.c.place,
        located.c.at,
        located.c.reason,
        sa.func.lead(located.c.at, type_=Instant()).over(**over).label("left_at"),
        sa.func.lead(located.c.place).over(**over).label("entered"),
        sa.func.lag(located.c.place).over(**over).label("came"),
        sa.func.row_number().over(**over).label("number"),
        _asked_about(window, located).label("counts"),
        *(located.c[name] for name in columns),
    ).cte("stays")


def ways(track: Track, stay: CTE, *columns: str, place: int | None = None) -> CTE:
    """One row a record: when it came, how far it got (`rank`); of each place (or one) when it got there, and what then.

    `reached_<place>` is a moment; `last_<place>` holds where it went after its last stay, see `went`; 0: never there.
    """
    factor = _number(len(track.stages) + 3)
    found: list[ColumnElement[Any]] = [
        sa.func.min(sa.case((stay.c.place >= _number(0), stay.c.at)), type_=Instant()).label("came_at"),
        sa.func.coalesce(sa.func.max(_rank(track, stay.c.place)), _number(-1)).label("rank"),
    ]
    code = sa.func.coalesce(stay.c.entered + _number(2), _number(0))
    for at in range(len(track.ranks)) if place is None else (place,):
        rank, here = track.ranks[at], stay.c.place == _number(at)
        far = here if rank is None or rank == track.finish else _rank(track, stay.c.place) >= _number(rank)
        found.append(sa.func.min(sa.case((far, stay.c.at)), type_=Instant()).label(f"reached_{at}"))
        last = sa.case((here, stay.c.number * factor + code), else_=_number(0))
        found.append(sa.func.max(last, type_=_WHOLE).label(f"last_{at}"))
    group = [stay.c.record_id, *(stay.c[name] for name in columns)]
    return sa.select(*group, *found).group_by(*group).cte("ways")


def counted(track: Track, way: CTE, window: Window, kind: Kind, place: int) -> ColumnElement[bool]:
    """Whether a record counts for this figure of the stage at `place`; not of `ended`, which is about its last stay."""
    moment = way.c.came_at if window.cohort == "pipeline" else way.c[f"reached_{place}"]
    base = sa.and_(inside(window, moment), way.c[f"reached_{place}"].is_not(None))
    last, rank = way.c[f"last_{place}"], track.ranks[place]
    if kind == "reached":
        return base
    if kind == "entered":
        return sa.and_(base, last > _number(0))
    if kind == "skipped":
        return sa.and_(base, last == _number(0))
    if kind == "won":
        return sa.and_(base, way.c.rank == _number(track.finish))
    if kind == "next":
        return sa.and_(base, way.c.rank > _number(track.finish if rank is None else rank))
    return sa.and_(base, _went(track, last, place, kind))  # type: ignore[arg-type]


def ended(track: Track, stay: CTE, window: Window) -> list[ColumnElement[bool]]:
    """Conditions of last stays in a lost stage."""
    lost = [_number(place) for place, rank in enumerate(track.ranks) if rank is None]
    return [stay.c.place.in_(lost), stay.c.left_at.is_(None), inside(window, stay.c.counts)]


def _asked_about(window: Window, located: CTE) -> ColumnElement[Any]:
    """When the record came into the pipeline, or when the stay began; where all time counts, any moment will do."""
    if window.cohort == "stage" or (window.since is None and window.until is None):
        return located.c.at
    here = sa.case((located.c.place >= _number(0), located.c.at))
    return sa.func.min(here, type_=Instant()).over(partition_by=located.c.record_id)


def seconds(moment: ColumnElement[Any], dialect: str) -> ColumnElement[int]:
    """Whole seconds since 1970, the same on both databases."""
    if dialect == "sqlite":
        return sa.cast(sa.func.strftime(sa.literal_column("'%s'"), moment), _WHOLE)
    return sa.cast(sa.func.floor(sa.extract("epoch", moment)), _WHOLE)


def _went(track: Track, last: ColumnElement[Any], place: int, outcome: Left) -> ColumnElement[bool]:
    codes = [0 if to is None else to + 2 for to in track.entered_by(place, outcome)]
    if not codes:
        return sa.false()
    ended_in = last % _number(len(track.stages) + 3)
    return sa.and_(last > _number(0), ended_in.in_([_number(code) for code in codes]))


def _rank(track: Track, place: ColumnElement[Any]) -> ColumnElement[Any]:
    on_way = {number: rank for number, rank in enumerate(track.ranks) if rank is not None}
    return sa.case(*((place == _number(number), _number(rank)) for number, rank in on_way.items()))


def _place(track: Track, pipeline: ColumnElement[Any], stage: ColumnElement[Any]) -> ColumnElement[Any]:
    several = list(track.entity.pipelines.values())
    homeless = _by_name(stage, track.homeless)
    if len(several) == 1:
        return homeless
    known = [
        (pipeline == one.name, _by_name(stage, track.places(one)) if one is track.pipeline else _number(OUTSIDE))
        for one in several
    ]
    return sa.case(*known, else_=homeless)


def _by_name(stage: ColumnElement[Any], places: Mapping[str, int]) -> ColumnElement[Any]:
    return sa.case(*((stage == name, _number(place)) for name, place in places.items()))


def _order(table: CTE) -> list[ColumnElement[Any]]:
    return [table.c.at, table.c.id]


def _number(value: int) -> ColumnElement[int]:
    return sa.literal_column(str(value), _WHOLE)
