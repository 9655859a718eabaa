"""In charge of doing one thing to many records: a preview of how many it would be, then all or none."""

from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import BadRequest, Detail, TenonError
from tenon.http import Asking, asking
from tenon.ids import is_id
from tenon.model import Entity, Field, Operation
from tenon.query import Query
from tenon.texts import say
from tenon.web.entities import entity_of
from tenon.web.form_layouts import controls_of, form_of
from tenon.web.notices import leave_notice
from tenon.web.pages import fragment, go, local
from tenon.web.submitted import read_form
from tenon.web.travel import travel
from tenon.web.words import Words

MOST = 200


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/-/bulk/change", "bulk_ask_change", ask_change)
    blueprint.add_url_rule("/<entity>/-/bulk/change", "bulk_change", change, methods=["POST"])
    blueprint.add_url_rule("/<entity>/-/bulk/delete", "bulk_ask_delete", ask_delete)
    blueprint.add_url_rule("/<entity>/-/bulk/delete", "bulk_delete", delete, methods=["POST"])


def ask_change(entity: str) -> Response:
    """The field to change, its new value, and for how many of the picked records that is allowed."""
    return _change_panel(entity, ())


def change(entity: str) -> Response:
    known = asking()
    found, chosen = entity_of(known, entity, "update"), request.form.get("field", "")
    one = next((field for field in _changeable(known, found) if field.name == chosen), None)
    if one is None:
        raise BadRequest(say("Choose a field to change.", "请选择要修改的字段。"))
    read = read_form([one], request.form, known.actor.timezone)
    if read.problems:
        return _change_panel(entity, read.problems, read.raw.get(one.name), 422)
    allowed = _allowed(known, found, "update")
    try:
        with known.writing() as unit:
            for identity in allowed:
                known.writer.change(unit, known.access, entity, identity, read.values, version=None)
    except TenonError as refusal:
        details = refusal.details or (Detail(path="", code=refusal.code, message=refusal.message),)
        return _change_panel(entity, details, read.values.get(one.name), 422)
    return _done(known, found, "bulk.changed", len(allowed))


def ask_delete(entity: str) -> Response:
    known = asking()
    found = entity_of(known, entity, "delete")
    allowed = _allowed(known, found, "delete")
    return fragment("lists/bulk_delete.html", entity=found, ids=allowed, picked=len(_picked()), back=_back(found))


def delete(entity: str) -> Response:
    known = asking()
    found = entity_of(known, entity, "delete")
    allowed = _allowed(known, found, "delete")
    try:
        with known.writing() as unit:
            for identity in allowed:
                known.writer.delete(unit, known.access, entity, identity, version=None)
    except TenonError as refusal:
        texts = [text.in_(known.language) for text in (refusal.message, refusal.hint) if text is not None]
        leave_notice(" ".join(texts), kind="danger")
        return go(_back(found))
    return _done(known, found, "bulk.deleted", len(allowed))


def _change_panel(entity: str, problems: Any, value: Any = None, status: int = 200) -> Response:
    known = asking()
    found = entity_of(known, entity, "update")
    fields = _changeable(known, found)
    name = request.values.get("field", "")
    chosen = next((field for field in fields if field.name == name), fields[0] if fields else None)
    control = None
    if chosen is not None:
        error = next((problem.message for problem in problems), None)
        control = controls_of(known, entity, prefix="bulk").edit(chosen, value, error=error)
    return fragment(
        "lists/bulk_change.html",
        status,
        entity=found,
        fields=fields,
        chosen=chosen,
        control=control,
        ids=_allowed(known, found, "update"),
        picked=len(_picked()),
        back=_back(found),
    )


_OF_ONE_RECORD = frozenset({"file", "image", "signature", "encrypted"})
"""Widgets of values that belong to one record alone."""


def _changeable(known: Asking, entity: Entity) -> list[Field]:
    """What makes sense for many at once: nothing that tells one record from another, no stage."""
    on_form = [name for section in form_of(entity).sections.values() for name in section.fields]
    writable = set(known.access.writable_fields(entity.name)) & set(known.access.readable_fields(entity.name))
    fields = [entity.fields[name] for name in dict.fromkeys(on_form) if name in writable]
    return [
        one
        for one in fields
        if not one.unique and one.name not in ("stage", entity.title) and one.type.widget not in _OF_ONE_RECORD
    ]


def _picked() -> list[str]:
    return [identity for identity in dict.fromkeys(request.values.getlist("id")) if is_id(identity)][:MOST]


def _allowed(known: Asking, entity: Entity, operation: Operation) -> list[str]:
    """The picked records with which he may do this; one statement."""
    picked = _picked()
    if not picked:
        return []
    listed = ", ".join(f'"{identity}"' for identity in picked)
    query = Query(entity=entity.name, select=("id",), where=f"id in [{listed}]", limit=MOST, may=operation)
    with known.reading() as unit:
        return [record["id"] for record in known.reader.list(unit, known.access, query).records]


def _done(known: Asking, entity: Entity, key: str, count: int) -> Response:
    word = Words.of(known.model, known.language)
    leave_notice(word(key, count=count, entity=entity.plural.in_(known.language)))
    return travel(_back(entity))


def _back(entity: Entity) -> str:
    return local(request.values.get("back"), f"/{entity.name}")
