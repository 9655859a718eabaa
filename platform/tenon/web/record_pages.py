"""In charge of the page of one record: head, stage bar, sections with values, related records, editing one field."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, Forbidden, InvalidInput, NotFound, StaleVersion, TenonError
from tenon.http import Asking, asking
from tenon.model import Entity, Field
from tenon.query import MASKED, Record, Rights
from tenon.texts import say
from tenon.web.approving import approval_of
from tenon.web.automations import buttons_of, has_automations, lines_of
from tenon.web.cells import masked
from tenon.web.defaults import named
from tenon.web.documents import can_make
from tenon.web.entities import entity_of
from tenon.web.evaluation import conditions_of, holds, paths_needed, with_stage
from tenon.web.form_layouts import Filling, controls_of, form_of
from tenon.web.glance import figures_of, glimpse_of
from tenon.web.notices import take_notice
from tenon.web.noting import noted_in
from tenon.web.pages import fragment, page
from tenon.web.pools import has_pools
from tenon.web.related import read_related, tabs_of
from tenon.web.showing import showing_of
from tenon.web.stage_ways import way_of
from tenon.web.submitted import read_form
from tenon.web.talk import can_talk
from tenon.web.timeline import has_timeline
from tenon.web.titles import title_of
from tenon.web.uploading import attach, kept_uploads

WIDE = frozenset(("long_text", "rich_text", "json"))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A field with its value, ready to print."""

    name: str
    label: str
    help: str
    value: Markup | str
    editable: bool
    wide: bool


@dataclass(frozen=True, kw_only=True)
class ShownSection:
    name: str
    label: str
    columns: int
    fields: Sequence[Shown]


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>", "record", show)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/part", "record_part", show_part)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/field/<name>", "field", field)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/field/<name>", "field_change", change_field, methods=["POST"])


def show(entity: str, identity: Any) -> Response:
    return page("records/page.html", **_values(asking(), entity, str(identity)), notice=take_notice())


def show_part(entity: str, identity: Any) -> Response:
    return part(asking(), entity, str(identity))


def part(known: Asking, entity: str, identity: str) -> Response:
    """The record anew, in the place of the one on the page: after a change everything that follows from it is right."""
    response = fragment("records/body.html", **_values(known, entity, identity))
    response.headers["HX-Retarget"] = "#record"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def field(entity: str, identity: Any, name: str) -> Response:
    """The input of one field, in the place of its value."""
    known = asking()
    with known.reading() as unit:
        found, one, record = _editable(known, unit, entity, str(identity), name)
    return _input(known, found, one, record, Filling(values=record))


def change_field(entity: str, identity: Any, name: str) -> Response:
    known, record_id = asking(), str(identity)
    with known.reading() as unit:
        found, one, record = _editable(known, unit, entity, record_id, name)
    read = read_form([one], request.form, known.actor.timezone)
    problems: list[Detail] = list(read.problems)
    version = request.form.get("version", "")
    if not problems:
        try:
            with kept_uploads(known, [one]) as kept, known.writing() as unit:
                values = read.values | attach(known, unit, entity, record_id, kept)
                known.writer.change(
                    unit,
                    known.access,
                    entity,
                    record_id,
                    values,
                    version=int(version) if version.isdecimal() else None,
                )
            return part(known, entity, record_id)
        except (InvalidInput, Conflict, StaleVersion, Forbidden) as refusal:
            problems = _told(refusal, name)
    with known.reading() as unit:
        typed = named(known, unit, found, {**read.raw, **read.values})
    return _input(known, found, one, record, Filling(values={**record, **typed}, problems=problems), 422)


