"""In charge of the page on which an administrator closes a person and says who gets what he has."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.errors import TenonError
from tenon.http import Asking, asking
from tenon.process.leaving import Leavers
from tenon.query import Query, Record
from tenon.web.notices import leave_notice, take_notice
from tenon.web.pages import go, page
from tenon.web.words import Words

MOST_PEOPLE = 500


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/user/<uuid:identity>/-/leave", "leave", ask)
    blueprint.add_url_rule("/user/<uuid:identity>/-/leave", "leave_now", leave, methods=["POST"])


def ask(identity: Any) -> Response:
    """What the person has, and who could get it."""
    known = asking()
    with known.reading() as unit:
        found = _service(known).preview(unit, known.access, str(identity))
        where = f'active and id != "{found.person}"'
        query = Query(entity="user", select=("name",), where=where, sort=("name",), limit=MOST_PEOPLE)
        people: list[Record] = known.reader.list(unit, known.access, query).records
    return page("people/leave.html", found=found, people=people, notice=take_notice())


def leave(identity: Any) -> Response:
    known, person = asking(), str(identity)
    others = {
        name.removeprefix("other:"): value
        for name, value in request.form.items()
        if name.startswith("other:") and value
    }
    word = Words.of(known.model, known.language)
    try:
        with known.writing() as unit:
            _service(known).leave(unit, known.access, person, request.form.get("to", ""), others)
        leave_notice(word("leave.begun"))
    except TenonError as refusal:
        texts = (refusal.message, refusal.hint)
        leave_notice(" ".join(text.in_(known.language) for text in texts if text is not None), kind="danger")
    return go(url_for("web.leave", identity=person))


def _service(known: Asking) -> Leavers:
    found: Leavers = known.assembled.processes.ground.service("leavers")
    return found
