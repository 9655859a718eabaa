"""In charge of the inbox of approvals: what waits, what was submitted, copied and done, and deciding it in two taps."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, InvalidInput, StaleVersion, TenonError
from tenon.http import Asking, asking
from tenon.ids import is_id
from tenon.process.approvals import BOXES, Approvals, Decision, Entry, ShownRequest, read_verb
from tenon.texts import say
from tenon.web.approval_count import service_of
from tenon.web.approval_views import person_control, request_view
from tenon.web.glance import Glimpse, figures_of_all
from tenon.web.pages import go, local, page
from tenon.web.submitted import read_form
from tenon.web.uploading import attach, kept_files

_REFUSALS = (InvalidInput, Conflict, Forbidden, StaleVersion)


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/inbox", "inbox", listed)
    blueprint.add_url_rule("/inbox/requests/<uuid:identity>", "inbox_request", show)
    blueprint.add_url_rule("/inbox/requests/<uuid:identity>/act", "inbox_act", act, methods=["POST"])
    blueprint.add_url_rule("/inbox/tasks/<uuid:identity>/decide", "inbox_decide", decide, methods=["POST"])
    blueprint.add_url_rule("/inbox/tasks/<uuid:identity>/reassign", "inbox_reassign", reassign, methods=["POST"])


def listed() -> Response:
    known = asking()
    service = service_of(known)
    box = next((one for one in BOXES if one == request.args.get("box")), BOXES[0])
    with known.reading() as unit:
        found = service.seeing.inbox(unit, known.access, box, after=request.args.get("after"))
        figures = figures_of_all(known, unit, [(entry.entity, entry.record_id) for entry in found.entries])
    return page(
        "approvals/inbox.html",
        box=box,
        boxes=BOXES,
        entries=[_entry(known, service, entry, figures) for entry in found.entries],
        next=found.next,
        done=request.args.get("done"),
    )


def show(identity: Any) -> Response:
    return _request_page(asking(), str(identity), done=request.args.get("done"))


def decide(identity: Any) -> Response:
    """Of whoever is asked; what stands in the way is shown on the request's own page."""
    known, task = asking(), str(identity)
    service, form = service_of(known), request.form
    with known.reading() as unit:
        shown = service.seeing.of_task(unit, known.access, task)
    choice = next((one for one in shown.mine if one.task == task), None)
    entity = known.model.entities[shown.entity]
    open_fields = () if choice is None else [entity.fields[name] for name in choice.fields if name in entity.fields]
    read = read_form(open_fields, form, known.actor.timezone, prefix="value.")

    def work(unit: UnitOfWork, files: Sequence[str]) -> None:
        if read.problems:
            raise InvalidInput(read.problems[0].message, details=read.problems)
        decision = Decision(
            verb=read_verb(form.get("verb", "")),
            comment=form.get("comment", ""),
            reason=form.get("reason") or None,
            to=form.get("to") or None,
            people=tuple(person for person in form.getlist("people") if is_id(person)),
            values=read.values,
            files=tuple(files),
        )
        service.decide(unit, known.access, task, decision)

    return _carry_out(known, shown, work)


def act(identity: Any) -> Response:
    """Recall, remind, comment, copy, and the administrator's word."""
    known, form = asking(), request.form
    service = service_of(known)
    with known.reading() as unit:
        shown = service.seeing.one(unit, known.access, str(identity))
    verb, comment = form.get("verb", ""), form.get("comment", "")
    people = tuple(person for person in form.getlist("people") if is_id(person))

    def work(unit: UnitOfWork, _files: Sequence[str]) -> None:
        if verb in ("approved", "rejected", "cancelled"):
            service.force(unit, known.access, shown.id, verb, comment)  # type: ignore[arg-type]
        elif verb in ("recall", "remind", "comment", "copy"):
            service.act(unit, known.access, shown.id, verb, comment=comment, people=people)  # type: ignore[arg-type]
        else:
            raise Conflict(say("There is nothing to be done by this name.", "没有这个操作。"))

    return _carry_out(known, shown, work)


def reassign(identity: Any) -> Response:
    known, form, task = asking(), request.form, str(identity)
    service = service_of(known)
    with known.reading() as unit:
        shown = service.seeing.of_task(unit, known.access, task)
    people = [person for person in form.getlist("people") if is_id(person)]

    def work(unit: UnitOfWork, _files: Sequence[str]) -> None:
        if not people:
            raise InvalidInput(say("Choose somebody.", "请选择人员。"))
        service.reassign(unit, known.access, task, people[0], form.get("comment", ""))

    return _carry_out(known, shown, work)


def _carry_out(known: Asking, shown: ShownRequest, work: Callable[[UnitOfWork, Sequence[str]], None]) -> Response:
    """Do it, and go back to where the form was; a refusal is shown on the request's page with what was typed."""
    try:
        with kept_files(known, "files") as kept, known.writing() as unit:
            files = attach(known, unit, shown.entity, shown.record_id, kept)
            work(unit, tuple(files.values()))
    except _REFUSALS as refusal:
        return _request_page(known, shown.id, refusal=refusal)
    back = local(request.form.get("back"), url_for("web.inbox_request", identity=shown.id))
    joined = "&" if "?" in back else "?"
    return go(back if "done=" in back else f"{back}{joined}done=1")


def _request_page(
    known: Asking, identity: str, *, refusal: TenonError | None = None, done: str | None = None
) -> Response:
    service = service_of(known)
    with known.reading() as unit:
        shown = service.seeing.one(unit, known.access, identity)
        view = request_view(known, unit, shown)
    typed = request.form if refusal is not None else {}
    status = 200 if refusal is None else 422 if isinstance(refusal, InvalidInput) else 409
    return page(
        "approvals/request.html",
        status,
        view=view,
        refusal=refusal,
        typed=typed,
        done=done,
        person=lambda prefix: person_control(known, prefix),
    )


def _entry(
    known: Asking, service: Approvals, entry: Entry, figures: Mapping[tuple[str, str], Sequence[Glimpse]]
) -> dict[str, Any]:
    flow = service.definitions.present(entry.approval)
    entity = known.model.entities.get(entry.entity)
    step = flow.steps.get(entry.step) if flow is not None else None
    kind = "approval_task_status" if entry.task_id is not None else "approval_status"
    options = {option.key: option for option in known.model.choices[kind].options} if entry.task_id else {}
    options |= {
        option.key: option for option in known.model.choices["approval_status"].options if option.key not in options
    }
    status = options.get(entry.status)
    return {
        "entry": entry,
        "approval": flow.label.in_(known.language) if flow is not None else entry.approval,
        "step": step.label.in_(known.language) if step is not None else "",
        "entity": entity.label.in_(known.language) if entity is not None else entry.entity,
        "status": status.label.in_(known.language) if status is not None else entry.status,
        "color": status.color if status is not None else None,
        "figures": figures.get((entry.entity, entry.record_id), ()),
    }
