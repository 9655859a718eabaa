"""In charge of the addresses of people who leave: what they have, and handing it over."""

from typing import Any

from apispec import APISpec
from flask import Response

from tenon.access import Access
from tenon.api.bodies import json_object, object_of
from tenon.api.components import COUNT, ID, READING, TEXT, WRITING, answers, list_of
from tenon.api.components import object_of as schema_of
from tenon.api.meeting import meet
from tenon.api.operations import json_body, operation
from tenon.api.outcomes import Outcome, answer
from tenon.api.parameters import NOTHING, read_parameters, refused
from tenon.api.repeats import carry_out
from tenon.api.schemas import Schema, ref
from tenon.api.writes import BASE
from tenon.database import UnitOfWork
from tenon.http import Asking
from tenon.ids import is_id
from tenon.process.leaving import Leavers
from tenon.texts import say

LEFT = ("to", "others")


def read_leaver(identity: str) -> Response:
    known = meet()
    read_parameters(NOTHING)
    with known.reading() as unit:
        document = _shown(known, unit, identity)
    return answer(document)


def leave(identity: str) -> Response:
    """Closes the person at once; records follow in the background."""
    known = meet()
    read_parameters(NOTHING)
    body = json_object(LEFT)
    to, others = body.get("to"), object_of(body, "others")
    if not is_id(to):
        raise refused("to", say("“to” is the id of the successor.", "“to”应为接任者的 ID。"))
    if not all(each == "-" or is_id(each) for each in others.values()):
        raise refused("others", say("“others” maps holdings to ids.", "“others”应为事项与 ID 的对应。"))

    def work(unit: UnitOfWork) -> Outcome:
        _service(known).leave(unit, known.access, identity, str(to).lower(), others)
        return Outcome(document=_shown(known, unit, identity))

    return carry_out(known, work)


def add_leavers(spec: APISpec, access: Access, language: str) -> None:
    """For administrators."""
    if not access.administers:
        return
    flag: Schema = {"type": "boolean"}
    holding = schema_of(key=TEXT, entity=TEXT, field=TEXT, label=TEXT, usual=flag, count=COUNT)
    shown = schema_of(person=ID, name=TEXT, active=flag, open=COUNT, tasks=COUNT, holdings=list_of(holding))
    spec.components.schema("Leaver", shown)
    path: Schema = {"name": "id", "in": "path", "required": True, "schema": ID}
    others: Schema = {
        "type": "object",
        "description": "Holding → another successor; - leaves it as it is.",
        "additionalProperties": TEXT,
    }
    body: Schema = {**schema_of(to=ID, others=others), "required": ["to"]}
    reading = operation(
        "read_leaver", say("What somebody has", "某人持有的事项"), answers(ref("Leaver"), READING), language
    )
    leaving = operation(
        "leave",
        say("Close a person and hand everything over", "停用人员并移交"),
        answers(ref("Leaver"), WRITING),
        language,
    )
    spec.path(
        path=f"{BASE}/leavers/{{id}}",
        operations={
            "get": {**reading, "tags": ["workspace"], "parameters": [path]},
            "post": {
                **leaving,
                "tags": ["workspace"],
                "parameters": [path, "IdempotencyKey"],
                "requestBody": json_body(body),
            },
        },
    )


def _shown(known: Asking, unit: UnitOfWork, identity: str) -> dict[str, Any]:
    found = _service(known).preview(unit, known.access, identity)
    return {
        "person": found.person,
        "name": found.name,
        "active": found.active,
        "open": found.open,
        "tasks": found.tasks,
        "holdings": [
            {
                "key": holding.key,
                "entity": holding.entity.name,
                "field": holding.field.name,
                "label": f"{holding.entity.plural.in_(known.language)}: {holding.field.label.in_(known.language)}",
                "usual": holding.usual,
                "count": count,
            }
            for holding, count in found.counts
        ],
    }


def _service(known: Asking) -> Leavers:
    found: Leavers = known.assembled.processes.ground.service("leavers")
    return found
