"""In charge of finding out who asks: the page's session or a Bearer token, with one statement."""

from dataclasses import replace

from flask import Request, g, request, session

from tenon.database import Connection
from tenon.errors import Unauthenticated
from tenon.http.context import Asking, Door
from tenon.ids import new_id
from tenon.texts import CHINESE, ENGLISH, LANGUAGES, say
from tenon.workspace import SignedIn, Workspace, sessions, tokens

SESSION_KEY = "sid"
LANGUAGE_KEY = "language"


def identify(workspace: Workspace) -> None:
    """Fills `flask.g.asking`. Raises Unauthenticated for a token that is not valid; a dead session is anonymous."""
    door, signed_in = _signed_in(workspace)
    assembled = workspace.refresh(signed_in.version) if signed_in is not None else workspace.current
    g.asking = Asking(
        workspace=workspace,
        assembled=assembled,
        trace=new_id()[-12:],
        language=signed_in.actor.language if signed_in is not None else anonymous_language(request),
        door=door,
        person=signed_in.actor if signed_in is not None else None,
        session_id=signed_in.session_id if signed_in is not None else None,
        must_change_password=signed_in.must_change if signed_in is not None else False,
    )


def anonymous_language(incoming: Request) -> str:
    """What was chosen on the sign-in page, else what the browser prefers."""
    chosen = session.get(LANGUAGE_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    best = incoming.accept_languages.best_match([CHINESE, "zh", ENGLISH])
    return CHINESE if best in (CHINESE, "zh") else ENGLISH


def _signed_in(workspace: Workspace) -> tuple[Door, SignedIn | None]:
    bearer = _bearer_secret(request)
    now = workspace.now()
    if bearer is not None:
        with workspace.database.reading() as connection:
            found = workspace.identities.by_token(connection, bearer, now)
        if found is None:
            raise Unauthenticated(
                say("The token is unknown, expired or revoked.", "令牌不存在、已过期或已被吊销。"),
                hint=say("Create a new one with “tenon token create”.", "请用“tenon token create”创建新的令牌。"),
            )
        _keep_alive(workspace, "token", found)
        return "token", found
    secret = session.get(SESSION_KEY)
    if not isinstance(secret, str):
        return "none", None
    with workspace.database.reading() as connection:
        found = workspace.identities.by_session(connection, secret, now)
    if found is None:
        session.pop(SESSION_KEY, None)
        return "none", None
    _keep_alive(workspace, "session", found)
    return "session", _in_chosen_language(found)


def _in_chosen_language(found: SignedIn) -> SignedIn:
    """What was chosen in this browser goes before what the person's record says."""
    chosen = session.get(LANGUAGE_KEY)
    if chosen not in LANGUAGES or chosen == found.actor.language:
        return found
    return replace(found, actor=replace(found.actor, language=chosen))


def _bearer_secret(incoming: Request) -> str | None:
    kind, _, secret = incoming.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else None


def _keep_alive(workspace: Workspace, door: Door, found: SignedIn) -> None:
    """Note the use at most once in a while, so that reading pages does not write."""
    if not found.stale or found.session_id is None:
        return
    with workspace.database.writing() as connection:
        _touch(connection, door, found.session_id, workspace)


def _touch(connection: Connection, door: Door, key: str, workspace: Workspace) -> None:
    touch = tokens.touch if door == "token" else sessions.touch
    touch(connection, key, workspace.now())
