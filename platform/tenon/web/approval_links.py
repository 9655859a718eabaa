"""In charge of deciding from a mail: a signed link opens a page, and only the button on it decides.

Whoever holds the link acts as the person it was made for, for this one task and nothing else.
"""

from flask import Blueprint, Response, request

from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound, TenonError
from tenon.http import Asking, asking
from tenon.process.approvals import Decision
from tenon.texts import say
from tenon.web.approval_count import service_of
from tenon.web.approval_views import request_view
from tenon.web.pages import page

ENDPOINTS = frozenset(("web.inbox_link", "web.inbox_link_decide"))
"""Met without signing in."""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/inbox/link/<token>", "inbox_link", ask)
    blueprint.add_url_rule("/inbox/link/<token>", "inbox_link_decide", decide, methods=["POST"])


def ask(token: str) -> Response:
    return _page(asking(), token)


def decide(token: str) -> Response:
    known = asking()
    task, verb, actor = _meant(known, token)
    decision = Decision(
        verb=verb,  # type: ignore[arg-type]
        comment=request.form.get("comment", ""),
        reason=request.form.get("reason") or None,
    )
    try:
        with known.workspace.unit(actor) as unit:
            service_of(known).decide(unit, Access.of(known.model, actor), task, decision)
    except (InvalidInput, Conflict, Forbidden) as refusal:
        return _page(known, token, refusal)
    return page("approvals/linked.html", verb=verb, token=token, view=None, refusal=None)


def _page(known: Asking, token: str, refusal: TenonError | None = None) -> Response:
    task, verb, actor = _meant(known, token)
    acting = Asking(
        workspace=known.workspace,
        assembled=known.assembled,
        trace=known.trace,
        language=known.language,
        person=actor,
    )
    with known.workspace.reading(actor) as unit:
        shown = service_of(known).seeing.of_task(unit, acting.access, task)
        view = request_view(acting, unit, shown)
    status = 200 if refusal is None else 422 if isinstance(refusal, InvalidInput) else 409
    mine = next((one for one in view["mine"] if one["choice"].task == task), None)
    return page("approvals/linked.html", status, verb=verb, token=token, view=view, mine=mine, refusal=refusal)


def _meant(known: Asking, token: str) -> tuple[str, str, Actor]:
    """Raises NotFound for a link that is not good, or not any more."""
    workspace = known.workspace
    with workspace.reading(Actor.system("a link of a mail")) as unit:
        found = service_of(known).linked(unit, workspace.secret, token)
        person = None if found is None else known.assembled.identities.by_id(unit.connection, found[2], unit.now)
    if found is None or person is None:
        raise NotFound(
            say("This link is not good any more.", "此链接已失效。"),
            hint=say(
                "Perhaps it was decided already. Sign in and look into your inbox.",
                "可能已经处理过。请登录后查看审批收件箱。",
            ),
        )
    return found[0], found[1], person.actor
