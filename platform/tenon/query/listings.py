"""In charge of lists of records that a field holds: unpacked in SQL, and shown with titles as far as they may be seen.

A page costs one statement for each such column, whatever its rows. Records in the recycle bin are left out; one that
the reader may not see is there without id and title, and he is not told whether it lives.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields import Reference
from tenon.fields.storage import Identifier
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled
from tenon.query.outputs import ListOutput, RecordReader, reference_of, title_column, title_text
from tenon.query.requests import Record
from tenon.query.selection import main_row
from tenon.query.statement import Statement

Found = dict[str, Reference]
"""Id → the record as the reader may see it; those of his that are in the recycle bin are missing."""
_PORTION = 5000
UNSEEN = Reference(None, None)


def read_records(door: Door, unit: UnitOfWork, access: Access, plan: Plan, rows: Sequence[Any]) -> list[Record]:
    """The records of a plan's rows, their lists filled in."""
    records = plan.read(rows)
    for listed in plan.read.lists if isinstance(plan.read, RecordReader) else ():
        _fill(door, unit, access, listed, records)
    return records


def _fill(door: Door, unit: UnitOfWork, access: Access, listed: ListOutput, records: list[Record]) -> None:
    ids = dict.fromkeys(identity for record in records for identity in record[listed.key] or ())
    found = references(door, unit, access, listed.entity, ids) if ids else {}
    make = reference_of(listed.form)
    for record in records:
        shown = [make(found[identity]) for identity in record[listed.key] or () if identity in found]
        record[listed.key] = shown or None


def references(door: Door, unit: UnitOfWork, access: Access, entity: str, ids: Iterable[str]) -> Found:
    """One statement for up to some thousands of ids."""
    plan = door.plan(("listed", entity), access, lambda statement: _plan(statement, entity))
    wanted, found = list(ids), Found()
    for start in range(0, len(wanted), _PORTION):
        rows = plan.rows(unit, access, {"ids": wanted[start : start + _PORTION]})
        found |= {str(record["id"]): record["reference"] for record in plan.read(rows)}
    return found


def _plan(statement: Statement, entity: str) -> Plan:
    row = main_row(statement, entity)
    title, shown = title_column(row)
    seen = row.held(statement.shape.permit(entity, "read"))
    among = row.identity().in_(sa.bindparam("ids", required=True, expanding=True, type_=Identifier()))
    lives = statement.living(row.table, entity)
    select = sa.select(*labelled([row.identity(), title, seen, lives])).select_from(row.source.clause)
    text = title_text(shown) or (lambda value: value)

    def read(rows: Iterable[Sequence[Any]]) -> list[Record]:
        met = (row for row in rows if row[3] or not row[2])
        return [{"id": row[0], "reference": _seen(row[0], row[1], text) if row[2] else UNSEEN} for row in met]

    return finished(statement, select.where(among), read)


def _seen(identity: str, title: Any, text: Callable[[Any], Any]) -> Reference:
    return Reference(identity, None if title is None else text(title))
