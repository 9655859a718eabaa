"""In charge of the page of all automations, and of one of them: how it is doing, why it did not run, pausing it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Conflict, Forbidden, NotFound
from tenon.http import Asking, asking
from tenon.model import Automation
from tenon.process.automations.overview import Standing
from tenon.query import Query
from tenon.texts import Text, say
from tenon.triggers import TRIGGERS
from tenon.web.notices import leave_notice, take_notice
from tenon.web.pages import go, page
from tenon.web.words import Words

RUN = "automation_run"
MOST_RUNS = 20
LONGEST_REASON = 500


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/automations", "automation_list", listed)
    blueprint.add_url_rule("/automations/<name>", "automation_page", show)
    blueprint.add_url_rule("/automations/<name>/pause", "automation_pause", pause, methods=["POST"])
    blueprint.add_url_rule("/automations/<name>/resume", "automation_resume", resume, methods=["POST"])


def listed() -> Response:
    known = _administrator()
    with known.reading() as unit:
        standings = known.assembled.processes.automations.overview(unit, known.access)
        names = _names(known, unit, standings)
    return page(
        "automations/list.html",
        standings=standings,
        names=names,
        triggers=_triggers(),
        statuses=_statuses(known),
        entities=known.model.entities,
        notice=take_notice(),
    )


def show(name: str) -> Response:
    known = _administrator()
    automation = _named(known, name)
    service = known.assembled.processes.automations
    with known.reading() as unit:
        standings = service.overview(unit, known.access)
        standing = next(each for each in standings if each.automation is automation)
        names = _names(known, unit, [standing])
        why = service.why(unit, known.access, name, None) if automation.entity is None else None
        runs = _runs(known, unit, automation)
    return page(
        "automations/page.html",
        standing=standing,
        names=names,
        why=why,
        runs=runs,
        triggers=_triggers(),
        statuses=_statuses(known),
        entities=known.model.entities,
        notice=take_notice(),
    )


def pause(name: str) -> Response:
    """For everybody, until somebody resumes it; the reason stands on this page and in each run that is not to be."""
    known = _administrator()
    _named(known, name)
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        raise BadRequest(say("Say why.", "请填写原因。"))
    with known.writing() as unit:
        known.assembled.processes.automations.pause(unit, known.access, name, reason)
    leave_notice(Words.of(known.model, known.language)("automations.paused"))
    return go(_back(name))


def resume(name: str) -> Response:
    """Somebody else may have done so meanwhile; it runs in any case."""
    known = _administrator()
    _named(known, name)
    word = Words.of(known.model, known.language)
    try:
        with known.writing() as unit:
            known.assembled.processes.automations.resume(unit, known.access, name)
    except Conflict as refusal:
        leave_notice(refusal.message.in_(known.language), kind="danger")
        return go(_back(name))
    leave_notice(word("automations.resumed"))
    return go(_back(name))


def _back(name: str) -> str:
    where = "web.automation_page" if request.form.get("back") == "page" else "web.automation_list"
    return url_for(where, name=name) if where == "web.automation_page" else url_for(where)


def _administrator() -> Asking:
    known = asking()
    if not known.access.administers:
        raise Forbidden(say("Only administrators may see this.", "只有管理员可以查看。"))
    return known


def _named(known: Asking, name: str) -> Automation:
    found = known.model.automations.get(name)
    if found is None:
        raise NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    return found


def _names(known: Asking, unit: UnitOfWork, standings: list[Standing]) -> dict[str, str]:
    """Of those who paused something."""
    people = [each.paused.by for each in standings if each.paused is not None and each.paused.by is not None]
    titles = known.reader.titles(unit, known.access, "user", people) if people else {}
    return {person: title or "?" for person, title in titles.items()}


def _runs(known: Asking, unit: UnitOfWork, automation: Automation) -> list[dict[str, Any]]:
    """The latest ones, those that were not to be among them: they say why."""
    if RUN not in known.model.entities:
        return []
    query = Query(
        entity=RUN,
        select=("id", "status", "started_at", "reason", "trigger"),
        where=f'automation == "automation:{automation.name}"',
        sort=("-started_at", "-id"),
        limit=MOST_RUNS,
    )
    records = known.reader.list(unit, known.access, query).records
    return [{**record, "started_at": datetime.fromisoformat(record["started_at"])} for record in records]


def _triggers() -> dict[str, Text]:
    return {key: trigger.label for key, trigger in TRIGGERS.items()}


def _statuses(known: Asking) -> dict[str, Text]:
    choices = known.model.choices.get("automation_run_status")
    return {} if choices is None else {option.key: option.label for option in choices.options}
