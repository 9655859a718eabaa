"""In charge of the figures of stages: a few SELECTs over stage history, whatever the number of records.

They are about the records the reader may see, where he may see their stage. The SQL stands in `passages`.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CTE, ColumnElement

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import TooLarge
from tenon.expressions import Expression
from tenon.fields.storage import Identifier
from tenon.query.doors import Door
from tenon.query.groups import Answer, Group, read_group
from tenon.query.lists import Plan, finished, nothing
from tenon.query.passages import counted, ended, inside, seconds, stays, ways
from tenon.query.passing import seen, track_of
from tenon.query.requests import MOST_GROUPS, Aggregate
from tenon.query.selection import chosen, filtered, literal_values, main_row, understood
from tenon.query.statement import Statement
from tenon.query.tracks import Track
from tenon.query.windows import Cell, Kind, Loss, StageQuestion, Stays
from tenon.texts import say

KINDS: tuple[Kind, ...] = ("reached", "entered", "next", "won", "here", "forward", "back", "lost", "away")
QUARTILES = (1, 2, 3)
_NO_GROUP = Answer("", (), lambda _found: None)


@dataclass(frozen=True)
class Asked:
    """A question that is understood."""

    question: StageQuestion
    track: Track
    where: Expression | None
    group: Group | None
    reason: Group | None

    def key(self, what: str) -> tuple[Hashable, ...]:
        question = self.question
        where = None if self.where is None else self.where.shape
        return what, question.entity, question.pipeline, question.window.shape, question.group, question.reason, where

    @property
    def values(self) -> dict[str, Any]:
        return {**self.question.window.values, **literal_values(self.where)}


def understand(door: Door, access: Access, question: StageQuestion) -> Asked:
    """Raises Forbidden for who may not read the stage, UnknownName, ExpressionError."""
    access.require(question.entity, "read")
    like = Aggregate(entity=question.entity)
    return Asked(
        question,
        track_of(access, question.entity, question.pipeline),
        understood(door.understanding, access, question.entity, question.where),
        None if question.group is None else read_group(door, access, like, question.group, 0),
        None if question.reason is None else read_group(door, access, like, question.reason, 1),
    )


def cells(door: Door, unit: UnitOfWork, access: Access, asked: Asked) -> list[Cell]:
    """Every stage, of every group; one statement. Raises TooLarge beyond 1000 groups."""
    rows, group = _run(door, unit, access, asked, "stage cells", _plan_cells)
    if len(rows) > MOST_GROUPS:
        raise TooLarge(
            say("There are more than {most} groups.", "分组超过 {most} 个。", most=MOST_GROUPS),
            hint=say("Filter, or compare by something coarser.", "请筛选，或改用更粗的分组。"),
        )
    width, each = len(group.columns), len(KINDS)
    found: list[Cell] = []
    for row in rows:
        known = group.convert(row[:width])
        for place, stage in enumerate(asked.track.stages):
            numbers = row[width + place * each : width + (place + 1) * each]
            counts = {kind: int(number or 0) for kind, number in zip(KINDS, numbers, strict=True)}
            found.append(Cell(stage=stage.name, group=known, **counts))
    return found


def durations(door: Door, unit: UnitOfWork, access: Access, asked: Asked) -> list[Stays]:
    """Of stays that have ended; one statement."""
    rows, group = _run(door, unit, access, asked, "stage durations", _plan_durations)
    width = len(group.columns)
    return [
        Stays(
            stage=asked.track.stages[row[width]].name,
            group=group.convert(row[:width]),
            count=int(row[width + 1]),
            total=int(row[width + 2]),
            around=tuple(
                (int(low), None if high is None else int(high))
                for low, high in zip(row[width + 3 :: 2], row[width + 4 :: 2], strict=True)
            ),
        )
        for row in rows
    ]


def moments(
    door: Door, unit: UnitOfWork, access: Access, asked: Asked, stages: Sequence[str]
) -> list[tuple[str, Any, Any]]:
    """(stage, entered, left or None) of each stay in these stages; one statement, and a row for each stay."""

    def plan(statement: Statement, asked: Asked) -> tuple[sa.Select[Any], Answer]:
        stay, _group = _stays(statement, asked)
        places = [number for number, stage in enumerate(asked.track.stages) if stage.name in stages]
        found = sa.select(stay.c.place, stay.c.at, stay.c.left_at)
        return found.where(inside(asked.question.window, stay.c.counts), stay.c.place.in_(places)), _NO_GROUP

    rows, _group = _run(door, unit, access, asked, f"stage moments {','.join(stages)}", plan)
    return [(asked.track.stages[row[0]].name, row[1], row[2]) for row in rows]


def losses(door: Door, unit: UnitOfWork, access: Access, asked: Asked) -> list[Loss]:
    """By stage and reason; one statement. Reasons that are no key of today's option set count as none."""
    rows, reason = _run(door, unit, access, asked, "stage losses", _plan_losses)
    stages = asked.track.stages
    return [
        Loss(
            stage=stages[row[0]].name if row[0] is not None and row[0] >= 0 else None,
            reason=reason.convert(row[1:-1]),
            count=int(row[-1]),
        )
        for row in rows
    ]


