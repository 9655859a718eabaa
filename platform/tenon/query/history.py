"""In charge of what happened to a record, as far as the reader may see it, its fields and what they point to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork, prepare
from tenon.fields.any_record import UNSEEN, AnyRecord, any_json
from tenon.fields.storage import Identifier
from tenon.ids import is_id
from tenon.model import Field
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled, nothing, written
from tenon.query.outputs import json_reference, title_column, title_text
from tenon.query.refusals import check_limit, not_found
from tenon.query.requests import MOST_RECORDS, Change, StageChange
from tenon.query.selection import chosen, main_row
from tenon.query.statement import Statement
from tenon.schema import SYSTEM_TABLES

Titles = Mapping[str, Mapping[str, str | None]]
HIDDEN = (None, None, True)


def history(door: Door, unit: UnitOfWork, access: Access, entity: str, identity: str, limit: int) -> list[Change]:
    """Two statements, and one for each kind of record that the changes point to."""
    check_limit(limit, MOST_RECORDS)
    readable = _readable_now(door, unit, access, entity, identity)
    plan = door.plan(("history", limit), access, lambda statement: _plan_history(statement, limit))
    rows = plan.rows(unit, access, {"entity": entity, "record": identity})
    known = door.model.entities[entity].fields
    fields = {name: known[name] for name in readable}
    seen = [{today: pair for name, pair in row[5].items() if (today := known.present(name)) in fields} for row in rows]
    found = _titles_of(door, unit, access, fields, seen, [row[3] for row in rows])
    return [
        Change(
            version=row[0],
            at=_instant(row[1]),
            operation=row[2],
            actor=_person(row[3], found),
            reason=row[4],
            changes={name: _shown(door, fields[name], pair, found) for name, pair in changes.items()},
        )
        for row, changes in zip(rows, seen, strict=True)
        if changes or row[2] != "changed"
    ]


def stage_history(door: Door, unit: UnitOfWork, access: Access, entity: str, identity: str) -> list[StageChange]:
    """Nothing for a reader who may not see the stage."""
    readable = _readable_now(door, unit, access, entity, identity)
    if "stage" not in readable:
        return []
    plan = door.plan(("stage history",), access, _plan_stages)
    rows = plan.rows(unit, access, {"entity": entity, "record": identity})
    found = _titles_of(door, unit, access, {}, [], [row[4] for row in rows])
    return [
        StageChange(
            pipeline=row[0],
            from_stage=row[1],
            to_stage=row[2],
            at=_instant(row[3]),
            actor=_person(row[4], found),
            reason=row[5],
            seconds=row[6],
        )
        for row in rows
    ]


def titles(
    door: Door, unit: UnitOfWork, access: Access, entity: str, identities: Sequence[str]
) -> dict[str, str | None]:
    wanted = [identity for identity in dict.fromkeys(identities) if is_id(identity)]
    if not wanted or not access.can(entity, "read"):
        return {}
    plan = door.plan(("titles", entity), access, lambda statement: _plan_titles(statement, entity))
    return {record["id"]: record["title"] for record in plan.read(plan.rows(unit, access, {"ids": wanted}))}


def _readable_now(door: Door, unit: UnitOfWork, access: Access, entity: str, identity: str) -> tuple[str, ...]:
    """The fields he may read on this very record; raises NotFound when he may not see it."""
    access.require(entity, "read")
    names = access.readable_fields(entity)
    plan = door.plan(("readable", entity), access, lambda statement: _plan_readable(statement, entity, names))
    rows = plan.rows(unit, access, {"id": identity}) if is_id(identity) else []
    if not rows:
        raise not_found(door.model, entity)
    return tuple(name for name, held in zip(names, rows[0], strict=True) if held)


def _plan_readable(statement: Statement, entity: str, names: Sequence[str]) -> Plan:
    row = main_row(statement, entity)
    held = [row.held(statement.shape.field_permit(entity, name, "read")) for name in names]
    conditions = [row.identity() == sa.bindparam("id", required=True, type_=Identifier()), *chosen(row, ("read",))]
    return finished(statement, sa.select(*labelled(held)).select_from(row.source.clause).where(*conditions), nothing)


def _plan_history(statement: Statement, limit: int) -> Plan:
    table = SYSTEM_TABLES["history"].c
    select = sa.select(table.version, table.at, table.operation, table.actor_id, table.reason, table.changes)
    select = select.where(*_of_record(table)).order_by(table.at.desc(), table.id.desc()).limit(written(limit))
    return Plan(prepare(select, statement.dialect), nothing, ())


def _plan_stages(statement: Statement) -> Plan:
    table = SYSTEM_TABLES["stage_history"].c
    select = sa.select(
        table.pipeline, table.from_stage, table.to_stage, table.at, table.actor_id, table.reason, table.seconds
    )
    select = select.where(*_of_record(table)).order_by(table.at, table.id).limit(written(MOST_RECORDS))
    return Plan(prepare(select, statement.dialect), nothing, ())


def _plan_titles(statement: Statement, entity: str) -> Plan:
    row = main_row(statement, entity)
    title, shown = title_column(row)
    among = row.identity().in_(sa.bindparam("ids", required=True, expanding=True, type_=Identifier()))
    select = sa.select(*labelled([row.identity(), title])).select_from(row.source.clause)
    text = title_text(shown) or (lambda value: value)

    def read(rows: Any) -> list[dict[str, Any]]:
        return [{"id": found[0], "title": None if found[1] is None else text(found[1])} for found in rows]

    return finished(statement, select.where(among, *chosen(row, ("read",))), read)


def _of_record(table: Any) -> list[sa.ColumnElement[bool]]:
    return [
        table.entity == sa.bindparam("entity", required=True),
        table.record_id == sa.bindparam("record", required=True, type_=Identifier()),
    ]


def _titles_of(
    door: Door,
    unit: UnitOfWork,
    access: Access,
    fields: Mapping[str, Field],
    changes: Sequence[Mapping[str, Any]],
    people: Sequence[str | None],
) -> Titles:
    """Titles of all that is pointed to, as the reader may see them; one statement for each entity."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in changes:
        for name, pair in entry.items():
            target = fields[name].leads_to
            if target is not None:
                wanted[target].update(identity for value in pair for identity in _ids(value))
            elif fields[name].entities is not None:
                for entity, identity in (_any(door, value) for value in pair if isinstance(value, dict)):
                    wanted[entity].add(identity)
    wanted["user"].update(person for person in people if person is not None)
    return {
        entity: titles(door, unit, access, entity, sorted(ids))
        for entity, ids in wanted.items()
        if ids and entity in door.model.entities
    }


