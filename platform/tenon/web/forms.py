"""In charge of forms: a new record, and changing one; nothing typed is ever lost to a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, InvalidInput, StaleVersion
from tenon.fields import AnyRecord
from tenon.http import Asking, asking
from tenon.model import Entity, Field, Form
from tenon.query import MASKED
from tenon.texts import Text, say
from tenon.web.children import (
    ChildRow,
    ChildTable,
    blank_row,
    cells_of,
    plan_of,
    save_rows,
    sent_rows,
    stored_rows,
    tables_of,
)
from tenon.web.conditions import conditions
from tenon.web.conflicts import Dispute, disputes_of, kept_theirs
from tenon.web.defaults import begin, given_by_address, leading, named
from tenon.web.entities import entity_of
from tenon.web.evaluation import conditions_of, holds, paths_needed, with_stage
from tenon.web.form_layouts import Filling, complaints_of, controls_of, fields_on, form_of, parts_of
from tenon.web.notices import leave_notice
from tenon.web.originals import changed_from, read_originals, write_originals
from tenon.web.pages import go, local, page
from tenon.web.submitted import read_form
from tenon.web.titles import title_of
from tenon.web.uploading import Upload, attach, hand_over, kept_uploads
from tenon.web.words import Words


@dataclass(kw_only=True)
class Editing:
    """One form in work. `id` is "" for a new record; `stored` is what the reader may see of the present one."""

    known: Asking
    entity: Entity
    form: Form
    may_write: frozenset[str]
    id: str = ""
    version: int | None = None
    stored: dict[str, Any] = field(default_factory=dict)
    filling: Filling = field(default_factory=Filling)
    originals: str = "{}"
    tables: Sequence[tuple[ChildTable, list[ChildRow]]] = ()
    refusal: Text | None = None
    disputes: Sequence[Dispute] = ()

    @property
    def fields(self) -> list[Field]:
        return fields_on(self.entity, self.form, self.may_write)


class _Refused(Exception):
    """Rolls the transaction back; the complaints are in the form already."""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/new", "new", new)
    blueprint.add_url_rule("/<entity>/new", "create", create, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/edit", "edit", edit)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/edit", "change", change, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/clone", "clone", clone)


def new(entity: str) -> Response:
    known = asking()
    editing = _new(known, entity)
    with known.reading() as unit:
        editing.filling.values = begin(known, unit, editing.entity, given_by_address(known, editing.entity))
        return _show(unit, editing)


def clone(entity: str, identity: Any) -> Response:
    """A new form with the values of another record, without its children."""
    known = asking()
    editing = _new(known, entity)
    with known.reading() as unit:
        names = [
            one.name for one in editing.fields if one.name in known.access.readable_fields(entity) and not one.unique
        ]
        source = known.reader.one(unit, known.access, entity, str(identity), select=["id", *names], form="values")
        given = {name: source[name] for name in names if source[name] is not None and name != "owner"}
        editing.filling.values = {**begin(known, unit, editing.entity, {}), **given}
        return _show(unit, editing)


def create(entity: str) -> Response:
    known = asking()
    editing = _new(known, entity)
    with known.reading() as unit:
        _take(unit, editing)
    return _save(editing)


def edit(entity: str, identity: Any) -> Response:
    known = asking()
    with known.reading() as unit:
        editing = _present(unit, known, entity, str(identity))
        editing.filling.values = dict(editing.stored)
        editing.version = editing.stored["version"]
        editing.originals = write_originals(editing.fields, editing.stored)
        editing.tables = [
            (table, stored_rows(known, unit, editing.entity, table, editing.id))
            for table in tables_of(known, editing.entity, editing.form)
        ]
        return _show(unit, editing)


def change(entity: str, identity: Any) -> Response:
    known = asking()
    with known.reading() as unit:
        editing = _present(unit, known, entity, str(identity))
        _take(unit, editing)
    return _save(editing)


def _new(known: Asking, entity: str) -> Editing:
    found = entity_of(known, entity, "create")
    form = form_of(found)
    return Editing(
        known=known,
        entity=found,
        form=form,
        may_write=frozenset(known.access.writable_fields(entity, "create")),
        tables=[(table, []) for table in tables_of(known, found, form)],
    )


def _present(unit: UnitOfWork, known: Asking, entity: str, identity: str) -> Editing:
    """Raises NotFound, or Forbidden when he may not change this very record."""
    found = entity_of(known, entity, "update")
    further = paths_needed(known.access, found, conditions_of(found))
    select = (*known.access.readable_fields(entity), *further)
    stored = known.reader.one(unit, known.access, entity, identity, select=select, form="values")
    rights = known.reader.may(unit, known.access, entity, identity)
    if not rights.allows("update"):
        raise Forbidden(
            say("You may look at this record but not change it.", "您可以查看这条记录，但不能修改。"),
            hint=say("Ask its owner or an administrator.", "请联系负责人或管理员。"),
        )
    form = form_of(found)
    unseen = frozenset(stored.get(MASKED, ()))
    return Editing(known=known, entity=found, form=form, may_write=rights.fields - unseen, id=identity, stored=stored)


def _take(unit: UnitOfWork, editing: Editing) -> None:
    """What was submitted: typed texts, values, complaints, child rows."""
    known, sent = editing.known, request.form
    read = read_form(editing.fields, sent, known.actor.timezone)
    typed = named(known, unit, editing.entity, {**read.raw, **read.values})
    editing.filling = Filling(
        values={**editing.stored, **typed},
        unread=frozenset(read.raw.keys() - read.values.keys()),
        problems=list(read.problems),
    )
    editing.originals = sent.get("originals", "{}")
    version = sent.get("version", "")
    editing.version = int(version) if version.isdecimal() else None
    editing.tables = [
        (table, sent_rows(known, unit, table, sent)) for table in tables_of(known, editing.entity, editing.form)
    ]
    for _table, rows in editing.tables:
        editing.filling.problems += [problem for row in rows if not row.gone for problem in row.problems]


def _save(editing: Editing) -> Response:
    known, name = editing.known, editing.entity.name
    if not editing.filling.problems:
        try:
            with kept_uploads(known, editing.fields) as kept, known.writing() as unit:
                identity = _write(unit, editing, kept)
        except _Refused:
            pass
        except (InvalidInput, Conflict, Forbidden) as refusal:
            editing.refusal = refusal.message
            editing.filling.problems += refusal.details
        except StaleVersion as refusal:
            editing.disputes = disputes_of(known, editing.entity, refusal, editing.filling.values)
            editing.version = refusal.extra["version"]
        else:
            return _done(editing, name, identity)
    with known.reading() as unit:
        return _show(unit, editing, 409 if editing.disputes else 422)


def _write(unit: UnitOfWork, editing: Editing, kept: dict[str, Upload]) -> str:
    known, name = editing.known, editing.entity.name
    sent = [one.name for one in editing.fields if one.name in request.form and one.name in editing.filling.values]
    values = {each: editing.filling.values[each] for each in sent}
    if editing.id:
        keep = kept_theirs(request.form)
        changes = changed_from(read_originals(editing.fields, editing.originals), _plain(values))
        changes = {key: value for key, value in changes.items() if key not in keep}
        identity = editing.id
        changes |= attach(known, unit, name, identity, kept)
        if changes:
            known.writer.change(unit, known.access, name, editing.id, changes, version=editing.version)
    else:
        files = attach(known, unit, name, None, kept)  # first, so that a file that is required is there
        identity = known.writer.create(unit, known.access, name, {**_plain(values), **files}).id
        hand_over(known, unit, name, identity, files)
    for table, rows in editing.tables:
        editing.filling.problems += save_rows(known, unit, table, rows, identity)
    if editing.filling.problems:
        raise _Refused
    return identity


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Look-ups as ids; one of any record stays whole."""
    return {
        name: value if isinstance(value, AnyRecord) else getattr(value, "id", value) for name, value in values.items()
    }