def _values(known: Asking, entity: str, identity: str) -> dict[str, Any]:
    found = entity_of(known, entity)
    with known.reading() as unit:
        record, rights = read_record(known, unit, found, identity)
        values = with_stage(found, record)
        tabs = tabs_of(known, unit, found, identity)
        return {
            "entity": found,
            "id": identity,
            "version": record["version"],
            "title": title_of(found, record, known),
            "rights": rights,
            "figures": figures_of(known, found, record),
            "owner": glimpse_of(known, found, "owner", record) if "owner" in record else None,
            "sections": _sections(known, unit, found, values, rights),
            "made": [glimpse_of(known, found, name, record) for name in ("created_by", "changed_by") if name in record],
            "record": record,
            "way": way_of(known, unit, found, record, rights),
            "tabs": tabs,
            "related": read_related(known, unit, found, identity, tabs[0].name) if tabs else None,
            "creates": known.access.can(entity, "create"),
            "refusals": _refusals(known, entity, rights),
            "talks": can_talk(known, entity),
            "tells": has_timeline(known, found),
            "noted": noted_in(known, found),
            "pooled": has_pools(known, entity),
            "approval": approval_of(known, unit, found, identity),
            "buttons": buttons_of(known, unit, entity, identity),
            "automates": has_automations(known, entity),
            "documents": can_make(known, entity),
            "administers": known.access.administers,
            "lines": lines_of(known, entity, record),
        }


def read_record(known: Asking, unit: UnitOfWork, entity: Entity, identity: str) -> tuple[Record, Rights]:
    """Everything he may read of it, what conditions read beyond it, and what he may do with it; two statements."""
    further = paths_needed(known.access, entity, conditions_of(entity))
    select = (*known.access.readable_fields(entity.name), *further)
    record = known.reader.one(unit, known.access, entity.name, identity, select=select, form="values")
    return record, known.reader.may(unit, known.access, entity.name, identity)


def _sections(known: Asking, unit: UnitOfWork, entity: Entity, values: Record, rights: Rights) -> list[ShownSection]:
    readable = set(known.access.readable_fields(entity.name))
    controls = controls_of(known, entity.name, identity=str(values.get("id") or ""))
    showing, hidden = showing_of(known), values.get(MASKED, ())
    found = []
    for section in form_of(entity).sections.values():
        fields = [entity.fields[name] for name in section.fields if name in readable and name != "stage"]
        if not fields or not holds(known, unit, section.visible_when, values):
            continue
        shown = [
            Shown(
                name=one.name,
                label=one.label.in_(known.language),
                help=one.help.in_(known.language) if one.help is not None else "",
                value=masked(showing) if one.name in hidden else controls.show(one, values.get(one.name)),
                editable=one.name in rights.fields and one.name not in hidden,
                wide=one.type.widget in WIDE,
            )
            for one in fields
            if holds(known, unit, one.visible_when, values)
        ]
        if shown:
            found.append(
                ShownSection(
                    name=section.name, label=section.label.in_(known.language), columns=section.columns, fields=shown
                )
            )
    return found


def _refusals(known: Asking, entity: str, rights: Rights) -> list[str]:
    """Why he may not change this record: which role says what."""
    if rights.allows("update"):
        return []
    return [reason.sentence().in_(known.language) for reason in known.access.explain(entity, "update")]


def _editable(known: Asking, unit: UnitOfWork, entity: str, identity: str, name: str) -> tuple[Entity, Field, Record]:
    """Raises NotFound for a field he may not see, Forbidden for one he may not change on this record."""
    found = entity_of(known, entity, "update")
    if name not in known.access.readable_fields(entity) or name not in found.fields:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    title = [found.title] if found.title in known.access.readable_fields(entity) else []
    select = list(dict.fromkeys(("id", "version", *title, name)))
    record = known.reader.one(unit, known.access, entity, identity, select=select, form="values")
    writable = known.reader.may(unit, known.access, entity, identity).fields - frozenset(record.get(MASKED, ()))
    if name not in writable or name == "stage":
        raise Forbidden(say("You may look at this value but not change it.", "您可以查看此内容，但不能修改。"))
    return found, found.fields[name], record


def _input(known: Asking, entity: Entity, one: Field, record: Record, filling: Filling, status: int = 200) -> Response:
    version = request.form.get("version") or record["version"]
    controls = controls_of(known, entity.name, prefix="inline")
    return fragment(
        "records/field_edit.html",
        status,
        entity=entity,
        id=record["id"],
        version=version,
        name=one.name,
        control=controls.edit(one, filling.values.get(one.name), error=filling.problem_of(one.name)),
        others=[problem.message for problem in filling.problems if problem.path != one.name],
    )


def _told(refusal: TenonError, name: str) -> list[Detail]:
    details = [detail for detail in refusal.details if detail.message]
    return details or [Detail(path=name, code=refusal.code, message=refusal.message, hint=refusal.hint)]