def _shown(door: Door, field: Field, pair: Sequence[Any], found: Titles) -> tuple[Any, Any]:
    old, new = (_value(door, field, value, found) for value in pair)
    return old, new


def _value(door: Door, field: Field, value: Any, found: Titles) -> Any:
    if field.entities is not None and isinstance(value, dict):
        entity, identity = _any(door, value)
        known = found.get(entity, {})
        return any_json(AnyRecord(identity, entity, known[identity]) if identity in known else UNSEEN)
    if field.leads_to is None:
        return value
    known = found.get(field.leads_to, {})
    if isinstance(value, list):
        return [_reference(identity, known) for identity in _ids(value)]
    return _reference(value, known) if isinstance(value, str) else value


def _any(door: Door, value: Mapping[str, Any]) -> tuple[str, str]:
    """Entity, by its name of today, and id."""
    written = str(value["entity"])
    return door.model.entities.present(written) or written, str(value["id"])


def _ids(value: Any) -> list[str]:
    """Of a look-up the one, of a list of records all."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _person(identity: str | None, found: Titles) -> Any:
    return None if identity is None else _reference(identity, found.get("user", {}))


def _reference(identity: str, known: Mapping[str, str | None]) -> Any:
    return json_reference((identity, known[identity], False) if identity in known else HIDDEN)


def _instant(value: Any) -> str:
    return str(value.isoformat()).replace("+00:00", "Z")
