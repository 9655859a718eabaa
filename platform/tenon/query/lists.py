"""In charge of lists and single records: one SELECT with only the asked columns, and the way from rows to a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access, AccessShape
from tenon.database import Prepared, UnitOfWork, prepare
from tenon.expressions import Expression
from tenon.query.names import Named, find
from tenon.query.outputs import output, reader_of
from tenon.query.passing import passed
from tenon.query.requests import Form, Query, Record
from tenon.query.row import Row
from tenon.query.selection import chosen, filtered, main_row, needs
from tenon.query.sorting import Term, after, terms
from tenon.query.statement import AMBIENT, Statement

ALWAYS = ("id", "version")


@dataclass(frozen=True)
class Plan:
    """A statement compiled for everybody with these rights. `kinds` are the Python types of the sort values."""

    prepared: Prepared
    read: Callable[[Iterable[Sequence[Any]]], list[Record]]
    ambient: tuple[str, ...]
    kinds: tuple[frozenset[type], ...] = ()

    def rows(self, unit: UnitOfWork, access: Access, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Runs it; what the actor and the moment give is added to `parameters`."""
        values = {**parameters, **{name: AMBIENT[name](unit, access) for name in self.ambient}}
        return unit.connection.run(self.prepared, values)


def finished(
    statement: Statement,
    query: sa.Select[Any] | sa.CompoundSelect[Any],
    read: Callable[[Iterable[Sequence[Any]]], list[Record]],
    keys: Sequence[Term] = (),
) -> Plan:
    """The plan of a query that is complete."""
    prepared = prepare(query, statement.dialect)
    ambient = tuple(name for name in prepared.names if name in AMBIENT)
    return Plan(prepared, read, ambient, tuple(key.kinds for key in keys))


def asked(access: AccessShape, entity: str, select: Sequence[str]) -> list[Named]:
    """The names to answer, id and version first; without any, every readable field."""
    names = dict.fromkeys((*ALWAYS, *(select or access.readable_fields(entity))))
    return [find(access, entity, name, where="select") for name in names]


def plan_list(statement: Statement, query: Query, where: Expression | None, nulls: tuple[bool, ...] | None) -> Plan:
    """`nulls`: which sort values of the cursor are none; None without a cursor."""
    row = main_row(statement, query.entity)
    columns, read = reader_of(
        [output(row, named, query.form) for named in asked(statement.shape, query.entity, query.select)]
    )
    keys = terms(row, statement.shape, query.sort)
    conditions = [*chosen(row, needs(query), deleted=query.deleted), *filtered(row, where), *_passed(row, query)]
    if nulls is not None:
        conditions.append(after(keys, nulls))
    select = sa.select(*labelled(columns), *labelled([key.raw for key in keys], "s"))
    select = select.select_from(row.source.clause).where(*conditions)
    select = select.order_by(*(key.order(statement.dialect) for key in keys)).limit(written(query.limit + 1))
    return finished(statement, select, read, keys)


def plan_one(statement: Statement, entity: str, select: Sequence[str], form: Form, deleted: bool) -> Plan:
    query = Query(entity=entity, deleted=deleted)
    row = main_row(statement, entity)
    columns, read = reader_of([output(row, named, form) for named in asked(statement.shape, entity, select)])
    conditions = [row.identity() == sa.bindparam("id", required=True, type_=row.identity().type)]
    conditions += chosen(row, needs(query), deleted=deleted)
    return finished(statement, sa.select(*labelled(columns)).select_from(row.source.clause).where(*conditions), read)


def plan_among(statement: Statement, entity: str, form: Form) -> Plan:
    """All readable fields of the records with any of the `ids`."""
    row = main_row(statement, entity)
    columns, read = reader_of([output(row, named, form) for named in asked(statement.shape, entity, ())])
    among = row.identity().in_(sa.bindparam("ids", required=True, expanding=True, type_=row.identity().type))
    select = sa.select(*labelled(columns)).select_from(row.source.clause).where(among, *chosen(row, ("read",)))
    return finished(statement, select, read)


def plan_count(statement: Statement, query: Query, where: Expression | None, cap: int | None) -> Plan:
    """Counts no further than one past the cap."""
    row = main_row(statement, query.entity)
    conditions = [*chosen(row, needs(query), deleted=query.deleted), *filtered(row, where), *_passed(row, query)]
    if cap is None:
        return finished(statement, _from(row, sa.func.count()).where(*conditions), nothing)
    some = _from(row, sa.literal_column("1").label("one")).where(*conditions).limit(written(cap + 1)).subquery()
    return finished(statement, sa.select(sa.func.count()).select_from(some), nothing)


def _passed(row: Row, query: Query) -> list[ColumnElement[bool]]:
    return [] if query.passed is None else passed(row, query.passed)


def _from(row: Row, *columns: ColumnElement[Any]) -> sa.Select[Any]:
    return sa.select(*columns).select_from(row.source.clause)


def labelled(columns: Sequence[ColumnElement[Any]], prefix: str = "c") -> list[ColumnElement[Any]]:
    """Names of our own, so that a column asked twice is there twice."""
    return [column.label(f"{prefix}{index}") for index, column in enumerate(columns)]


def written(number: int) -> ColumnElement[int]:
    """A number in the text itself, so that the database plans for it."""
    return sa.literal_column(str(int(number)), sa.Integer())


def nothing(_rows: Iterable[Sequence[Any]]) -> list[Record]:
    return []
