"""In charge of records over days: of each day the first few that begin there, and how many it has, in one statement.

The edges of the days come from the caller, so that no database needs to know time zones: parameters of a statement
that is the same for every month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.types import TypeEngine

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.expressions import Expression
from tenon.fields.storage import Day, Instant
from tenon.query.doors import Door
from tenon.query.listings import read_records
from tenon.query.lists import Plan, asked, finished, labelled, written
from tenon.query.names import Named, find
from tenon.query.outputs import output, reader_of
from tenon.query.refusals import check_limit
from tenon.query.requests import MOST_RECORDS, Record
from tenon.query.row import Row
from tenon.query.selection import chosen, filtered, literal_values, main_row, understood
from tenon.query.statement import Statement

MOST_DAYS = 400


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What stands in a calendar. `starts` and `ends` are paths to dates or instants; what has no end takes one day.

    `days` are the first day of each stretch and the day after the last one, `moments` the same as instants: dates are
    compared with the ones, instants with the others. Of each stretch the first `most` records that begin there are
    given (longer ones before others), and of those that began before the first one as many in it. `colors`: name →
    condition; the first that holds.
    """

    entity: str
    select: tuple[str, ...]
    starts: str
    ends: str | None
    days: Sequence[date]
    moments: Sequence[datetime]
    most: int
    where: str | None = None
    colors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A record with the stretches it covers, first and last, and its colour; "" for none."""

    record: Record
    first: int
    last: int
    color: str


@dataclass(frozen=True, kw_only=True)
class Spreaded:
    """`counts`: how many records cover each stretch, whether they are given or not."""

    placed: Sequence[Placed]
    counts: Sequence[int]


def spread(door: Door, unit: UnitOfWork, access: Access, request: Spread) -> Spreaded:
    access.require(request.entity, "read")
    check_limit(request.most, MOST_RECORDS * 4)
    stretches = len(request.days) - 1
    check_limit(stretches, MOST_DAYS)
    where = understood(door.understanding, access, request.entity, request.where)
    colors = [
        (name, understood(door.understanding, access, request.entity, text), f"q{place}_")
        for place, (name, text) in enumerate(request.colors)
    ]
    shapes = tuple((name, None if held is None else held.shape) for name, held, _prefix in colors)
    key = (
        *("spread", request.entity, request.select, request.starts, request.ends, request.most, stretches),
        *(None if where is None else where.shape, shapes),
    )
    plan = door.plan(key, access, lambda statement: _plan(statement, request, where, colors))
    values = {f"day{place}": edge for place, edge in enumerate(request.days)}
    values |= {f"moment{place}": edge for place, edge in enumerate(request.moments)}
    for _name, held, prefix in colors:
        values |= literal_values(held, prefix)
    rows = plan.rows(unit, access, {**values, **literal_values(where)})
    return _read(door, unit, access, plan, rows, stretches)


def _read(door: Door, unit: UnitOfWork, access: Access, plan: Plan, rows: Sequence[Any], stretches: int) -> Spreaded:
    """Every pair of first and last stretch is among the rows, with its number, even when none of its records is."""
    pairs = {(row[-3], row[-2]): row[-1] for row in rows}
    counts = [0] * stretches
    for (first, last), number in pairs.items():
        for place in range(first, last + 1):
            counts[place] += number
    given = [row for row in rows if row[0] is not None]
    records = read_records(door, unit, access, plan, given)
    placed = [
        Placed(record=record, first=row[-3], last=row[-2], color=row[-4] or "")
        for row, record in zip(given, records, strict=True)
    ]
    return Spreaded(placed=placed, counts=counts)


def _plan(
    statement: Statement, request: Spread, where: Expression | None, colors: Sequence[tuple[str, Any, str]]
) -> Plan:
    row, entity, shape = main_row(statement, request.entity), request.entity, statement.shape
    starts = _Edge(row, find(shape, entity, request.starts, where="from"), len(request.days))
    ends = None if request.ends is None else _Edge(row, find(shape, entity, request.ends, where="to"), starts.edges)
    columns, read = reader_of([output(row, named, "values") for named in asked(shape, entity, request.select)])
    inside = starts.value >= starts.edge(0)
    conditions = [starts.value < starts.edge(starts.edges - 1)]
    conditions.append(inside if ends is None else sa.or_(inside, ends.reaches(0)))
    first = starts.place(starts.falls_in)
    found = sa.select(
        *labelled(columns),
        starts.value.label("began"),
        row.identity().label("own"),
        _color(row, colors).label("color"),
        first.label("first"),
        (first if ends is None else _later(first, ends)).label("last"),
    )
    conditions = [*conditions, *chosen(row, ("read",)), *filtered(row, where)]
    met = found.select_from(row.source.clause).where(*conditions).cte("met")
    longer = sa.case((met.c.last > met.c.first, written(0)), else_=written(1))
    place = sa.func.row_number().over(partition_by=met.c.first, order_by=(longer, met.c.began, met.c.own))
    ranked = sa.select(met, place.label("place")).subquery("ranked")
    grouped = sa.select(met.c.first, met.c.last, sa.func.count().label("number"))
    pairs = grouped.group_by(met.c.first, met.c.last).subquery("pairs")
    on = sa.and_(
        ranked.c.first == pairs.c.first, ranked.c.last == pairs.c.last, ranked.c.place <= written(request.most)
    )
    answered = [ranked.c[f"c{place}"] for place in range(len(columns))]
    select = sa.select(*answered, ranked.c.color, pairs.c.first, pairs.c.last, pairs.c.number)
    select = select.select_from(pairs.outerjoin(ranked, on)).order_by(pairs.c.first, ranked.c.place)
    return finished(statement, select, read)


class _Edge:
    """One end of the records: its value as the reader may see it, and how it lies to the edges of the stretches."""

    def __init__(self, row: Row, named: Named, edges: int) -> None:
        kind: TypeEngine[Any] = Day() if named.field.type.expression_type().kind == "date" else Instant()
        self._kind = kind
        self.edges = edges
        self.value: ColumnElement[Any] = sa.type_coerce(row.column(named.path), kind)

    def edge(self, place: int) -> ColumnElement[Any]:
        name = "day" if isinstance(self._kind, Day) else "moment"
        return sa.bindparam(f"{name}{place}", type_=self._kind, required=True)

    def falls_in(self, place: int) -> ColumnElement[bool]:
        """Whether it lies before the end of a stretch."""
        return self.value < self.edge(place + 1)

    def ends_in(self, place: int) -> ColumnElement[bool]:
        """As `falls_in`, of an end: what ends at midnight is over on that day, while a last day is a whole one."""
        return self.falls_in(place) if isinstance(self._kind, Day) else self.value <= self.edge(place + 1)

    def reaches(self, place: int) -> ColumnElement[bool]:
        """Whether a stretch is reached by an end."""
        return self.value >= self.edge(place) if isinstance(self._kind, Day) else self.value > self.edge(place)

    def place(self, test: Any) -> ColumnElement[int]:
        """The number of the stretch."""
        last = self.edges - 2
        if last == 0:
            return written(0)
        return sa.case(*((test(place), written(place)) for place in range(last)), else_=written(last))


def _later(first: ColumnElement[int], ends: _Edge) -> ColumnElement[int]:
    """The last stretch; the first one when there is no end, or one before the beginning."""
    last = ends.place(ends.ends_in)
    return sa.case((ends.value.is_(None), first), (last < first, first), else_=last)


def _color(row: Row, colors: Sequence[tuple[str, Expression | None, str]]) -> ColumnElement[Any]:
    whens = [
        (sa.and_(*filtered(row, held, prefix)), sa.literal(name, sa.Text()))
        for name, held, prefix in colors
        if held is not None
    ]
    return sa.case(*whens, else_=sa.null()) if whens else sa.cast(sa.null(), sa.Text())
