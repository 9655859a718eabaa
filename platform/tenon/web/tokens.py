"""In charge of the page of one's own API tokens: made with a scope and an end, shown once, revoked at any time."""

from datetime import timedelta

from flask import Blueprint, Response, request, url_for

from tenon.access import CONFIGURATION
from tenon.errors import BadRequest, Forbidden, NotFound
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
    if known.door == "token":
        raise Forbidden(
            say("A token cannot make another one.", "令牌不能创建新的令牌。"),
            hint=say("Sign in, and make it there.", "请登录后再创建。"),
        )
    days = request.form.get("days", "")
    if not name or days not in {str(lifetime) for lifetime in LIFETIMES}:
        raise BadRequest(say("Give the token a name and choose how long it is valid.", "请填写令牌名称并选择有效期。"))
    scopes = tokens.parse_scopes([*_scopes(), *_configuration(known)], known.model)
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
    """From the fields `entity` ("*" or names, several) and `verb` (several); none for the configuration alone."""
    verbs = [verb for verb in request.form.getlist("verb") if verb in OPERATIONS]
    entities = request.form.getlist("entity") or ["*"]
    if not verbs and request.form.getlist(CONFIGURATION):
        return []
    if not verbs:
        raise BadRequest(say("Choose what the token may do.", "请选择令牌可执行的操作。"))
    return [f"{entity}:{','.join(verbs)}" for entity in entities]


def _configuration(known: Asking) -> list[str]:
    """From the field `configuration` (several), which only those meet who may configure."""
    verbs = [verb for verb in tokens.CONFIGURATION_VERBS if verb in request.form.getlist(CONFIGURATION)]
    if not verbs:
        return []
    if not known.access.administers:
        raise Forbidden(say("You may not change the configuration.", "您无权更改配置。"))
    return [f"{CONFIGURATION}:{','.join(verbs)}"]


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
        configuring=tokens.CONFIGURATION_VERBS if known.access.administers else (),
        entities=[known.model.entity(name) for name in known.access.readable_entities()],
    )
