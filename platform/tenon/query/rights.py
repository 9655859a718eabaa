"""In charge of what an actor may do with one record: asked of the database, because conditions are about its values."""

from dataclasses import dataclass

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.ids import is_id
from tenon.model import Operation
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled, nothing
from tenon.query.refusals import not_found
from tenon.query.selection import chosen, main_row
from tenon.query.statement import Statement

_ASKED: tuple[Operation, ...] = ("update", "delete", "export")


@dataclass(frozen=True)
class Rights:
    """`fields` are those he may change on this record; empty when he may not change it at all."""

    operations: frozenset[Operation]
    fields: frozenset[str]

    def allows(self, operation: Operation) -> bool:
        return operation in self.operations


def rights(door: Door, unit: UnitOfWork, access: Access, entity: str, identity: str) -> Rights:
    access.require(entity, "read")
    fields = access.writable_fields(entity)
    plan = door.plan(("rights", entity), access, lambda statement: _plan(statement, entity, fields))
    rows = plan.rows(unit, access, {"id": identity}) if is_id(identity) else []
    if not rows:
        raise not_found(door.model, entity)
    operations = frozenset[Operation](("read", *(name for name, held in zip(_ASKED, rows[0], strict=False) if held)))
    if "update" not in operations:
        return Rights(operations, frozenset())
    return Rights(
        operations, frozenset(name for name, held in zip(fields, rows[0][len(_ASKED) :], strict=True) if held)
    )


def _plan(statement: Statement, entity: str, fields: tuple[str, ...]) -> Plan:
    row = main_row(statement, entity)
    held = [row.held(statement.shape.permit(entity, operation)) for operation in _ASKED]
    held += [row.held(statement.shape.field_permit(entity, name, "update")) for name in fields]
    conditions = [row.identity() == sa.bindparam("id", required=True, type_=row.identity().type)]
    conditions += chosen(row, ("read",))
    return finished(statement, sa.select(*labelled(held)).select_from(row.source.clause).where(*conditions), nothing)
