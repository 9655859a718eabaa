"""In charge of records that fields lead to without a join: lists of records, and look-ups of any record.

A page costs one statement for each list, and one for each entity among look-ups of any record, whatever its rows.
Records in the recycle bin are left out; one that the reader may not see is there without id and title, and he is not
told whether it lives.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields import AnyRecord, Reference
from tenon.fields.any_record import UNSEEN as HIDDEN
from tenon.fields.any_record import any_json
from tenon.fields.storage import Identifier
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled
from tenon.query.outputs import AnyOutput, ListOutput, RecordReader, reference_of, title_column, title_text
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
        if isinstance(listed, AnyOutput):
            _fill_any(door, unit, access, listed, records)
        else:
            _fill(door, unit, access, listed, records)
    return records


def _fill_any(door: Door, unit: UnitOfWork, access: Access, shown: AnyOutput, records: list[Record]) -> None:
    """What leads to a record in the recycle bin, or to none, is no value."""
    found = any_records(door, unit, access, [record[shown.key] for record in records if record[shown.key] is not None])
    for record in records:
        value = None if record[shown.key] is None else found.get(record[shown.key])
        record[shown.key] = any_json(value) if shown.form == "json" and value is not None else value


def any_records(
    door: Door, unit: UnitOfWork, access: Access, values: Iterable[AnyRecord]
) -> dict[AnyRecord, AnyRecord]:
    """Each value as the reader may see it, with its title; one statement for each entity that is among them."""
    wanted: dict[str, dict[str, AnyRecord]] = {}
    for value in values:
        name = None if value.entity is None else door.model.entities.present(value.entity)
        if name is not None and value.id is not None:
            wanted.setdefault(name, {})[value.id] = value
    found: dict[AnyRecord, AnyRecord] = {}
    for name, ids in wanted.items():
        for identity, known in references(door, unit, access, name, ids).items():
            found[ids[identity]] = AnyRecord(identity, name, known.title) if known.id is not None else HIDDEN
    return found


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
