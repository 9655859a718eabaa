"""In charge of child tables on a form: the lines of an order, edited together with the order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, InvalidInput, StaleVersion, TenonError
from tenon.expressions import to_json
from tenon.http import Asking
from tenon.model import Entity, Field, Form, Relationship
from tenon.query import Query
from tenon.web.controls import Controls
from tenon.web.defaults import begin, leading, named
from tenon.web.entities import places_of
from tenon.web.originals import changed_from, read_originals, write_originals
from tenon.web.submitted import read_form

MOST_ROWS = 200
BLANK_ROW = "new"


@dataclass(frozen=True, kw_only=True)
class ChildTable:
    """`fields` are the columns in order; of those `writable` may be filled in. `parent` is an entity."""

    parent: str
    relationship: Relationship
    entity: Entity
    fields: Sequence[Field]
    creates: frozenset[str]
    updates: frozenset[str]
    removes: bool

    @property
    def name(self) -> str:
        return self.relationship.name

    @property
    def adds(self) -> bool:
        return bool(self.creates)


@dataclass(kw_only=True)
class ChildRow:
    """`key` tells rows of one table apart; `id` is "" for a new one. `problems` have paths such as `lines.0.price`."""

    key: str
    id: str = ""
    version: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    originals: str = "{}"
    gone: bool = False
    problems: list[Detail] = field(default_factory=list)


def tables_of(known: Asking, entity: Entity, form: Form) -> list[ChildTable]:
    """The form's child tables, as far as he may meet and change what is in them."""
    tables = (_table(known, entity, name) for name in form.inline if name in entity.relationships)
    return [table for table in tables if table is not None]


def stored_rows(known: Asking, unit: UnitOfWork, entity: Entity, table: ChildTable, identity: str) -> list[ChildRow]:
    """The present records; one statement."""
    names = ("id", "version", *(one.name for one in table.fields))
    query = Query(entity=table.entity.name, select=names, sort=("id",), limit=MOST_ROWS, form="values")
    found = known.reader.related_to(unit, known.access, entity.name, [identity], table.name, query)[identity]
    return [
        ChildRow(
            key=str(index),
            id=record["id"],
            version=record["version"],
            values=record,
            originals=write_originals(table.fields, record),
        )
        for index, record in enumerate(found)
    ]


def blank_row(known: Asking, unit: UnitOfWork, table: ChildTable) -> ChildRow:
    """What a new row begins with; the page keeps it as a pattern."""
    return ChildRow(key=BLANK_ROW, values=begin(known, unit, table.entity, {}))


def sent_rows(known: Asking, unit: UnitOfWork, table: ChildTable, sent: MultiDict[str, str]) -> list[ChildRow]:
    """The rows of a submitted form; new rows in which nothing was filled in are left out."""
    rows = [_sent(known, unit, table, sent, key) for key in _keys(table.name, sent)[:MOST_ROWS]]
    return [row for row in rows if row.id or row.changes or row.problems]


def save_rows(
    known: Asking, unit: UnitOfWork, table: ChildTable, rows: Sequence[ChildRow], parent: str
) -> list[Detail]:
    """Write what changed; what was refused is told with the place of its input."""
    problems: list[Detail] = []
    for row in rows:
        try:
            _save(known, unit, table, row, parent)
        except (InvalidInput, StaleVersion) as refusal:
            problems += placed(refusal, f"{table.name}.{row.key}.", row)
        except Conflict as refusal:
            return [*problems, *placed(refusal, f"{table.name}.{row.key}.", row)]
    return problems


def placed(refusal: TenonError, prefix: str, row: ChildRow) -> list[Detail]:
    """The details with the row's prefix before their path; the refusal itself when it has none."""
    details = refusal.details or (Detail(path="", code=refusal.code, message=refusal.message),)
    row.problems = [
        Detail(path=prefix + detail.path, code=detail.code, message=detail.message, hint=detail.hint)
        for detail in details
    ]
    return row.problems


