"""In charge of deleting and bringing back: what goes along is said before, and undoing is offered after."""

from typing import Any

from flask import Blueprint, Response, request

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, StaleVersion, TenonError
from tenon.http import Asking, asking
from tenon.model import Entity
from tenon.query import Count, Query
from tenon.web.entities import entity_of
from tenon.web.notices import leave_notice
from tenon.web.pages import fragment, go
from tenon.web.titles import title_of
from tenon.web.words import Words

MOST_COUNTED = 5
CAP = 1000


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/delete", "ask_delete", ask)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/delete", "delete", delete, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/restore", "restore", restore, methods=["POST"])


def ask(entity: str, identity: Any) -> Response:
    """What would be deleted, with how many of its parts."""
    known = asking()
    found = entity_of(known, entity, "delete")
    title = [found.title] if found.title in known.access.readable_fields(entity) else []
    with known.reading() as unit:
        record = known.reader.one(
            unit, known.access, entity, str(identity), select=["id", "version", *title], form="values"
        )
        parts = _parts(known, unit, found, str(identity))
    return fragment(
        "records/delete.html", entity=found, record=record, title=title_of(found, record, known), parts=parts
    )


def delete(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found = entity_of(known, entity, "delete")
    version = request.form.get("version", "")
    word = Words.of(known.model, known.language)
    try:
        with known.writing() as unit:
            known.writer.delete(
                unit, known.access, entity, record_id, version=int(version) if version.isdecimal() else None
            )
    except (Conflict, StaleVersion, Forbidden) as refusal:
        leave_notice(_said(known, refusal), kind="danger")
        return go(f"/{entity}/{record_id}")
    label = found.label.in_(known.language)
    leave_notice(word("bin.deleted", entity=label), undo=f"/{entity}/{record_id}/restore")
    return go(f"/{entity}")


def restore(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found = entity_of(known, entity, "delete")
    word = Words.of(known.model, known.language)
    try:
        with known.writing() as unit:
            known.writer.restore(unit, known.access, entity, record_id)
    except (Conflict, Forbidden) as refusal:
        leave_notice(_said(known, refusal), kind="danger")
        return go(f"/{entity}?deleted=1")
    leave_notice(word("bin.restored", entity=found.label.in_(known.language)))
    return go(f"/{entity}/{record_id}")


def _parts(known: Asking, unit: UnitOfWork, entity: Entity, identity: str) -> list[tuple[str, Count]]:
    """Kinds of records that go along, with their number; only what he may see is counted."""
    ends = [
        end
        for name, end in entity.relationships.items()
        if end.kind == "children"
        and known.model.entities[end.entity].fields[end.field].on_delete == "cascade"
        and known.access.reads_relationship(entity.name, name)
    ]
    counts = [
        (
            end.label.in_(known.language),
            known.reader.count(
                unit, known.access, Query(entity=end.entity, where=f'{end.field} == "{identity}"'), cap=CAP
            ),
        )
        for end in ends[:MOST_COUNTED]
    ]
    return [(label, count) for label, count in counts if count.value]


def _said(known: Asking, refusal: TenonError) -> str:
    return " ".join(text.in_(known.language) for text in (refusal.message, refusal.hint) if text is not None)
