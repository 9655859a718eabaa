"""In charge of the page of one's own API tokens: made with a scope and an end, shown once, revoked at any time."""

from datetime import timedelta

from flask import Blueprint, Response, request, url_for

from tenon.errors import BadRequest, NotFound
from tenon.http import Asking, asking
from tenon.model import OPERATIONS
from tenon.texts import say
from tenon.web.pages import go, page
from tenon.workspace import tokens

LIFETIMES = (30, 90, 365)
"""In days."""


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/settings/tokens", "tokens", listed, methods=["GET"])
    blueprint.add_url_rule("/-/settings/tokens", "token_create", create, methods=["POST"])
    blueprint.add_url_rule("/-/settings/tokens/<token_id>/revoke", "token_revoke", revoke, methods=["POST"])


def listed() -> Response:
    return _page(asking())


def create() -> Response:
    """The answer holds the secret: it is not redirected, and no cache keeps it."""
    known, name = asking(), request.form.get("name", "").strip()[:80]
    days = request.form.get("days", "")
    if not name or days not in {str(lifetime) for lifetime in LIFETIMES}:
        raise BadRequest(say("Give the token a name and choose how long it is valid.", "请填写令牌名称并选择有效期。"))
    scopes = tokens.parse_scopes(_scopes(), known.model)
    now = known.workspace.now()
    with known.workspace.database.writing() as connection:
        _, secret = tokens.create_token(
            connection, str(known.actor.id), name, scopes, now, now + timedelta(days=int(days))
        )
    return _page(known, secret=secret)


def revoke(token_id: str) -> Response:
    known = asking()
    with known.workspace.database.writing() as connection:
        mine = {token.id for token in tokens.list_tokens(connection, str(known.actor.id))}
        if token_id not in mine:
            raise NotFound(say("There is no such token.", "没有这个令牌。"))
        tokens.revoke_token(connection, token_id, known.workspace.now())
    return go(url_for("web.tokens"))


def _scopes() -> list[str]:
    """From the fields `entity` ("*" or names, several) and `verb` (several)."""
    verbs = [verb for verb in request.form.getlist("verb") if verb in OPERATIONS]
    entities = request.form.getlist("entity") or ["*"]
    if not verbs:
        raise BadRequest(say("Choose what the token may do.", "请选择令牌可执行的操作。"))
    return [f"{entity}:{','.join(verbs)}" for entity in entities]


def _page(known: Asking, secret: str | None = None) -> Response:
    with known.workspace.database.reading() as connection:
        own = tokens.list_tokens(connection, str(known.actor.id))
    return page(
        "personal/tokens.html",
        tokens=own,
        secret=secret,
        now=known.workspace.now(),
        lifetimes=LIFETIMES,
        operations=OPERATIONS,
        entities=[known.model.entity(name) for name in known.access.readable_entities()],
    )