def cells_of(controls: Controls, table: ChildTable, row: ChildRow) -> list[Markup]:
    """The inputs of one row, in the order of the columns."""
    writable = table.updates if row.id else table.creates
    errors = {problem.path: problem.message for problem in row.problems}
    prefix = f"{table.name}.{row.key}."
    return [
        controls.edit(
            one,
            row.values.get(one.name),
            name=prefix + one.name,
            error=errors.get(prefix + one.name),
            read_only=one.name not in writable,
        )
        for one in table.fields
    ]


def plan_of(known: Asking, table: ChildTable) -> dict[str, Any]:
    """For scripts: formulas of the columns, and look-ups whose choice gives other columns their default."""
    at_hand = {one.name for one in table.fields}
    formulas = {
        one.name: to_json(one.value)
        for one in table.fields
        if one.value is not None and all(len(path) == 1 and path[0] in at_hand for path in one.value.dependencies)
    }
    return {
        "formulas": formulas,
        "leading": leading(known, table.entity),
        "defaults": f"/{table.entity.name}/-/defaults",
    }


def _table(known: Asking, entity: Entity, name: str) -> ChildTable | None:
    end = entity.relationships[name]
    if end.kind != "children" or not known.access.reads_relationship(entity.name, name):
        return None
    child, access = known.model.entities[end.entity], known.access
    updates = frozenset(access.writable_fields(child.name)) if access.can(child.name, "update") else frozenset()
    creates = (
        frozenset(access.writable_fields(child.name, "create")) if access.can(child.name, "create") else frozenset()
    )
    if end.field not in creates:
        creates = frozenset()
    return ChildTable(
        parent=entity.name,
        relationship=end,
        entity=child,
        fields=_columns(known, end, child),
        creates=creates,
        updates=updates,
        removes=access.can(child.name, "delete"),
    )


def _columns(known: Asking, end: Relationship, child: Entity) -> list[Field]:
    view = next((view for view in child.views.values() if view.type == "table"), None)
    declared = list(end.columns) or ([".".join(column.path) for column in view.columns] if view is not None else [])
    places = {place.name: place.field for place in places_of(known.access, child.name)}
    required = [name for name, one in places.items() if one.required]
    names = dict.fromkeys((*declared, *required)) if declared else dict.fromkeys(places)
    return [
        places[name]
        for name in names
        if name in places and name not in (end.field, "stage") and not places[name].system
    ]


def _keys(name: str, sent: MultiDict[str, str]) -> list[str]:
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,9}})\.")
    found: Iterator[re.Match[str]] = (match for key in sent if (match := pattern.match(key)))
    return sorted({match[1] for match in found}, key=int)


def _sent(known: Asking, unit: UnitOfWork, table: ChildTable, sent: MultiDict[str, str], key: str) -> ChildRow:
    prefix = f"{table.name}.{key}."
    identity = sent.get(f"{prefix}id", "")
    writable = table.updates if identity else table.creates
    read = read_form([one for one in table.fields if one.name in writable], sent, known.actor.timezone, prefix=prefix)
    originals = sent.get(f"{prefix}originals", "{}")
    changes = changed_from(read_originals(table.fields, originals), read.values)
    version = sent.get(f"{prefix}version", "")
    return ChildRow(
        key=key,
        id=identity,
        version=int(version) if version.isdecimal() else None,
        values=named(known, unit, table.entity, {**read.raw, **read.values}),
        changes=changes if identity else _filled(changes, read.values),
        originals=originals,
        gone=sent.get(f"{prefix}gone") == "1",
        problems=read.problems,
    )


def _filled(changes: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Of a new row everything, if anything differs from the pattern it was made from."""
    return dict(values) if any(value is not None for value in changes.values()) else {}


def _save(known: Asking, unit: UnitOfWork, table: ChildTable, row: ChildRow, parent: str) -> None:
    writer, access, name = known.writer, known.access, table.entity.name
    if row.gone and row.id:
        writer.delete(unit, access, name, row.id, version=row.version)
    elif row.gone:
        return
    elif not row.id:
        back = table.entity.fields[table.relationship.field]
        led = back.pointing_at(table.parent, parent)
        writer.create(unit, access, name, {**row.changes, back.name: led})
    elif row.changes:
        writer.change(unit, access, name, row.id, row.changes, version=row.version)
