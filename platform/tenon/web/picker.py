"""In charge of what look-up pickers offer, and of the small form that makes a new record on the spot."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tenon.database import UnitOfWork
from tenon.errors import Conflict, InvalidInput, NotFound
from tenon.http import Asking, asking
from tenon.model import Entity, Field
from tenon.texts import say
from tenon.web.defaults import begin, named
from tenon.web.entities import entity_of
from tenon.web.form_layouts import Filling, controls_of
from tenon.web.pages import fragment
from tenon.web.submitted import read_form

OFFERED = 20
MOST_LETTERS = 100


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/options", "options", options)
    blueprint.add_url_rule("/<entity>/-/quick", "quick", quick)
    blueprint.add_url_rule("/<entity>/-/quick", "quick_create", quick_create, methods=["POST"])


def options(entity: str) -> Response:
    """JSON `[{"id", "title"}]`: what the look-up `field` may point to and `q` finds; of any record, in `entity`."""
    known, name = asking(), request.args.get("field", "")
    fields = known.model.entities[entity].fields if entity in known.model.entities else {}
    target = fields[name].leads_to if name in fields else None
    if name in fields and fields[name].entities is not None:
        target = known.model.entities.present(request.args.get("entity", ""))
    if target is None:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    text = request.args.get("q", "")[:MOST_LETTERS]
    with known.reading() as unit:
        found = known.reader.options(unit, known.access, target, text, OFFERED, field=(entity, name))
    led = fields[name].pointing_at
    return jsonify([{"id": led(target, one["id"]), "title": one["title"] or one["id"][:8]} for one in found])


def quick(entity: str) -> Response:
    known = asking()
    found = entity_of(known, entity, "create")
    with known.reading() as unit:
        values = begin(known, unit, found, {})
    if found.title in found.fields and found.fields[found.title].target is None:
        values[found.title] = request.args.get("name", "")[:MOST_LETTERS] or values.get(found.title)
    return _form(known, found, Filling(values=values))


def quick_create(entity: str) -> Response:
    """On success nothing is shown: the page that asked hears of the new record."""
    known = asking()
    found = entity_of(known, entity, "create")
    read = read_form(_fields(known, found), request.form, known.actor.timezone)
    problems = list(read.problems)
    if not problems:
        try:
            with known.writing() as unit:
                saved = known.writer.create(unit, known.access, entity, read.values)
        except (InvalidInput, Conflict) as refusal:
            problems = list(refusal.details)
        else:
            return _created(known, found, saved.id)
    with known.reading() as unit:
        values = named(known, unit, found, {**read.raw, **read.values})
    return _form(known, found, Filling(values=values, problems=problems), 422)


def _fields(known: Asking, entity: Entity) -> list[Field]:
    """The title and what must be filled in, and no more."""
    names = known.access.writable_fields(entity.name, "create")
    return [
        entity.fields[name]
        for name in names
        if (name == entity.title or entity.fields[name].required) and name != "stage"
    ]


def _form(known: Asking, entity: Entity, filling: Filling, status: int = 200) -> Response:
    controls = controls_of(known, entity.name, prefix="quick")
    made = [
        controls.edit(one, filling.values.get(one.name), error=filling.problem_of(one.name))
        for one in _fields(known, entity)
    ]
    paths = {one.name for one in _fields(known, entity)}
    others = [problem.message for problem in filling.problems if problem.path not in paths]
    return fragment("forms/quick.html", status, entity=entity, controls=made, others=others)


def _created(known: Asking, entity: Entity, identity: str) -> Response:
    with known.reading() as unit:
        title: Any = _title(known, unit, entity, identity)
    response = fragment("forms/quick_done.html")
    response.headers["HX-Trigger"] = json.dumps({"tenon:created": {"id": identity, "title": title}})
    return response


def _title(known: Asking, unit: UnitOfWork, entity: Entity, identity: str) -> str:
    return known.reader.titles(unit, known.access, entity.name, [identity]).get(identity) or identity[:8]
