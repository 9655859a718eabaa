"""In charge of the addresses of approvals: what may be submitted and who would be asked, the inbox, decisions."""

from collections.abc import Callable
from typing import Any

from flask import Response

from tenon.api.approvals_shown import entry_shown, forecast_shown, possible_shown, request_shown
from tenon.api.bodies import json_object, object_of, text_of
from tenon.api.meeting import meet, meet_entity
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import AFTER, LIMIT, NOTHING, Parameter, read_parameters, refused, table, text
from tenon.api.repeats import carry_out
from tenon.api.writes import BASE
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.http import Asking
from tenon.ids import is_id
from tenon.process.approvals import BOXES, Approvals, Decision, read_verb
from tenon.suggestions import did_you_mean
from tenon.texts import say

MOST_PEOPLE = 50
BOX = Parameter(
    name="box",
    read=text,
    help=say(
        "todo: what waits for you; submitted: by you; copied: to you; done: decided by you.",
        "todo：待我审批；submitted：我提交的；copied：抄送我的；done：我已处理的。",
    ),
    schema={"type": "string", "enum": list(BOXES), "default": "todo"},
)
APPROVAL = Parameter(
    name="approval", read=text, required=True, help=say("The approval, by its name.", "审批流程的名称。")
)
INBOX = table(BOX, LIMIT, AFTER)
FORECAST = table(APPROVAL)
SUBMITTED = ("approval", "comment", "files")
DECIDED = ("comment", "reason", "to", "people", "values", "files")
ACTED = ("comment", "people", "outcome")
ACTIONS = ("recall", "remind", "comment", "copy", "force")
OUTCOMES = ("approved", "rejected", "cancelled")


def of_record(entity: str, identity: str) -> Response:
    """The requests of a record, and what may be submitted."""
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    service = _service(known)
    with known.reading() as unit:
        shown = service.seeing.of_record(unit, known.access, name, identity)
        possible = service.possible(unit, known.access, name, identity)
    return answer(
        {
            "requests": [request_shown(one, known.language) for one in shown],
            "possible": [possible_shown(flow, refusal, known.language) for flow, refusal in possible],
        }
    )


def forecast(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    given = read_parameters(FORECAST)
    service = _service(known)
    with known.reading() as unit:
        foreseen = service.forecast(unit, known.access, name, identity, given["approval"])
        people = [person for one in foreseen.steps for found in one.people for person in found[:2]]
        names = service.following.names(unit, people)
    return answer(forecast_shown(foreseen, names, known.language))


def submit(entity: str, identity: str) -> Response:
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    body = json_object(SUBMITTED)
    approval, comment = text_of(body, "approval", required=True), text_of(body, "comment") or ""
    files = _ids(body, "files")
    service = _service(known)

    def work(unit: UnitOfWork) -> Outcome:
        request = service.submit(unit, known.access, name, identity, str(approval), comment=comment, files=files)
        shown = request_shown(service.seeing.one(unit, known.access, request), known.language)
        return Outcome(document=shown, status=201, location=f"{BASE}/approvals/requests/{request}")

    return carry_out(known, work)


def inbox() -> Response:
    known = meet()
    given = read_parameters(INBOX)
    box = next((one for one in BOXES if one == given.get("box", "todo")), None)
    if box is None:
        raise refused(
            "box", say("There is no such box.", "没有这个分类。"), hint=did_you_mean(given["box"][:60], BOXES)
        )
    with known.reading() as unit:
        found = _service(known).seeing.inbox(
            unit, known.access, box, after=given.get("after"), limit=given.get("limit", 50)
        )
    return answer({"tasks": [entry_shown(one) for one in found.entries], "next": found.next})


def read_request(identity: str) -> Response:
    known = meet()
    read_parameters(NOTHING)
    with known.reading() as unit:
        shown = _service(known).seeing.one(unit, known.access, identity)
    return answer(request_shown(shown, known.language))


def decide(identity: str, decision: str) -> Response:
    """Of whoever is asked; `reassign` of an administrator."""
    known = meet()
    read_parameters(NOTHING)
    body = json_object(DECIDED, optional=True)
    comment, people = text_of(body, "comment") or "", _ids(body, "people")
    service = _service(known)
    if decision == "reassign":
        if len(people) != 1:
            raise refused("people", say("Name one person.", "请指定一位人员。"), "required")
        return _done(known, lambda unit: service.reassign(unit, known.access, identity, people[0], comment).id)
    wanted = Decision(
        verb=read_verb(decision),
        comment=comment,
        reason=text_of(body, "reason"),
        to=text_of(body, "to"),
        people=people,
        values=object_of(body, "values"),
        files=_ids(body, "files"),
    )
    return _done(known, lambda unit: service.decide(unit, known.access, identity, wanted).id)


def act(identity: str, action: str) -> Response:
    """Recall, remind, comment, copy; `force` of an administrator."""
    known = meet()
    read_parameters(NOTHING)
    body = json_object(ACTED, optional=True)
    comment, people = text_of(body, "comment") or "", _ids(body, "people")
    service = _service(known)
    if action == "force":
        outcome = next((one for one in OUTCOMES if one == body.get("outcome")), None)
        if outcome is None:
            words = say(
                "“outcome” is approved, rejected or cancelled.", "“outcome”应为 approved、rejected 或 cancelled。"
            )
            raise refused("outcome", words)
        return _done(known, lambda unit: service.force(unit, known.access, identity, outcome, comment).id)  # type: ignore[arg-type]
    verb = next((one for one in ACTIONS if one == action), None)
    if verb is None:
        raise NotFound(
            say("There is nothing at this address.", "此地址没有内容。"), hint=did_you_mean(action[:60], ACTIONS)
        )
    return _done(
        known,
        lambda unit: service.act(unit, known.access, identity, verb, comment=comment, people=people).id,  # type: ignore[arg-type]
    )


def _done(known: Asking, work: Callable[[UnitOfWork], str]) -> Response:
    """The request as it is afterwards."""
    service = _service(known)

    def whole(unit: UnitOfWork) -> Outcome:
        request = work(unit)
        return Outcome(document=request_shown(service.seeing.one(unit, known.access, request), known.language))

    return carry_out(known, whole)


def _service(known: Asking) -> Approvals:
    if "approval_request" not in known.model.entities:
        raise NotFound(say("This workspace has no approvals.", "此工作区没有审批。"))
    found: Approvals = known.assembled.processes.approvals
    return found


def _ids(body: dict[str, Any], name: str) -> tuple[str, ...]:
    """Each once, in order. Raises BadRequest."""
    value = body.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MOST_PEOPLE or not all(is_id(item) for item in value):
        raise refused(name, say("“{name}” is a list of ids.", "“{name}”应为 ID 列表。", name=name))
    return tuple(dict.fromkeys(value))
