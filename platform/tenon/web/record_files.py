"""In charge of the files of a record on its page: what was uploaded to it and what was made of it."""

from typing import Any

from flask import Blueprint, Response

from tenon.http import asking
from tenon.query import Query
from tenon.web.entities import entity_of
from tenon.web.pages import fragment

MOST = 50


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/files", "record_files", files)


def files(entity: str, identity: Any) -> Response:
    """Newest first, as far as the reader may see them."""
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    where = f'record_entity == "{entity}" and record_id == "{record_id}"'
    query = Query(entity="file", select=("id", "name", "size", "created_at"), where=where, sort=("-id",), limit=MOST)
    with known.reading() as unit:
        known.reader.one(unit, known.access, entity, record_id, ("id",))
        found = known.reader.list(unit, known.access, query).records if known.access.can("file", "read") else []
    return fragment("records/files.html", files=found)
