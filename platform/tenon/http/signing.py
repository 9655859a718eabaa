"""In charge of signing in and out of the pages."""

from flask import session

from tenon.actors import Actor
from tenon.errors import TenonError, Unauthenticated
from tenon.http.identify import LANGUAGE_KEY, SESSION_KEY
from tenon.texts import say
from tenon.workspace import Workspace, passwords, sessions


def sign_in(workspace: Workspace, email: str, password: str) -> Actor:
    """Open a session in this browser. Raises Unauthenticated or TooManyRequests; failures are counted all the same."""
    workspace.reload()
    now = workspace.now()
    refusal: TenonError | None = None
    with workspace.database.writing() as connection:
        found = workspace.identities.by_email(connection, email[:320], now)
        user_id = found.actor.id if found is not None else None
        try:
            passwords.verify(connection, user_id, password, now)
        except TenonError as error:
            refusal = error  # raised after the commit, or the failure would not be counted
        else:
            opened = sessions.open_session(connection, str(user_id), now)
    if refusal is not None:
        raise refusal
    if found is None:
        raise Unauthenticated(say("The e-mail or the password is wrong.", "邮箱或密码不正确。"))
    language = session.get(LANGUAGE_KEY)
    session.clear()  # a new session gets a new anti-forgery secret
    session.permanent = True
    session[SESSION_KEY] = opened.secret
    if language is not None:
        session[LANGUAGE_KEY] = language
    return found.actor


def sign_out(workspace: Workspace, session_id: str | None) -> None:
    if session_id is not None:
        with workspace.database.writing() as connection:
            sessions.end_session(connection, session_id)
    session.clear()
