"""In charge of making documents of a record: which there are, downloading one, keeping one with the record."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request

from tenon.errors import Forbidden, TenonError
from tenon.exchange.documents import FORMATS, Documents, Made, lacking
from tenon.http import Asking, asking
from tenon.web.entities import entity_of
from tenon.web.notices import leave_notice
from tenon.web.pages import fragment, go
from tenon.web.words import Words

MOST_NOTES = 5


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/documents", "documents", choose)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/documents/file", "document_file", download)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/documents", "document_make", keep, methods=["POST"])


def choose(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    found = entity_of(known, entity)
    with known.reading() as unit:
        rights = known.reader.may(unit, known.access, entity, record_id)
    missing = lacking()
    return fragment(
        "records/documents.html",
        entity=found,
        id=record_id,
        templates=service_of(known).usable(known.access, entity),
        formats=FORMATS,
        current=known.language,
        keeps=rights.allows("update"),
        missing=missing,
    )


def download(entity: str, identity: Any) -> Response:
    """The file itself; nothing is kept."""
    known = asking()
    entity_of(known, entity)
    made, _notes = _made(known, entity, str(identity), request.args)
    return sent(made)


def keep(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    word = Words.of(known.model, known.language)
    try:
        template = service_of(known).template(known.access, entity, request.form.get("template", ""))
        made, notes = _made(known, entity, record_id, request.form)
        with known.writing() as unit:
            kept = service_of(known).keep(unit, known.access, template, record_id, made)
    except Forbidden:
        raise
    except TenonError as refusal:
        leave_notice(_sentence(refusal, known), kind="danger")
        return go(f"/{entity}/{record_id}")
    told = word("documents.kept", name=kept.name)
    leave_notice(" ".join([told, *notes[:MOST_NOTES]]))
    return go(f"/{entity}/{record_id}")


def can_make(known: Asking, entity: str) -> bool:
    """Whether there is anything to choose from."""
    return bool(service_of(known).usable(known.access, entity))


def service_of(known: Asking) -> Documents:
    service: Documents = known.assembled.processes.ground.service("documents")
    return service


def sent(made: Made) -> Response:
    """As a download, never shown inside our own pages."""
    response = Response(made.content, mimetype=made.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(made.file_name, safe='')}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _made(known: Asking, entity: str, record_id: str, wanted: Any) -> tuple[Made, list[str]]:
    template = service_of(known).template(known.access, entity, wanted.get("template", ""))
    with known.reading() as unit:
        made, document = service_of(known).make_file(
            unit,
            known.access,
            template,
            record_id,
            output=wanted.get("format") or None,
            language=wanted.get("language") or None,
        )
    return made, [note.in_(known.language) for note in document.notes]


def _sentence(refusal: TenonError, known: Asking) -> str:
    hint = "" if refusal.hint is None else refusal.hint.in_(known.language)
    return f"{refusal.message.in_(known.language)} {hint}".strip()
