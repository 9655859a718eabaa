"""In charge of order: sort keys that always end with the id, and the condition "after this record".

Records without a value come last, in descending order first: exactly reversed, so that one index serves both
directions, and both databases agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.types import NullType

from tenon.access import AccessShape
from tenon.errors import BadRequest, Detail
from tenon.query.names import Named, find
from tenon.query.outputs import title_column
from tenon.query.row import Row
from tenon.texts import say

_MOST_KEYS = 8
_TEXTS = frozenset((str,))
_NUMBERS = frozenset((int, float, Decimal))


@dataclass(frozen=True)
class Term:
    """One sort key. `kinds` are the Python types its raw values have."""

    value: ColumnElement[Any]
    descending: bool
    nullable: bool
    kinds: frozenset[type]

    @property
    def raw(self) -> ColumnElement[Any]:
        """The value as the driver gives and takes it, so that a cursor hands back exactly the same."""
        return sa.type_coerce(self.value, NullType())

    def order(self, dialect: str) -> ColumnElement[Any]:
        ordered = self.value.desc() if self.descending else self.value.asc()
        if not self.nullable or dialect == "postgresql":
            return ordered
        return ordered.nulls_first() if self.descending else ordered.nulls_last()


def terms(row: Row, access: AccessShape, sort: Sequence[str]) -> list[Term]:
    """The keys of `sort` and the id, which goes the way of the last one."""
    if len(sort) > _MOST_KEYS:
        raise _refused(say("Sort by at most {most} names.", "最多按 {most} 个字段排序。", most=_MOST_KEYS))
    found = []
    for text in sort:
        name, descending = text.removeprefix("-"), text.startswith("-")
        term = _term(row, find(access, row.entity.name, name, where="sort"), descending)
        if term is not None:
            found.append(term)
        if name == "id":
            return found
    last = found[-1].descending if found else False
    return [*found, Term(row.identity(), last, nullable=False, kinds=_TEXTS)]


def after(keys: Sequence[Term], nulls: Sequence[bool]) -> ColumnElement[bool]:
    """The rows behind the record whose sort values are the parameters `k0`, `k1`…; `nulls`: which of them are none."""
    places = [
        None if null else sa.bindparam(f"k{index}", type_=NullType(), required=True) for index, null in enumerate(nulls)
    ]
    condition = _behind(keys[-1], places[-1])
    for key, place in zip(keys[-2::-1], places[-2::-1], strict=True):
        same = key.value.is_(None) if place is None else key.raw == place
        condition = sa.or_(_behind(key, place), sa.and_(same, condition))
    first, place = keys[0], places[0]
    if len(keys) > 1 and place is not None and (first.descending or not first.nullable):
        edge = first.raw <= place if first.descending else first.raw >= place
        return sa.and_(edge, condition)
    return condition


def _behind(key: Term, place: ColumnElement[Any] | None) -> ColumnElement[bool]:
    if key.descending:
        return key.value.is_not(None) if place is None else key.raw < place
    if place is None:
        return sa.false()
    further = key.raw > place
    return sa.or_(further, key.value.is_(None)) if key.nullable else further


def _term(row: Row, named: Named, descending: bool) -> Term | None:
    """A look-up sorts by what people see of it; None when the reader sees nothing."""
    for name in named.path[: -2 if named.part else -1]:
        row = row.through(row.entity.fields[name])
    field = named.field
    if not named.part and not field.type.sortable:
        raise _refused(say("“{name}” cannot be sorted by.", "不能按“{name}”排序。", name=named.text))
    if named.part:
        return Term(row.facet(field, named.part), descending, True, _TEXTS | _NUMBERS)
    if field.target is not None and not field.type.computed:
        if row.statement.shape.permit(field.target, "read") is False:
            return None
        value, title = title_column(row.through(field))
        return None if title is None else Term(_comparable(value, row), descending, True, _kinds(title.type, row))
    value = row.value(field)
    nullable = len(named.path) > 1 or not isinstance(value, sa.Column) or bool(value.nullable)
    return Term(_comparable(value, row), descending, nullable, _kinds(field.type, row))


def _comparable(value: ColumnElement[Any], row: Row) -> ColumnElement[Any]:
    """Computed texts compare by code point as stored ones do."""
    if row.dialect == "sqlite" or isinstance(value, sa.Column) or not isinstance(value.type, sa.Text | sa.String):
        return value
    return sa.collate(value, "C")


def _kinds(kind: Any, row: Row) -> frozenset[type]:
    word = kind.expression_type().kind
    if word in ("number", "duration"):
        return _NUMBERS
    if word == "boolean":
        return frozenset((bool, int))
    if row.dialect == "sqlite":
        return _TEXTS
    return {"date": frozenset((date,)), "datetime": frozenset((datetime,))}.get(word, _TEXTS)


def _refused(message: Any) -> BadRequest:
    return BadRequest(message, details=[Detail(path="sort", code="bad_sort", message=message)])
