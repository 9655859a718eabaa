"""In charge of describing the addresses of approvals."""

from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api import approvals
from tenon.api.components import COUNT, ID, READING, TEXT, WRITING, answers, list_of, object_of
from tenon.api.operations import Writing, documented, json_body, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.model import Entity
from tenon.process.approvals import VERBS
from tenon.texts import Text, say

_ID: Schema = {"name": "id", "in": "path", "required": True, "schema": ID}
_FLAG: Schema = {"type": "boolean"}
_AT: Schema = {"type": "string", "format": "date-time"}
_PERSON: Schema = object_of(id=ID, title=TEXT)
_WORDS: Schema = {"type": "string", "minLength": 1, "maxLength": 2000}
_IDS: Schema = {"type": "array", "items": ID, "maxItems": approvals.MOST_PEOPLE, "uniqueItems": True}
_KEYED = ("IdempotencyKey",)

_SCHEMAS: dict[str, Schema] = {
    "ApprovalRequest": object_of(
        id=ID,
        approval=TEXT,
        label=TEXT,
        entity=TEXT,
        record=ID,
        status={"enum": ["running", "revising", "approved", "rejected", "recalled", "cancelled"]},
        submitter=nullable(TEXT),
        submitted_at=_AT,
        comment=TEXT,
        steps=list_of(
            object_of(
                name=TEXT,
                label=TEXT,
                round=COUNT,
                mode={"enum": ["any", "all", "in_turn", "quorum"]},
                state={"enum": ["done", "refused", "current", "coming", "skipped"]},
                tasks=list_of(
                    object_of(
                        id=ID,
                        person=_PERSON,
                        status=TEXT,
                        kind=TEXT,
                        instead_of=nullable(TEXT),
                        asked_at=nullable(_AT),
                        due_at=nullable(_AT),
                        answered_at=nullable(_AT),
                    )
                ),
            )
        ),
        events=list_of(
            object_of(at=_AT, kind=TEXT, label=TEXT, person=nullable(TEXT), step=TEXT, to=nullable(TEXT), comment=TEXT)
        ),
        copies=list_of(TEXT),
        mine=list_of(
            object_of(
                task=ID,
                decisions=list_of({"enum": list(VERBS)}),
                back=list_of(TEXT),
                fields=list_of(TEXT),
                comment={"enum": ["optional", "on_reject", "required"]},
                reasons=list_of(TEXT),
            )
        ),
        can=list_of({"enum": list(approvals.ACTIONS)}),
    ),
    "ApprovalsOfRecord": object_of(
        requests=list_of(ref("ApprovalRequest")),
        possible=list_of(object_of(approval=TEXT, label=TEXT, possible=_FLAG, reasons=list_of(TEXT))),
    ),
    "ApprovalForecast": object_of(
        approval=TEXT,
        possible=_FLAG,
        reasons=list_of(TEXT),
        steps=list_of(
            object_of(
                name=TEXT,
                label=TEXT,
                round=COUNT,
                mode=TEXT,
                applies=_FLAG,
                why=TEXT,
                notes=list_of(TEXT),
                people=list_of(object_of(id=ID, title=TEXT, instead_of=nullable(TEXT), asked=_FLAG)),
            )
        ),
    ),
    "ApprovalInbox": object_of(
        tasks=list_of(
            object_of(
                task=nullable(ID),
                request=ID,
                approval=TEXT,
                step=TEXT,
                entity=TEXT,
                record=ID,
                title=nullable(TEXT),
                submitter=nullable(TEXT),
                at=nullable(_AT),
                due_at=nullable(_AT),
                status=TEXT,
                comment=TEXT,
            )
        ),
        next=nullable(TEXT),
    ),
}
_SUBMISSION: Schema = {
    **object_of(
        ("approval",),
        approval={"type": "string", "minLength": 1, "maxLength": 60},
        comment=_WORDS,
        files=_IDS,
    )
}
_DECISION: Schema = {
    **object_of(
        comment=_WORDS,
        reason=_WORDS,
        to={**_WORDS, "description": "Of a return: a step, or start for the submitter."},
        people={**_IDS, "description": "Whom it is handed over to, or who is added."},
        values={"type": "object", "description": "Fields of the record that are open to whoever decides."},
        files=_IDS,
    ),
    "required": [],
}
_ACTION: Schema = {
    **object_of(comment=_WORDS, people=_IDS, outcome={"enum": list(approvals.OUTCOMES)}),
    "required": [],
}


def add_record_approvals(spec: APISpec, access: Access, entity: Entity, language: str) -> None:
    """Of an entity whose records may be submitted."""
    writing = Writing(spec=spec, access=access, entity=entity, language=language)
    if not writing.can("read") or not has_approvals(writing.access, writing.entity):
        return
    reading = writing.operation(
        "approvals_of",
        say("Approvals: {entity}", "审批：{entity}"),
        answers(ref("ApprovalsOfRecord"), READING),
        path=[_ID],
    )
    submitting = writing.operation(
        "submit",
        say("Submit for approval: {entity}", "提交审批：{entity}"),
        answers(ref("ApprovalRequest"), WRITING, status=201),
        headers=("IdempotencyKey",),
        path=[_ID],
        body=_SUBMISSION,
    )
    foreseeing = writing.operation(
        "approval_forecast_of",
        say("Who would be asked: {entity}", "预览审批人：{entity}"),
        answers(ref("ApprovalForecast"), (*READING, 409)),
        approvals.FORECAST.values(),
        path=[_ID],
    )
    writing.add("/{id}/approvals", get=reading, post=submitting)
    writing.add("/{id}/approvals/forecast", get=foreseeing)


def has_approvals(access: Access, entity: Entity) -> bool:
    return "approval_request" in access.model.entities and any(
        flow.entity == entity.name for flow in access.model.approvals.values()
    )


def add_approvals(spec: APISpec, access: Access, language: str) -> None:
    """The inbox and what is done with requests."""
    if "approval_request" not in access.model.entities:
        return
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    request = ref("ApprovalRequest")

    def add(path: str, method: str, name: str, summary: Text, responses: dict[str, Any], **more: Any) -> None:
        described = operation(name, summary, responses, language)
        spec.path(path=f"{BASE}/approvals/{path}", operations={method: {**described, "tags": ["workspace"], **more}})

    decision = {"name": "decision", "in": "path", "required": True}
    decision["schema"] = {"type": "string", "enum": [*VERBS, "reassign"]}
    action = {"name": "action", "in": "path", "required": True}
    action["schema"] = {"type": "string", "enum": list(approvals.ACTIONS)}
    add(
        "tasks",
        "get",
        "approval_inbox",
        say("What waits for you and what you submitted", "审批收件箱"),
        answers(ref("ApprovalInbox"), READING),
        parameters=[documented(parameter, language) for parameter in approvals.INBOX.values()],
    )
    add(
        "tasks/{id}/{decision}",
        "post",
        "decide_approval",
        say("Decide what you are asked", "处理审批任务"),
        answers(request, WRITING),
        parameters=[_ID, decision, *_KEYED],
        requestBody=json_body(_DECISION, required=False),
    )
    add(
        "requests/{id}",
        "get",
        "follow_approval_request",
        say("One request with its course", "查看审批申请及流转"),
        answers(request, READING),
        parameters=[_ID],
    )
    add(
        "requests/{id}/{action}",
        "post",
        "act_on_approval_request",
        say("Recall, remind, comment, copy, or step in", "撤回、催办、评论、抄送或管理员介入"),
        answers(request, WRITING),
        parameters=[_ID, action, *_KEYED],
        requestBody=json_body(_ACTION, required=False),
    )
