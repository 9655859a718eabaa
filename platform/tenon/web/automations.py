"""In charge of automations on the page of a record: buttons people press, why one did not run, what would happen."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from tenon.actions import ACTIONS
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound
from tenon.http import Asking, asking
from tenon.model import Automation, Entity
from tenon.process.automations.by_hand import Button
from tenon.texts import Text, say
from tenon.triggers import TRIGGERS
from tenon.web.entities import entity_of
from tenon.web.notices import leave_notice, take_notice
from tenon.web.pages import fragment, go, page
from tenon.web.titles import title_of
from tenon.web.words import Words

RUN = "automation_run"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One step of a run, as people read it."""

    place: str
    action: str
    status: str
    at: datetime | None = None
    values: Sequence[tuple[str, str]] = ()
    outcome: str = ""
    error: str = ""


def routes(blueprint: Blueprint) -> None:
    at = "/<entity>/<uuid:identity>/-/automations"
    blueprint.add_url_rule(at, "automations", show)
    blueprint.add_url_rule(f"{at}/<name>/foreseen", "automation_foreseen", foreseen, methods=["POST"])
    blueprint.add_url_rule(f"{at}/<name>/rest", "automation_rest", rest, methods=["POST"])
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/start/<name>", "automation_ask", ask)
    blueprint.add_url_rule("/<entity>/<uuid:identity>/-/start/<name>", "automation_start", start, methods=["POST"])
    blueprint.add_url_rule("/automation_run/<uuid:identity>/-/retry", "automation_retry", retry, methods=["POST"])


def buttons_of(known: Asking, unit: UnitOfWork, entity: str, identity: str) -> list[Button]:
    """What he may start on this record; no statement when the entity has no such automation."""
    found: list[Button] = known.assembled.processes.automations.buttons(unit, known.access, entity, identity)
    return found


def has_automations(known: Asking, entity: str) -> bool:
    """Whether there is something to explain to him."""
    return known.access.administers and bool(_about(known, entity))


def show(entity: str, identity: Any) -> Response:
    """Which automations there are for this record, whether each would run now, and why not."""
    known, record_id = asking(), str(identity)
    found = _allowed(known, entity)
    service = known.assembled.processes.automations
    with known.reading() as unit:
        names = [name for name in (found.title,) if name in known.access.readable_fields(entity)]
        record = known.reader.one(unit, known.access, entity, record_id, select=["id", *names], form="values")
        told = [service.why(unit, known.access, automation.name, record_id) for automation in _about(known, entity)]
        resting = set(service.paused(unit))
    return page(
        "records/automations.html",
        entity=found,
        id=record_id,
        title=title_of(found, record, known),
        told=told,
        resting=resting,
        notice=take_notice(),
        triggers={key: trigger.label for key, trigger in TRIGGERS.items()},
        statuses=_statuses(known),
    )


def foreseen(entity: str, identity: Any, name: str) -> Response:
    """The steps as they would be done now; nothing is kept."""
    known, record_id = asking(), str(identity)
    _allowed(known, entity)
    with known.reading() as unit:
        known.reader.one(unit, known.access, entity, record_id, select=["id"])
    with known.writing() as unit:
        result = known.assembled.processes.automations.dry_run(unit, known.access, name, record_id)
    steps = [
        Line(
            place=step.place,
            action=_action(known, step.action),
            status=step.status,
            values=_values(step.inputs),
            outcome=_plain(step.outcome),
            error=step.error.in_(known.language) if step.error is not None else "",
        )
        for step in result.steps
    ]
    return fragment("records/foreseen.html", result=result, lines=steps)


def rest(entity: str, identity: Any, name: str) -> Response:
    """Paused for everybody, until somebody resumes it; the other way round when it rests already."""
    known = asking()
    _allowed(known, entity)
    service, word = known.assembled.processes.automations, Words.of(known.model, known.language)
    with known.writing() as unit:
        if name in service.paused(unit):
            service.resume(unit, known.access, name)
            leave_notice(word("automations.resumed"))
        else:
            service.pause(unit, known.access, name, known.actor.name)
            leave_notice(word("automations.paused"))
    return go(f"/{entity}/{identity}/-/automations")


