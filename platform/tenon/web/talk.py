"""In charge of what people say about a record on its page: comments, following it, reminders of it."""

from typing import Any

from flask import Blueprint, Response, request

from tenon.database import UnitOfWork
from tenon.errors import InvalidInput, TenonError
from tenon.http import Asking, asking
from tenon.process.commenting import COMMENT, FOLLOWER
from tenon.process.mentions import mentioned
from tenon.process.reminding import ENTITY as REMINDER
from tenon.query import Query
from tenon.web.entities import entity_of
from tenon.web.pages import fragment, toast
from tenon.web.submitted import read_form
from tenon.web.words import Words

PORTION = 20


def routes(blueprint: Blueprint) -> None:
    at = "/<entity>/<uuid:identity>/-/talk"
    blueprint.add_url_rule(at, "talk", talk)
    blueprint.add_url_rule(at, "talk_comment", comment, methods=["POST"])
    blueprint.add_url_rule(f"{at}/follow", "talk_follow", follow, methods=["POST"])
    blueprint.add_url_rule(f"{at}/remind", "talk_remind", remind, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<uuid:said>/delete", "talk_delete", delete, methods=["POST"])


def talk(entity: str, identity: Any) -> Response:
    return _panel(asking(), entity, str(identity))


def comment(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    text = request.form.get("text", "").strip()
    try:
        with known.writing() as unit:
            named = [*request.form.getlist("mentions"), *mentioned(known.reader, unit, known.access, text)]
            values = {"text": text, "mentions": [each for each in dict.fromkeys(named) if each]}
            known.writer.create(unit, known.access, COMMENT, {**_about(entity, record_id), **values})
    except InvalidInput as refusal:
        return _panel(known, entity, record_id, status=422, typed=text, problem=refusal)
    return _panel(known, entity, record_id)


def follow(entity: str, identity: Any) -> Response:
    """The other way round than it is now."""
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    with known.writing() as unit:
        followed = _following(known, unit, entity, record_id)
        if followed is None:
            known.writer.create(unit, known.access, FOLLOWER, _about(entity, record_id))
        else:
            known.writer.delete(unit, known.access, FOLLOWER, followed, version=None)
    return _panel(known, entity, record_id)


def remind(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    fields = known.model.entity(REMINDER).fields
    read = read_form([fields["text"], fields["at"]], request.form, known.actor.timezone)
    try:
        if read.problems:
            raise InvalidInput(read.problems[0].message, details=read.problems)
        with known.writing() as unit:
            known.writer.create(unit, known.access, REMINDER, {**_about(entity, record_id), **read.values})
    except InvalidInput as refusal:
        return _panel(known, entity, record_id, status=422, problem=refusal)
    word = Words.of(known.model, known.language)
    return toast(_panel(known, entity, record_id), word("talk.will_remind"))


def delete(entity: str, identity: Any, said: Any) -> Response:
    known = asking()
    entity_of(known, entity)
    with known.writing() as unit:
        known.writer.delete(unit, known.access, COMMENT, str(said), version=None)
    return _panel(known, entity, str(identity))


def _panel(
    known: Asking, entity: str, record_id: str, *, status: int = 200, typed: str = "", problem: TenonError | None = None
) -> Response:
    found = entity_of(known, entity)
    with known.reading() as unit:
        query = Query(
            entity=COMMENT,
            select=("text", "mentions", "created_by", "created_at"),
            where=f'record_id == "{record_id}" and record_entity == "{entity}"',
            sort=("-created_at",),
            limit=PORTION,
            after=request.args.get("after"),
        )
        said = known.reader.list(unit, known.access, query)
        followed = _following(known, unit, entity, record_id)
    return fragment(
        "records/talk.html",
        status,
        entity=found,
        id=record_id,
        said=said.records,
        next=said.next,
        more_only=request.args.get("after") is not None,
        me=known.actor.id,
        followed=followed,
        follows=known.access.can(FOLLOWER, "create"),
        comments=known.access.can(COMMENT, "create"),
        reminds=known.access.can(REMINDER, "create"),
        typed=typed,
        problem=problem,
    )


def _following(known: Asking, unit: UnitOfWork, entity: str, record_id: str) -> str | None:
    commenting = known.assembled.processes.ground.service("commenting")
    found: str | None = commenting.following(unit, known.access, entity, record_id)
    return found


def _about(entity: str, record_id: str) -> dict[str, str]:
    return {"record_entity": entity, "record_id": record_id}


def can_talk(known: Asking, entity: str) -> bool:
    """Whether the page of a record of this entity has the panel."""
    return not known.model.entity(entity).of_record and known.access.can(COMMENT, "read")
