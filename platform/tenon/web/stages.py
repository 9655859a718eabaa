"""In charge of moving a record into another stage or pipeline from a page, and of asking for what it wants."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion, TenonError
from tenon.fields import Option
from tenon.http import Asking, asking
from tenon.model import Entity, Field, Pipeline, Stage
from tenon.model.moves import counterpart, pipeline_of, stage_of
from tenon.texts import say
from tenon.web import record_pages
from tenon.web.entities import entity_of
from tenon.web.form_layouts import Filling, controls_of
from tenon.web.pages import fragment, toast
from tenon.web.submitted import read_form
from tenon.web.titles import title_of
from tenon.web.words import Words


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/<entity>/<uuid:identity>/stage", "stage", move, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/pipeline", "pipeline", ask_pipeline)


def ask_pipeline(entity: str, identity: Any) -> Response:
    """A dialog: into which other pipeline, and which stage of it; the one that corresponds is proposed."""
    known = asking()
    found, record_id = entity_of(known, entity, "update"), str(identity)
    readable = known.access.readable_fields(entity)
    names = [name for name in (found.title, "stage", "pipeline") if name in readable]
    with known.reading() as unit:
        record = known.reader.one(unit, known.access, entity, record_id, select=["id", *names], form="values")
    own = pipeline_of(found, record)
    others = [one for one in found.pipelines.values() if one is not own]
    if not others or "stage" not in readable:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    chosen = found.pipelines.get(request.args.get("pipeline", ""))
    chosen = others[0] if chosen is None or chosen is own else chosen
    return fragment(
        "records/pipeline.html",
        entity=found,
        id=record_id,
        title=title_of(found, record, known),
        version=request.args.get("version", ""),
        pipelines=others,
        chosen=chosen,
        stage=counterpart(chosen, stage_of(found, record)),
    )


def move(entity: str, identity: Any) -> Response:
    """Into another stage, with the values the stage asks for. Answers the new state, or what stands in the way."""
    known = asking()
    found, record_id = entity_of(known, entity, "update"), str(identity)
    read = read_form(_sent_fields(known, found), request.form, known.actor.timezone)
    version = request.form.get("version", "")
    try:
        if read.problems:
            raise InvalidInput(read.problems[0].message, details=read.problems)
        with known.writing() as unit:
            moved = known.assembled.processes.stages.move(
                unit,
                known.access,
                entity,
                record_id,
                request.form.get("stage") or None,
                pipeline=request.form.get("pipeline") or None,
                values=read.values,
                reason=request.form.get("reason", "").strip()[:500] or None,
                version=int(version) if version.isdecimal() else None,
            )
    except InvalidInput as refusal:
        return _ask(known, found, record_id, refusal, read.raw)
    except (Conflict, Forbidden, StaleVersion) as refusal:
        return _refuse(known, refusal)
    if moved.approval is not None:
        return _submitted(known, found, record_id, moved.approval)
    return _moved(known, found, record_id)


def _sent_fields(known: Asking, entity: Entity) -> list[Field]:
    return [entity.fields[name] for name in known.access.writable_fields(entity.name) if name != "stage"]


def _ask(known: Asking, entity: Entity, identity: str, refusal: InvalidInput, typed: Mapping[str, Any]) -> Response:
    """A dialog with exactly the fields that are wanting; a plain refusal when he may not fill them in."""
    writable = {field.name: field for field in _sent_fields(known, entity)}
    asked = any(detail.path == "reason" for detail in refusal.details)
    wanted = [
        writable[name]
        for name in dict.fromkeys((*typed, *(detail.path for detail in refusal.details)))
        if name in writable
    ]
    if not (wanted or asked) or any(detail.path not in (*writable, "reason") for detail in refusal.details):
        return _refuse(known, refusal)
    readable = known.access.readable_fields(entity.name)
    names = [name for name in (entity.title, "stage", "pipeline", *(one.name for one in wanted)) if name in readable]
    select = list(dict.fromkeys(["id", *names]))
    with known.reading() as unit:
        record = known.reader.one(unit, known.access, entity.name, identity, select=select, form="values")
    filling = Filling(values={**record, **typed}, problems=list(refusal.details) if typed else [])
    controls = controls_of(known, entity.name, prefix="move")
    pipeline = entity.pipelines.get(request.form.get("pipeline", ""))
    stage = _entered(entity, record, pipeline)
    response = fragment(
        "records/move.html",
        422,
        entity=entity,
        id=identity,
        title=title_of(entity, record, known),
        stage=stage,
        pipeline=pipeline,
        reasons=_reasons(known, stage),
        reason=request.form.get("reason", ""),
        version=request.form.get("version", ""),
        target=request.form.get("target", ""),
        controls=[
            controls.edit(one, filling.values.get(one.name), error=filling.problem_of(one.name)) for one in wanted
        ],
    )
    response.headers["HX-Retarget"] = "#sheet-place"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _entered(entity: Entity, record: Mapping[str, Any], wanted: Pipeline | None) -> Stage | None:
    pipeline = wanted or pipeline_of(entity, record)
    return None if pipeline is None else pipeline.stages.get(request.form.get("stage", ""))


def _reasons(known: Asking, stage: Stage | None) -> list[Option]:
    if stage is None or stage.reasons is None:
        return []
    return [option for option in known.model.choices[stage.reasons].options if option.active]


def _refuse(known: Asking, refusal: TenonError) -> Response:
    """Nothing is swapped; the reason is told, and the board puts the card back."""
    words = [detail.message for detail in refusal.details] if isinstance(refusal, InvalidInput) else [refusal.message]
    texts = [text.in_(known.language) for text in (*(words or [refusal.message]), refusal.hint) if text is not None]
    response = toast(Response("", 409, mimetype="text/html"), " ".join(texts), "danger")
    response.headers["HX-Reswap"] = "none"
    return response


def _submitted(known: Asking, entity: Entity, identity: str, approval: str) -> Response:
    """The record stays where it is until the approval ends; a board puts the card back."""
    label = known.model.approvals[approval].label.in_(known.language)
    words = Words.of(known.model, known.language)("automations.submitted", name=label)
    if request.form.get("target") != "board":
        return toast(record_pages.part(known, entity.name, identity), words)
    response = toast(Response("", 409, mimetype="text/html"), words)
    response.headers["HX-Reswap"] = "none"
    return response


def _moved(known: Asking, entity: Entity, identity: str) -> Response:
    """The record anew; on a board only the news, and the board brings its lanes up to date."""
    if request.form.get("target") != "board":
        return record_pages.part(known, entity.name, identity)
    response = Response("", 200, mimetype="text/html")
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps(
        {"tenon:moved": {"id": identity, "stage": request.form.get("stage", "")}}
    )
    return response
