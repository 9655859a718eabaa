"""In charge of approvals on the page of a record: the flow, what may be submitted, and the page that submits."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound, TenonError
from tenon.http import Asking, asking
from tenon.model import Entity
from tenon.process.approvals.wording import happened
from tenon.texts import say
from tenon.web.approval_count import service_of
from tenon.web.approval_views import request_view
from tenon.web.entities import entity_of
from tenon.web.pages import go, page
from tenon.web.titles import title_of
from tenon.web.uploading import attach, kept_files
from tenon.web.words import Words


def routes(blueprint: Blueprint) -> None:
    at = "/<entity>/<uuid:identity>/-/submit"
    blueprint.add_url_rule(at, "submit_form", form)
    blueprint.add_url_rule(at, "submit", submit, methods=["POST"])


def approval_of(known: Asking, unit: UnitOfWork, entity: Entity, identity: str) -> dict[str, Any] | None:
    """For the record's page; None for an entity without approvals, which costs nothing."""
    if "approval_request" not in known.model.entities:
        return None
    if not any(flow.entity == entity.name for flow in known.model.approvals.values()):
        return None
    service = service_of(known)
    shown = service.seeing.of_record(unit, known.access, entity.name, identity, with_events=False)
    flows = [flow for flow in known.model.approvals.values() if flow.entity == entity.name]
    running = {one.flow.name for one in shown if not one.state.ended}
    possible = []
    if any(flow.name not in running for flow in flows):
        found = service.possible(unit, known.access, entity.name, identity)
        possible = [(flow.name, flow.label.in_(known.language)) for flow, refusal in found if refusal is None]
    return {"requests": [request_view(known, unit, one, title="") for one in shown], "possible": possible}


def form(entity: str, identity: Any) -> Response:
    """Who will be asked and why, before anything is submitted."""
    return _form(asking(), entity, str(identity))


def submit(entity: str, identity: Any) -> Response:
    known, record_id = asking(), str(identity)
    entity_of(known, entity)
    service = service_of(known)
    try:
        with kept_files(known, "files") as kept, known.writing() as unit:
            files = attach(known, unit, entity, record_id, kept)
            service.submit(
                unit,
                known.access,
                entity,
                record_id,
                request.form.get("approval", ""),
                comment=request.form.get("comment", ""),
                files=tuple(files.values()),
            )
    except (InvalidInput, Conflict, Forbidden) as refusal:
        return _form(known, entity, record_id, refusal=refusal)
    return go(url_for("web.record", entity=entity, identity=record_id))


def _form(known: Asking, entity: str, identity: str, *, refusal: TenonError | None = None) -> Response:
    found = entity_of(known, entity)
    service, language = service_of(known), known.language
    flows = [flow for flow in known.model.approvals.values() if flow.entity == found.name]
    if not flows:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    asked = request.values.get("approval", flows[0].name)
    with known.reading() as unit:
        record = known.reader.one(unit, known.access, entity, identity, form="values")
        forecast = service.forecast(unit, known.access, entity, identity, asked)
        people = [person for one in forecast.steps for each in one.people for person in each[:2]]
        names = service.following.names(unit, people)
    word = Words.of(known.model, language)
    steps = [
        {
            "label": one.step.label.in_(language),
            "applies": one.applies and (bool(one.people) or not one.notes),
            "mode": word(f"approval.mode_{one.step.mode}") if len(one.people) > 1 else "",
            "why": one.why,
            "notes": [happened(kind).in_(language) for kind in dict.fromkeys(one.notes)],
            "people": [
                (names.get(who, "?"), names.get(instead or ""), is_asked) for who, instead, is_asked in one.people
            ],
        }
        for one in forecast.steps
    ]
    status = 200 if refusal is None else 422 if isinstance(refusal, InvalidInput) else 409
    return page(
        "approvals/submit.html",
        status,
        entity=found,
        id=identity,
        title=title_of(found, record, known),
        flows=[(flow.name, flow.label.in_(language)) for flow in flows],
        flow=forecast.approval,
        steps=steps,
        refusal=refusal or forecast.refusal,
        possible=forecast.refusal is None,
        comment=request.form.get("comment", ""),
        required=forecast.approval.submit.comment == "required",
    )
