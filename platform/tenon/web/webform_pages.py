"""In charge of what administrators see of web forms: which there are, their addresses, what other sites paste."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from tenon.errors import Forbidden, NotFound
from tenon.exchange.webforms import WebForms
from tenon.exchange.webforms.ledger import ENTITY, REFUSED, WAITING
from tenon.exchange.webforms.standing import address_of
from tenon.http import Asking, asking
from tenon.model.outreach import WebForm
from tenon.texts import say
from tenon.web.notices import leave_notice
from tenon.web.pages import go, page
from tenon.web.words import Words


@dataclass(frozen=True, kw_only=True)
class Offered:
    form: WebForm
    standing: str
    path: str
    address: str
    snippet: str


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/webforms", "webforms", show_all)
    blueprint.add_url_rule("/-/webforms/<name>", "webform", show)
    blueprint.add_url_rule("/form_submission/<uuid:identity>/-/accept", "form_accept", accept, methods=["POST"])


def show_all() -> Response:
    known = _meet()
    return page("webforms/all.html", forms=[_offered(known, form) for form in known.model.webforms.values()])


def show(name: str) -> Response:
    """With a preview, which is the form itself: what is sent there is sent."""
    known = _meet()
    form = known.model.webforms.get(name)
    if form is None:
        raise NotFound(say("There is no such web form.", "没有这个网页表单。"))
    public = bool(known.workspace.settings.public_url)
    return page("webforms/one.html", offered=_offered(known, form), public=public)


def accept(identity: Any) -> Response:
    """A submission that was refused, or taken for spam, is made a record of after all, if the rules let it now."""
    known, submission = _meet(), str(identity)
    forms: WebForms = known.assembled.processes.ground.service("webforms")
    with known.writing() as unit:
        waiting = {"status": WAITING}
        known.writer.change(unit, known.access, ENTITY, submission, waiting, version=None)
        settled = forms.settle(unit, submission)
        found = known.reader.one(unit, known.access, ENTITY, submission, select=["reason"])
    word = Words.of(known.model, known.language)
    if settled.status == REFUSED:
        leave_notice(word("webform.refused", reason=found["reason"] or ""), kind="danger")
    else:
        leave_notice(word("webform.accepted"))
    return go(f"/{ENTITY}/{submission}")


def _meet() -> Asking:
    known = asking()
    if not known.access.administers:
        raise Forbidden(say("Only administrators may do this.", "只有管理员可以执行此操作。"))
    return known


def _offered(known: Asking, form: WebForm) -> Offered:
    forms: WebForms = known.assembled.processes.ground.service("webforms")
    path = f"/f/{address_of(form)}"
    base = (known.workspace.settings.public_url or request.host_url + request.script_root.strip("/")).rstrip("/")
    return Offered(
        form=form,
        standing=forms.standing(form, known.workspace.now()),
        path=path,
        address=base + path,
        snippet=_snippet(base, path, form.label.in_(known.language)),
    )


def _snippet(base: str, path: str, title: str) -> str:
    """What is pasted into a page: a frame, and the script that gives it its height."""
    plain = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return (
        f'<iframe data-tenon-form src="{base}{path}?embed=1" title="{plain}" width="100%" height="640" '
        f'loading="lazy" style="border:0"></iframe>\n<script async src="{base}/f/embed.js"></script>'
    )