def _done(editing: Editing, name: str, identity: str) -> Response:
    word = Words.of(editing.known.model, editing.known.language)
    label = editing.entity.label.in_(editing.known.language)
    leave_notice(word("form.changed" if editing.id else "form.created", entity=label))
    if request.form.get("then") == "new":
        return go(f"/{name}/new")
    return go(local(request.form.get("back"), f"/{name}/{identity}"))


def _show(unit: UnitOfWork, editing: Editing, status: int = 200) -> Response:
    known, entity = editing.known, editing.entity
    values = with_stage(entity, editing.filling.readable_values())
    hidden = frozenset(
        section.name
        for section in editing.form.sections.values()
        if not holds(known, unit, section.visible_when, values)
    )
    tables = [_table(known, unit, table, rows) for table, rows in editing.tables]
    ids = {one.name: f"field-{one.name}" for one in editing.fields}
    ids |= {
        problem.path: f"field-{problem.path.replace('.', '-')}"
        for problem in editing.filling.problems
        if "." in problem.path
    }
    return page(
        "forms/page.html",
        status,
        entity=entity,
        editing=editing,
        title=title_of(entity, editing.stored, known) if editing.id else "",
        parts=parts_of(known, entity, editing.form, editing.filling, editing.may_write, hidden),
        tables=tables,
        complaints=complaints_of(known, editing.filling, ids),
        conditions=conditions(
            entity,
            editing.form,
            _plain(values),
            known.actor,
            unit.now,
            is_new=not editing.id,
            readable={*known.access.readable_fields(entity.name), *editing.may_write},
        ),
        leading=[] if editing.id else leading(known, entity),
        quick=quick_addresses(known, editing.fields),
        asked_back=local(request.values.get("back"), ""),
        back=local(request.values.get("back"), f"/{entity.name}/{editing.id}" if editing.id else f"/{entity.name}"),
    )


def _table(known: Asking, unit: UnitOfWork, table: ChildTable, rows: list[ChildRow]) -> dict[str, Any]:
    controls = controls_of(known, table.entity.name)
    pattern = blank_row(known, unit, table) if table.adds else None
    return {
        "table": table,
        "label": table.relationship.label,
        "headings": table.fields,
        "rows": [(row, cells_of(controls, table, row)) for row in rows],
        "pattern": None if pattern is None else (pattern, cells_of(controls, table, pattern)),
        "plan": plan_of(known, table),
    }


def quick_addresses(known: Asking, fields: Sequence[Field]) -> dict[str, str]:
    """Look-ups for which a new record can be made on the spot: name → address of its small form."""
    return {
        one.name: f"/{one.target}/-/quick"
        for one in fields
        if one.target not in (None, "user", "file") and known.access.can(str(one.target), "create")
    }
