"""In charge of groups and measures: sums, counts and the like over the records a reader may see, in one SELECT.

Amounts are first taken to be in their field's own currency, as nearly all are; where they are not, a second SELECT
asks which currencies there are, and the next time that is done at once.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Detail, TooLarge, UnknownName
from tenon.expressions import Expression
from tenon.query.doors import Door
from tenon.query.groups import Group, read_group
from tenon.query.lists import Plan, finished, written
from tenon.query.measures import Foreign, Measure, read_measure
from tenon.query.passing import check_passed, passed
from tenon.query.refusals import check_limit
from tenon.query.requests import MOST_GROUPS, Aggregate, Record
from tenon.query.row import Row
from tenon.query.selection import chosen, filtered, literal_values, main_row, understood
from tenon.query.statement import Statement
from tenon.texts import Text, say

_MOST_NAMES = 20


@dataclass(frozen=True)
class Asked:
    """An aggregate whose texts are understood."""

    request: Aggregate
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    where: Expression | None

    @property
    def parts(self) -> tuple[Group | Measure, ...]:
        return (*self.groups, *self.measures)

    @property
    def key(self) -> tuple[Any, ...]:
        request = self.request
        shapes = tuple(part.shape for part in self.parts)
        where = None if self.where is None else self.where.shape
        return (
            "aggregate",
            request.entity,
            request.group,
            request.measures,
            request.sort,
            request.limit,
            request.form,
            None if request.passed is None else request.passed.shape,
            shapes,
            where,
        )


def aggregate(door: Door, unit: UnitOfWork, access: Access, request: Aggregate) -> list[Record]:
    access.require(request.entity, "read")
    asked = _understand(door, access, request)
    if door.foreign.get(asked.key) is None:
        with suppress(Foreign):
            return _answer(door, unit, access, asked, own_currency=True)
        door.foreign.put(asked.key, True)
    return _answer(door, unit, access, asked, own_currency=False)


def _answer(door: Door, unit: UnitOfWork, access: Access, asked: Asked, *, own_currency: bool) -> list[Record]:
    request = asked.request
    plan = door.plan(
        (*asked.key, own_currency), access, lambda statement: _plan(statement, asked, own_currency=own_currency)
    )
    rows = plan.rows(unit, access, _parameters(asked))
    if request.limit is None and len(rows) > MOST_GROUPS:
        raise TooLarge(
            say("There are more than {most} groups.", "分组超过 {most} 个。", most=MOST_GROUPS),
            hint=say(
                "Filter, group more coarsely, or send a limit with a sort.",
                "请筛选、使用更粗的分组，或指定排序和数量。",
            ),
        )
    return plan.read(rows)


def _understand(door: Door, access: Access, request: Aggregate) -> Asked:
    if request.limit is not None:
        check_limit(request.limit, MOST_GROUPS)
    if len(request.group) + len(request.measures) > _MOST_NAMES or not request.measures:
        raise _refused(
            "measure", say("Ask for 1 to {most} names at once.", "一次请求 1 到 {most} 项。", most=_MOST_NAMES)
        )
    groups = tuple(
        read_group(door, access, request, text, index) for index, text in enumerate(dict.fromkeys(request.group))
    )
    measures = tuple(
        read_measure(door, access, request, text, i) for i, text in enumerate(dict.fromkeys(request.measures))
    )
    known = [*(group.key for group in groups), *(measure.key for measure in measures)]
    for name in request.sort:
        if name.removeprefix("-") not in known:
            raise UnknownName.among(name.removeprefix("-"), known, where="sort")
    where = understood(door.understanding, access, request.entity, request.where)
    if request.passed is not None:
        check_passed(access, request.entity, request.passed)
    return Asked(request, groups, measures, where)


def _parameters(asked: Asked) -> dict[str, Any]:
    values = literal_values(asked.where)
    if asked.request.passed is not None:
        values |= asked.request.passed.values
    for part in asked.parts:
        values |= literal_values(part.expression, part.prefix)
    return values


def _plan(statement: Statement, asked: Asked, *, own_currency: bool) -> Plan:
    row = main_row(statement, asked.request.entity)
    groups = [group.columns(row, asked.request.form) for group in asked.groups]
    form = asked.request.form
    measures = [measure.columns(row, form, own_currency=own_currency) for measure in asked.measures]
    conditions = [*chosen(row, ("read",)), *filtered(row, asked.where)]
    if asked.request.passed is not None:
        conditions += passed(row, asked.request.passed)
    columns: list[ColumnElement[Any]] = []
    places: dict[str, tuple[int, int]] = {}
    converts: list[tuple[str, int, int, Callable[[Sequence[Any]], Any]]] = []
    for answer in (*groups, *measures):
        begin = len(columns)
        columns.extend(column.label(f"c{begin + offset}") for offset, column in enumerate(answer.columns))
        places[answer.key] = (begin, answer.order)
        converts.append((answer.key, begin, len(columns), answer.convert))
    select = sa.select(*columns).select_from(row.source.clause).where(*conditions)
    select = select.group_by(*map(_place, range(sum(len(group.columns) for group in groups))))
    select = select.order_by(*_order(asked, row, columns, places))
    select = select.limit(written(MOST_GROUPS + 1 if asked.request.limit is None else asked.request.limit))

    def read(rows: Any) -> list[Record]:
        return [{key: convert(found[begin:end]) for key, begin, end, convert in converts} for found in rows]

    return finished(statement, select, read)


def _order(
    asked: Asked, row: Row, columns: Sequence[ColumnElement[Any]], places: dict[str, tuple[int, int]]
) -> list[ColumnElement[Any]]:
    """As asked, then by the groups themselves, so that equal measures have one order."""
    wanted = [(name.removeprefix("-"), name.startswith("-")) for name in asked.request.sort]
    wanted += [(group.key, False) for group in asked.groups if group.key not in {name for name, _down in wanted}]
    ordered: list[ColumnElement[Any]] = []
    for name, descending in wanted:
        begin, offset = places[name]
        for place in dict.fromkeys((begin + offset, begin)):
            value = _sortable(columns[place], place, row.dialect)
            ordered.append(value.desc().nulls_first() if descending else value.asc().nulls_last())
    return ordered


def _sortable(column: ColumnElement[Any], place: int, dialect: str) -> ColumnElement[Any]:
    """By its place, which no constant can spoil; texts on PostgreSQL by code point."""
    if dialect == "postgresql" and isinstance(column.type, sa.Text | sa.String):
        return sa.collate(column.element, "C")
    return _place(place)


def _place(index: int) -> ColumnElement[Any]:
    return sa.literal_column(str(index + 1))


def _refused(path: str, message: Text) -> BadRequest:
    return BadRequest(message, details=[Detail(path=path, code="bad_aggregate", message=message)])
