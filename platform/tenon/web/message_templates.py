"""In charge of the pages on which administrators look at templates before anybody gets them."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from tenon.errors import BadRequest, Forbidden
from tenon.exchange.documents import FORMATS
from tenon.exchange.previewing import Previews
from tenon.http import Asking, asking
from tenon.ids import is_id
from tenon.model.outreach import Template
from tenon.query import Query
from tenon.texts import say
from tenon.web.documents import sent
from tenon.web.notices import leave_notice, take_notice
from tenon.web.pages import go, page
from tenon.web.words import Words

MOST_RECORDS = 30
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/templates", "templates", listed)
    blueprint.add_url_rule("/-/templates/<name>", "template", show)
    blueprint.add_url_rule("/-/templates/<name>/page", "template_page", whole_page)
    blueprint.add_url_rule("/-/templates/<name>/file", "template_file", file)
    blueprint.add_url_rule("/-/templates/<name>/send", "template_send", send, methods=["POST"])


def listed() -> Response:
    known = asking()
    _allowed(known)
    templates = sorted(known.model.templates.values(), key=lambda each: (each.channel, each.label.in_(known.language)))
    return page("templates/all.html", templates=templates, entities=known.model.entities)


def show(name: str) -> Response:
    known = asking()
    _allowed(known)
    record, language, dark = _wanted()
    with known.reading() as unit:
        found = service_of(known).look(unit, known.access, name, record, language, dark=dark)
        records = _records(known, unit, found.template, record)
    return page(
        "templates/page.html",
        found=found,
        one=found.template,
        entity=None if found.template.entity is None else known.model.entities[found.template.entity],
        records=records,
        record=record or "",
        dark=dark,
        formats=FORMATS,
        wanted={"record": record or "", "language": found.language, "dark": "1" if dark else ""},
        notice=take_notice(),
    )


def whole_page(name: str) -> Response:
    """What stands in the frame: it runs nothing, fetches nothing, and nobody else may frame it."""
    known = asking()
    _allowed(known)
    record, language, dark = _wanted()
    with known.reading() as unit:
        found = service_of(known).look(unit, known.access, name, record, language, dark=dark)
    response = Response(found.page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file(name: str) -> Response:
    known = asking()
    _allowed(known)
    record, language, _dark = _wanted()
    output = next((each for each in FORMATS if each == request.args.get("format")), FORMATS[0])
    with known.reading() as unit:
        made = service_of(known).file(unit, known.access, name, record, language, output)
    return sent(made)


def send(name: str) -> Response:
    """To whoever asks, and to nobody else."""
    known = asking()
    _allowed(known)
    record, language = request.form.get("record") or None, request.form.get("language") or None
    word = Words.of(known.model, known.language)
    try:
        with known.writing() as unit:
            service_of(known).send_to_me(unit, known.access, name, record, language)
        leave_notice(word("templates.sent"))
    except BadRequest as refusal:
        leave_notice(refusal.message.in_(known.language), kind="danger")
    return go(url_for("web.template", name=name, record=record or "", language=language or ""))


def service_of(known: Asking) -> Previews:
    service: Previews = known.assembled.processes.ground.service("previews")
    return service


def _allowed(known: Asking) -> None:
    if not known.access.administers:
        raise Forbidden(say("Only administrators may look at templates.", "只有管理员可以查看模板。"))


def _wanted() -> tuple[str | None, str | None, bool]:
    record = request.args.get("record", "").lower()
    return record if is_id(record) else None, request.args.get("language") or None, bool(request.args.get("dark"))


def _records(known: Asking, unit: Any, template: Template, chosen: str | None) -> list[tuple[str, str]]:
    """The newest, and the one that is looked at: id and title."""
    if template.entity is None or not known.access.can(template.entity, "read"):
        return []
    entity = known.model.entities[template.entity]
    query = Query(entity=entity.name, select=("id",), sort=("-id",), limit=MOST_RECORDS)
    found = [record["id"] for record in known.reader.list(unit, known.access, query).records]
    wanted = list(dict.fromkeys([*([chosen] if chosen else []), *found]))
    titles = known.reader.titles(unit, known.access, entity.name, wanted)
    return [(identity, titles[identity] or identity) for identity in wanted if identity in titles]