def ask(entity: str, identity: Any, name: str) -> Response:
    known = asking()
    button = _button(known, entity, str(identity), name)
    return fragment("records/start.html", entity=entity_of(known, entity), id=str(identity), button=button, problem="")


def start(entity: str, identity: Any, name: str) -> Response:
    known, record_id = asking(), str(identity)
    button = _button(known, entity, record_id, name)
    try:
        with known.writing() as unit:
            automations = known.assembled.processes.automations
            automations.start_by_hand(unit, known.access, name, entity, record_id, _inputs(known, button))
    except (InvalidInput, Conflict) as refusal:
        leave_notice(refusal.message.in_(known.language), kind="danger")
        return go(f"/{entity}/{record_id}")
    word = Words.of(known.model, known.language)
    leave_notice(word("automations.started", name=button.label.in_(known.language)))
    return go(f"/{entity}/{record_id}")


def retry(identity: Any) -> Response:
    """A failed run goes on with the step that failed."""
    known = asking()
    with known.writing() as unit:
        known.assembled.processes.automations.retry(unit, known.access, str(identity))
    leave_notice(Words.of(known.model, known.language)("automations.tried_again"))
    return go(f"/{RUN}/{identity}")


def lines_of(known: Asking, entity: str, record: Mapping[str, Any]) -> list[Line]:
    """The log of a run; nothing for records of other entities."""
    if entity != RUN:
        return []
    return [
        Line(
            place=str(line.get("step", "")),
            action=_action(known, str(line.get("action", ""))),
            status=str(line.get("status", "")),
            at=datetime.fromisoformat(line["at"]) if "at" in line else None,
            values=_values(line.get("inputs") or {}),
            outcome=_plain(line.get("outcome")),
            error=Text(line["error"]).in_(known.language) if line.get("error") else "",
        )
        for line in _written(record.get("steps"))
    ]


def _action(known: Asking, key: str) -> str:
    """What people call the action."""
    found = ACTIONS.get(key)
    return key if found is None else found.label.in_(known.language)


def _written(steps: Any) -> list[dict[str, Any]]:
    """A field of JSON gives text."""
    found: list[dict[str, Any]] = json.loads(steps) if isinstance(steps, str) else steps or []
    return found


def _allowed(known: Asking, entity: str) -> Entity:
    if not known.access.administers:
        raise Forbidden(say("Only administrators may see this.", "只有管理员可以查看。"))
    return entity_of(known, entity)


def _about(known: Asking, entity: str) -> list[Automation]:
    return [each for each in known.model.automations.values() if each.entity == entity]


def _button(known: Asking, entity: str, identity: str, name: str) -> Button:
    """Raises NotFound for one he may not press on this record now."""
    entity_of(known, entity)
    with known.reading() as unit:
        found = {button.automation: button for button in buttons_of(known, unit, entity, identity)}
    if name not in found:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    return found[name]


def _inputs(known: Asking, button: Button) -> dict[str, Any]:
    """What was typed; times are those of the person, a box that is not ticked says no."""
    found: dict[str, Any] = {}
    for name, kind in button.ask.items():
        typed = request.form.get(f"ask_{name}", "").strip()
        if kind == "boolean":
            found[name] = typed == "true"
        elif kind == "datetime" and typed:
            found[name] = _moment(typed, known.actor.timezone)
        else:
            found[name] = typed
    return found


def _moment(typed: str, timezone: str) -> str:
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    return moment.replace(tzinfo=ZoneInfo(timezone)).isoformat() if moment.tzinfo is None else typed


def _statuses(known: Asking) -> dict[str, Text]:
    choices = known.model.choices.get("automation_run_status")
    return {} if choices is None else {option.key: option.label for option in choices.options}


def _values(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _plain(value)) for name, value in inputs.items() if value is not None]


def _plain(value: Any) -> str:
    """Packed values without their marks; records by their ids."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, Mapping) and len(value) == 1 and next(iter(value)).startswith("$"):
        inner = next(iter(value.values()))
        return " ".join(map(str, inner)) if isinstance(inner, list) else str(inner)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value)
