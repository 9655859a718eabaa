"""In charge of look-up pickers: a few records to choose from, by what people type. Answers hold id and title alone."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.expressions import Expression
from tenon.model import Entity, Field
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled, written
from tenon.query.outputs import title_column, title_text
from tenon.query.refusals import check_limit
from tenon.query.requests import Record
from tenon.query.searching import finding, term_values
from tenon.query.selection import chosen, filtered, main_row, trusted
from tenon.query.statement import Statement

_MOST = 100


def options(
    door: Door, unit: UnitOfWork, access: Access, entity: str, text: str, limit: int, field: tuple[str, str] | None
) -> list[Record]:
    access.require(entity, "read")
    check_limit(limit, _MOST)
    pointing = _pointing(door, access, entity, field)
    where = finding(door, access.shape, entity, text)
    key = ("options", entity, field, limit, where is None)
    plan = door.plan(key, access, lambda statement: _plan(statement, entity, pointing, where, limit))
    return plan.read(plan.rows(unit, access, term_values(where, text)))


def _pointing(door: Door, access: Access, entity: str, field: tuple[str, str] | None) -> Field | None:
    """The look-up that is being filled, when he may fill it or read it."""
    if field is None:
        return None
    owner, name = field
    known = (
        set(access.readable_fields(owner))
        | set(access.writable_fields(owner))
        | set(access.writable_fields(owner, "create"))
    )
    if name not in known or not _leads_to(door.model.entities[owner].fields[name], entity):
        raise UnknownName.among(name, access.readable_fields(owner), where="field")
    return door.model.entities[owner].fields[name]


def _leads_to(field: Field, entity: str) -> bool:
    return field.leads_to == entity if field.entities is None else not field.entities or entity in field.entities


def _plan(statement: Statement, entity: str, pointing: Field | None, where: Expression | None, limit: int) -> Plan:
    row = main_row(statement, entity)
    title, shown = title_column(row)
    conditions = [
        *chosen(row, ("read",)),
        *filtered(row, where),
        *trusted(row, None if pointing is None else pointing.where),
    ]
    select = sa.select(*labelled([row.identity(), title])).select_from(row.source.clause).where(*conditions)
    select = select.order_by(*_order(row.entity, title, statement.dialect), row.identity()).limit(written(limit))
    text = title_text(shown) or (lambda value: value)

    def read(rows: Any) -> list[Record]:
        return [{"id": found[0], "title": None if found[1] is None else text(found[1])} for found in rows]

    return finished(statement, select, read)


def _order(entity: Entity, title: ColumnElement[Any], dialect: str) -> list[ColumnElement[Any]]:
    if isinstance(title, sa.sql.elements.Null):
        return []
    return [title.asc() if dialect == "postgresql" else title.asc().nulls_last()]
