"""In charge of noting something on the page of a record: a short form beside it, then the record anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, Forbidden, InvalidInput, NotFound, TenonError
from tenon.fields import Reference
from tenon.http import Asking, asking
from tenon.model import Entity, Field, Relationship
from tenon.texts import say
from tenon.web.defaults import begin, given_by_address, named
from tenon.web.entities import entity_of
from tenon.web.form_layouts import Filling, controls_of, form_of
from tenon.web.pages import fragment, toast
from tenon.web.submitted import read_form
from tenon.web.words import Words


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One way to begin the note; chosen side by side."""

    key: str
    label: str
    icon: str
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A section of the form; all but the first are folded, unless something is wrong in them."""

    label: str
    controls: Sequence[Markup]
    complains: bool


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/note", "note", ask)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/note", "note_keep", keep, methods=["POST"])


def noted_in(known: Asking, entity: Entity) -> Entity | None:
    """What a note on a record of this entity becomes; None when there is none, or not for him."""
    telling = form_of(entity).timeline
    end = None if telling is None or telling.log is None else entity.relationships[telling.log]
    if end is None or end.through is not None or not known.access.can(end.entity, "create"):
        return None
    return known.model.entities[end.entity] if end.field in _writable(known, end.entity) else None


def ask(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found, far, end = _places(known, entity)
    with known.reading() as unit:
        known.reader.may(unit, known.access, entity, record_id)  # raises NotFound
        given = {**_suggested(known, unit, found, far, record_id), **given_by_address(known, far)}
        given[end.field] = _pointing(far.fields[end.field], found, record_id)
        filling = Filling(values=begin(known, unit, far, given))
    return _form(known, found, far, record_id, filling)


def keep(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found, far, end = _places(known, entity)
    fields = _fields(known, far)
    read = read_form(fields, request.form, known.actor.timezone)
    problems = list(read.problems)
    if not problems:
        try:
            with known.writing() as unit:
                known.reader.may(unit, known.access, entity, record_id)  # raises NotFound
                values = dict(read.values)
                if end.field not in values:
                    values[end.field] = _pointing(far.fields[end.field], found, record_id)
                known.writer.create(unit, known.access, far.name, values)
        except (InvalidInput, Conflict, Forbidden) as refusal:
            problems = list(refusal.details) or [_whole(refusal)]
        else:
            word = Words.of(known.model, known.language)
            answer = fragment("records/noted.html", entity=found, id=record_id)
            return toast(answer, word("form.created", entity=far.label.in_(known.language)))
    with known.reading() as unit:
        typed = named(known, unit, far, {**read.raw, **read.values})
    unread = frozenset(read.raw.keys() - read.values.keys())
    return _form(known, found, far, record_id, Filling(values=typed, problems=problems, unread=unread), 422)


def _places(known: Asking, entity: str) -> tuple[Entity, Entity, Relationship]:
    found = entity_of(known, entity)
    far, telling = noted_in(known, found), form_of(found).timeline
    if far is None or telling is None or telling.log is None:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    return found, far, found.relationships[telling.log]


def _writable(known: Asking, entity: str) -> tuple[str, ...]:
    return known.access.writable_fields(entity, "create")


def _sections(known: Asking, far: Entity) -> list[tuple[str, list[Field]]]:
    """Of its short form, else of the form for everything: headings and what he may fill in."""
    form = next((each for each in far.forms.values() if each.use == "quick" and not each.roles), form_of(far))
    may_write, found = _writable(known, far.name), []
    for section in form.sections.values():
        fields = [far.fields[name] for name in section.fields if name in may_write and name != "stage"]
        if fields:
            found.append((section.label.in_(known.language), fields))
    return found


def _fields(known: Asking, far: Entity) -> list[Field]:
    return [one for _label, fields in _sections(known, far) for one in fields]


def _pointing(field: Field, entity: Entity, record_id: str) -> Any:
    return [record_id] if field.members is not None else field.pointing_at(entity.name, record_id)


def _suggested(known: Asking, unit: UnitOfWork, entity: Entity, far: Entity, record_id: str) -> dict[str, Any]:
    """Lists of records begin with whom this record names: the main contact of an opportunity."""
    readable = known.access.readable_fields(entity.name)
    found: dict[str, Any] = {}
    links = [
        one for one in entity.fields.values() if one.target is not None and one.name in readable and not one.system
    ]
    lists = {one.members: one.name for one in _fields(known, far) if one.members is not None and one.members != "user"}
    wanted = [one for one in links if one.target in lists]
    if not wanted:
        return {}
    select = ("id", *(one.name for one in wanted))
    record = known.reader.one(unit, known.access, entity.name, record_id, select=select, form="values")
    for one in wanted:
        value = record[one.name]
        if isinstance(value, Reference) and value.id is not None:
            found.setdefault(lists[one.target or ""], []).append(value.id)
    return found


def _form(known: Asking, entity: Entity, far: Entity, record_id: str, filling: Filling, status: int = 200) -> Response:
    fields = _fields(known, far)
    kind = next((one for one in fields if any(option.icon for option in one.type.settings.options)), None)
    controls = controls_of(known, far.name, prefix="note")
    parts = [
        Part(
            label=label,
            complains=any(filling.problem_of(one.name) for one in shown),
            controls=[
                controls.edit(one, filling.values.get(one.name), error=filling.problem_of(one.name))
                for one in shown
                if one is not kind
            ],
        )
        for label, shown in _sections(known, far)
    ]
    names = {one.name for one in fields if one is not kind}
    return fragment(
        "records/note.html",
        status,
        entity=entity,
        id=record_id,
        far=far,
        kind=kind,
        kinds=[] if kind is None else _kinds(known, kind, filling.values),
        parts=parts,
        others=[each.message for each in filling.problems if each.path not in names],
    )


def _kinds(known: Asking, field: Field, values: Mapping[str, Any]) -> list[Kind]:
    options = [one for one in field.type.settings.options if one.active]
    chosen = values.get(field.name) or (options[0].key if options else "")
    return [
        Kind(key=one.key, label=one.label.in_(known.language), icon=one.icon or "point", chosen=one.key == chosen)
        for one in options
    ]


def _whole(refusal: TenonError) -> Detail:
    return Detail(path="", code=refusal.code, message=refusal.message, hint=refusal.hint)
