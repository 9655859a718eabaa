"""In charge of the records at the other end of a relationship: of one record as a page, of many in one statement."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.expressions import Expression
from tenon.fields.storage import Identifier, LongText, ShortText
from tenon.ids import is_id
from tenon.model import Relationship
from tenon.query.cursors import mark_of, read_cursor, write_cursor
from tenon.query.doors import Door
from tenon.query.listings import read_records
from tenon.query.lists import Plan, asked, finished, labelled, nothing, written
from tenon.query.outputs import output, reader_of
from tenon.query.pointing import as_id, is_of
from tenon.query.refusals import check_limit, not_found
from tenon.query.requests import MOST_RECORDS, Page, Query, Record
from tenon.query.row import Row
from tenon.query.selection import chosen, filtered, literal_values, main_row, understood
from tenon.query.sorting import after, terms
from tenon.query.statement import Statement
from tenon.query.unpacking import holds, holds_any, unpacked


def related(
    door: Door, unit: UnitOfWork, access: Access, entity: str, identity: str, relationship: str, query: Query | None
) -> Page:
    end, query, where = _understand(door, access, entity, relationship, query)
    seen = door.plan(("seen", entity), access, lambda statement: _plan_seen(statement, entity))
    if not is_id(identity) or not seen.rows(unit, access, {"id": identity}):
        raise not_found(door.model, entity)
    mark = mark_of(entity, relationship, identity, query.sort, query.where)
    key = ("related", entity, relationship, query.select, query.sort, query.limit, query.form, where and where.shape)
    plan = door.plan((*key, None), access, lambda statement: _plan(statement, entity, end, query, where, None))
    place: tuple[Any, ...] = ()
    if query.after is not None:
        place = read_cursor(query.after, mark, plan.kinds)
        nulls = tuple(value is None for value in place)
        plan = door.plan((*key, nulls), access, lambda statement: _plan(statement, entity, end, query, where, nulls))
    values = {f"k{index}": value for index, value in enumerate(place) if value is not None}
    rows = plan.rows(unit, access, {"parent": identity, **values, **literal_values(where)})
    more, rows = len(rows) > query.limit, rows[: query.limit]
    records = read_records(door, unit, access, plan, rows)
    return Page(records, write_cursor(mark, rows[-1][-len(plan.kinds) :]) if more and rows else None)


def related_to(
    door: Door,
    unit: UnitOfWork,
    access: Access,
    entity: str,
    identities: Sequence[str],
    relationship: str,
    query: Query,
) -> dict[str, list[Record]]:
    end, query, where = _understand(door, access, entity, relationship, query)
    wanted = [identity for identity in dict.fromkeys(identities) if is_id(identity)]
    found: dict[str, list[Record]] = {identity: [] for identity in wanted}
    if not wanted:
        return found
    key = ("related to", entity, relationship, query.select, query.sort, query.limit, query.form, where and where.shape)
    plan = door.plan(key, access, lambda statement: _plan_many(statement, entity, end, query, where))
    rows = plan.rows(unit, access, {"parents": wanted, **literal_values(where)})
    for row, record in zip(rows, read_records(door, unit, access, plan, rows), strict=True):
        found[row[-1]].append(record)
    return found


def _understand(
    door: Door, access: Access, entity: str, relationship: str, query: Query | None
) -> tuple[Relationship, Query, Expression | None]:
    """Raises UnknownName for a relationship whose other end the reader may not meet."""
    access.require(entity, "read")
    name = access.present_relationship(entity, relationship)
    if name is None:
        known = [name for name in door.model.entities[entity].relationships if access.reads_relationship(entity, name)]
        raise UnknownName.among(relationship, known, where="relationship")
    end = door.model.entities[entity].relationships[name]
    query = replace(query or Query(entity=end.entity), entity=end.entity)
    check_limit(query.limit, MOST_RECORDS)
    return end, query, understood(door.understanding, access, end.entity, query.where)


def _plan_seen(statement: Statement, entity: str) -> Plan:
    row = main_row(statement, entity)
    mine = row.identity() == sa.bindparam("id", required=True, type_=Identifier())
    conditions = [mine, *chosen(row, ("read",))]
    return finished(statement, sa.select(written(1)).select_from(row.source.clause).where(*conditions), nothing)


def _plan(
    statement: Statement,
    entity: str,
    end: Relationship,
    query: Query,
    where: Expression | None,
    nulls: tuple[bool, ...] | None,
) -> Plan:
    row = main_row(statement, end.entity)
    tied, _parent = _tie(row, entity, end, lambda column: column == _given("parent", column))
    tied += _by_index(row, end, lambda held: holds(held, _given("parent", row.identity()), row.dialect))
    columns, read = reader_of(
        [output(row, named, query.form) for named in asked(statement.shape, end.entity, query.select)]
    )
    keys = terms(row, statement.shape, query.sort)
    conditions = [*tied, *chosen(row, ("read",)), *filtered(row, where)]
    if nulls is not None:
        conditions.append(after(keys, nulls))
    select = sa.select(*labelled(columns), *labelled([key.raw for key in keys], "s"))
    select = select.select_from(row.source.clause).where(*conditions)
    select = select.order_by(*(key.order(statement.dialect) for key in keys)).limit(written(query.limit + 1))
    return finished(statement, select, read, keys)


def _plan_many(statement: Statement, entity: str, end: Relationship, query: Query, where: Expression | None) -> Plan:
    """At most `limit` for each parent, counted by the database. Of parents not to be seen nothing is given."""
    row = main_row(statement, end.entity)
    tied, parent = _tie(row, entity, end, lambda column: column.in_(_given("parents", column, expanding=True)))
    above = statement.table(entity).alias("above")
    wanted = sa.select(above.c.id).where(above.c.id.in_(_given("parents", above.c.id, expanding=True)))
    tied += _by_index(row, end, lambda held: holds_any(held, sa.func.array(wanted.scalar_subquery())))
    columns, read = reader_of(
        [output(row, named, query.form) for named in asked(statement.shape, end.entity, query.select)]
    )
    keys = terms(row, statement.shape, query.sort)
    conditions = [*tied, *_parent_seen(statement, entity, parent), *chosen(row, ("read",)), *filtered(row, where)]
    order = [key.order(statement.dialect) for key in keys]
    place = sa.func.row_number().over(partition_by=parent, order_by=order)
    inner = sa.select(*labelled(columns), place.label("place"), parent.label("parent"))
    ranked = inner.select_from(row.source.clause).where(*conditions).subquery()
    given = [column for column in ranked.c if column.name not in ("place", "parent")]
    select = sa.select(*given, ranked.c.parent).where(ranked.c.place <= written(query.limit))
    return finished(statement, select.order_by(ranked.c.parent, ranked.c.place), read)


def _given(name: str, pointer: ColumnElement[Any], *, expanding: bool = False) -> ColumnElement[Any]:
    """Ids that are compared with what a look-up keeps."""
    kind = ShortText() if isinstance(pointer.type, LongText) else Identifier()
    return sa.bindparam(name, required=True, expanding=expanding, type_=kind)


def _tie(row: Row, entity: str, end: Relationship, test: Any) -> tuple[list[ColumnElement[bool]], ColumnElement[Any]]:
    """The conditions that tie records to their parent, and the column that holds the parent's id.

    The look-up is read as the reader may read the field; that he may see the parent is asked of the parent.
    """
    if end.kind == "listing":
        each, held = unpacked(row.value(row.entity.fields[end.field]), row.dialect)
        row.source.join(("listed",), each, sa.true())
        return [test(held)], held
    if end.through is None:
        field = row.entity.fields[end.field]
        pointer = row.value(field)
        return [test(pointer), *([is_of(row, field, entity)] if field.entities is not None else [])], pointer
    statement = row.statement
    between = statement.model.entities[end.through]
    link = Row(statement, row.source, between, statement.table(end.through))
    there = link.value(between.fields[end.far_field or ""])
    row.source.join(("link",), link.table, there == row.identity())
    pointer = link.value(between.fields[end.field])
    return [test(pointer), *link.conditions()], pointer


def _by_index(row: Row, end: Relationship, test: Any) -> list[ColumnElement[bool]]:
    """Of lists: the same once more, in the words that PostgreSQL has an index for; then only few are taken apart."""
    if end.kind != "listing" or row.dialect != "postgresql":
        return []
    return [test(row.value(row.entity.fields[end.field]))]


def _parent_seen(statement: Statement, entity: str, parent: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    above = main_row(statement, entity)
    conditions = chosen(above, ("read",))
    seen = sa.select(above.identity()).select_from(above.source.clause).where(*conditions)
    return [as_id(parent, statement.dialect).in_(seen)]
