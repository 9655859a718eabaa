"""In charge of the addresses of documents: what can be made of a record, and making a file that is kept with it."""

from typing import Any

from flask import Response

from tenon.api.bodies import json_object, text_of
from tenon.api.files import read_file
from tenon.api.meeting import meet_entity
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.api.repeats import carry_out
from tenon.api.writes import BASE
from tenon.database import UnitOfWork
from tenon.exchange.documents import FORMATS, Documents
from tenon.http import Asking

MADE = ("template", "format", "language")


def list_documents(entity: str, identity: str) -> Response:
    """The templates the caller may use on this record."""
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    with known.reading() as unit:
        known.reader.one(unit, known.access, name, identity, ("id",))
    found = _service(known).usable(known.access, name)
    return answer(
        {
            "templates": [
                {
                    "template": each.name,
                    "label": each.label.in_(known.language),
                    "format": each.output,
                    "languages": sorted(each.body.languages),
                }
                for each in found
            ],
            "formats": list(FORMATS),
        }
    )


def make_document(entity: str, identity: str) -> Response:
    """Made as the caller may read the record, and kept with it: he must be allowed to change it."""
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    body = json_object(MADE)
    wanted, output, language = (
        text_of(body, "template", required=True),
        text_of(body, "format"),
        text_of(body, "language"),
    )
    service = _service(known)
    template = service.template(known.access, name, wanted or "")
    with known.reading() as unit:
        file, document = service.make_file(
            unit, known.access, template, identity, output=output or None, language=language or None
        )

    def work(unit: UnitOfWork) -> Outcome:
        kept = service.keep(unit, known.access, template, identity, file)
        shown = read_file(known, unit, kept.id)
        notes = [note.in_(known.language) for note in document.notes]
        document_of: dict[str, Any] = {"file": shown, "edition": kept.edition, "notes": notes}
        return Outcome(document=document_of, status=201, location=f"{BASE}/files/{kept.id}")

    return carry_out(known, work)


def _service(known: Asking) -> Documents:
    service: Documents = known.assembled.processes.ground.service("documents")
    return service
