"""In charge of showing a secret to somebody who asks for it and may read it; that he asked is remembered."""

from typing import Any

from flask import Blueprint, Response, jsonify

from tenon.http import Asking, asking
from tenon.jobs import Event
from tenon.web.entities import entity_of


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/reveal/<name>", "reveal", reveal, methods=["POST"])


def reveal(entity: str, identity: Any, name: str) -> Response:
    """JSON with the content, for this one moment: nobody keeps it. Raises NotFound, UnknownName."""
    known = asking()
    entity_of(known, entity)
    content = _content(known, entity, str(identity), name)
    response = jsonify({"value": content})
    response.headers["Cache-Control"] = "no-store"
    return response


def _content(known: Asking, entity: str, identity: str, name: str) -> str | None:
    with known.writing() as unit:
        content = known.reader.reveal(unit, known.access, entity, identity, name)
        version = known.reader.one(unit, known.access, entity, identity, ("version",))["version"]
        unit.emit(
            Event(
                kind="record.revealed",
                entity=entity,
                record_id=identity,
                version=version,
                at=unit.now,
                actor_id=unit.actor.id,
                data={"field": name},
            )
        )
    return content
