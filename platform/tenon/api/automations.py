"""In charge of the address by which a caller starts an automation on a record, as the button of a page does."""

from typing import Any

from flask import Response

from tenon.api.bodies import json_object, object_of, text_of
from tenon.api.meeting import meet_entity
from tenon.api.outcomes import Outcome
from tenon.api.parameters import NOTHING, read_parameters
from tenon.api.repeats import carry_out
from tenon.database import UnitOfWork
from tenon.http import Asking

STARTED = ("automation", "inputs")


def start(entity: str, identity: str) -> Response:
    """It is begun after this answer; `run` is the id of its record, once it has begun."""
    known, name = meet_entity(entity)
    read_parameters(NOTHING)
    body = json_object(STARTED)
    automation, inputs = text_of(body, "automation", required=True) or "", object_of(body, "inputs")
    service = known.assembled.processes.automations

    def work(unit: UnitOfWork) -> Outcome:
        run = service.start_by_hand(unit, known.access, automation, name, identity, inputs)
        return Outcome(status=202, document={"run": run})

    return carry_out(known, work)


def buttons(known: Asking, unit: UnitOfWork, entity: str, identity: str) -> list[dict[str, Any]]:
    """What the caller may start on the record now."""
    found = known.assembled.processes.automations.buttons(unit, known.access, entity, identity)
    return [
        {
            "automation": button.automation,
            "label": button.label.in_(known.language),
            "asks": [{"name": name, "kind": kind} for name, kind in button.ask.items()],
        }
        for button in found
    ]