def _run(
    door: Door, unit: UnitOfWork, access: Access, asked: Asked, what: str, make: Any
) -> tuple[list[tuple[Any, ...]], Answer]:
    """The rows, and how their first columns become the group."""

    def plan(statement: Statement) -> tuple[Plan, Answer]:
        select, answer = make(statement, asked)
        return finished(statement, select, nothing), answer

    found, answer = door.plan(asked.key(what), access, plan)
    return found.rows(unit, access, asked.values), answer


def _stays(statement: Statement, asked: Asked, *, reason: bool = False) -> tuple[CTE, Answer]:
    """The stays of the records asked about, with their group (`reason`: with why they were lost instead)."""
    row = main_row(statement, asked.question.entity)
    group = asked.reason if reason else asked.group
    answer = _NO_GROUP if group is None else group.columns(row, "json")
    labelled = [column.label(f"g{number}") for number, column in enumerate(answer.columns)]
    conditions = [*chosen(row, ("read",)), *seen(row), *filtered(row, asked.where)]
    identity = sa.type_coerce(row.identity(), Identifier()).label("record_id")
    members = sa.select(identity, *labelled).select_from(row.source.clause).where(*conditions).cte("members")
    return stays(asked.track, asked.question.window, members, *(column.name for column in labelled)), answer


def _named(table: CTE, answer: Answer) -> list[ColumnElement[Any]]:
    return [table.c[f"g{number}"] for number in range(len(answer.columns))]


def _plan_cells(statement: Statement, asked: Asked) -> tuple[sa.Select[Any], Answer]:
    stay, answer = _stays(statement, asked)
    way = ways(asked.track, stay, *(column.name for column in _named(stay, answer)))
    group = _named(way, answer)
    window = asked.question.window
    one: ColumnElement[int] = sa.literal_column("1")
    none: ColumnElement[int] = sa.literal_column("0")
    counts = [
        sa.func.sum(sa.case((counted(asked.track, way, window, kind, place), one), else_=none))
        for place in range(len(asked.track.stages))
        for kind in KINDS
    ]
    columns = [column.label(f"c{number}") for number, column in enumerate([*group, *counts])]
    select = (
        sa.select(*columns).where(inside(window, way.c.came_at)) if window.cohort == "pipeline" else sa.select(*columns)
    )
    select = select.select_from(way).group_by(*group).order_by(*group)
    return select.limit(sa.literal_column(str(MOST_GROUPS + 1), sa.Integer())), answer


def _ended_stays(asked: Asked, stay: CTE) -> list[ColumnElement[bool]]:
    here = stay.c.place >= sa.literal_column("0")
    return [here, stay.c.left_at.is_not(None), inside(asked.question.window, stay.c.counts)]


def _plan_durations(statement: Statement, asked: Asked) -> tuple[sa.Select[Any], Answer]:
    stay, answer = _stays(statement, asked)
    length = seconds(stay.c.left_at, statement.dialect) - seconds(stay.c.at, statement.dialect)
    group = _named(stay, answer)
    measured = sa.select(*group, stay.c.place, length.label("length")).where(*_ended_stays(asked, stay)).cte("measured")
    inner = [*_named(measured, answer), measured.c.place]
    ranked = sa.select(
        *inner,
        measured.c.length,
        sa.func.row_number().over(partition_by=inner, order_by=measured.c.length).label("number"),
        sa.func.count().over(partition_by=inner).label("size"),
    ).cte("ranked")
    outer = [*_named(ranked, answer), ranked.c.place]
    values: list[ColumnElement[Any]] = [sa.func.count(), sa.func.sum(ranked.c.length)]
    for quarter in QUARTILES:
        low = sa.literal_column(f"(size - 1) * {quarter} / 4", sa.BigInteger())
        for step in ("1", "2"):
            at = ranked.c.number == low + sa.literal_column(step, sa.BigInteger())
            values.append(sa.func.max(sa.case((at, ranked.c.length))))
    columns = [column.label(f"c{number}") for number, column in enumerate([*outer, *values])]
    return sa.select(*columns).select_from(ranked).group_by(*outer), answer


def _plan_losses(statement: Statement, asked: Asked) -> tuple[sa.Select[Any], Answer]:
    stay, answer = _stays(statement, asked, reason=asked.reason is not None)
    keys = _named(stay, answer) if asked.reason is not None else [_history_reason(statement, asked, stay)]
    convert = answer if asked.reason is not None else Answer("", (keys[0],), lambda found: found[0])
    lost = sa.select(
        sa.func.coalesce(stay.c.came, sa.literal_column("-1")).label("came"),
        *(key.label(f"k{number}") for number, key in enumerate(keys)),
    )
    found = lost.where(*ended(asked.track, stay, asked.question.window)).cte("found")
    group = list(found.c)
    return sa.select(*group, sa.func.count().label("n")).group_by(*group).order_by(*group), convert


def _history_reason(statement: Statement, asked: Asked, stay: CTE) -> ColumnElement[Any]:
    choices = statement.model.choices
    sets = {stage.reasons for stage in asked.track.stages if stage.kind == "lost" and stage.reasons is not None}
    keys = sorted({option.key for name in sets for option in choices[name].options})
    return sa.case((stay.c.reason.in_(keys), stay.c.reason)) if keys else sa.cast(sa.null(), sa.Text())
