"""In charge of the Flask application: what happens before a view, after it, and when it refuses."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import literal, select
from werkzeug.exceptions import HTTPException

from tenon.errors import BadRequest, NotFound, TenonError, TooLarge, Unavailable
from tenon.http.addresses import Addresses
from tenon.http.context import asking
from tenon.http.headers import secure
from tenon.http.identify import identify
from tenon.http.refusals import answer_error
from tenon.texts import say
from tenon.workspace import Workspace
from tenon.workspace.sessions import LIFETIME

LOG = logging.getLogger("tenon.http")
KINDS_OF_VARIABLES = frozenset({"entity", "identity", "relationship"})
"""Those of the API: patterns without a slash, so that the number of steps in an address is fixed."""
SIGNED_THEMSELVES = frozenset({"web.unsubscribe", "web.hook", "web.form_send", "api.POST /api/v1/forms/<name>"})
"""What other programs or visitors call: the address, or the call itself, carries a signature of its own."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Part = Callable[[Workspace], Blueprint]


class _CookieSessions(SecureCookieSessionInterface):
    """The cookie is marked secure whenever the request came over TLS, or always when the setting says so."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """A token is proof by itself: whoever sends one has no session, and no signature is computed."""
        if "Authorization" in request.headers:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """A session nobody looked into, as with a token, has nothing to say; asking for its cookie costs 5 µs."""
        if session.accessed or session.modified or session:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or bool(app.config["SESSION_COOKIE_SECURE"])


class _Application(Flask):
    known: Addresses | None = None
    """The addresses that are called most; None: Flask looks for every one itself."""

    def create_url_adapter(self, request: Request | None) -> Any:
        """Without a limit to some hosts, an address decides alone which view is meant."""
        known, ordinary = self.known, super().create_url_adapter
        if request is None or known is None:
            return ordinary(request)
        return known.find(request.environ, lambda: ordinary(request)) or ordinary(request)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Every view and hook is an ordinary function; Flask need not look again at each call."""
        return func


def create_app(workspace: Workspace, parts: Sequence[Part]) -> Flask:
    app = _Application("tenon", static_folder=None)
    _configure(app, workspace)
    csrf = CSRFProtect(app)
    app.before_request(lambda: _before(workspace, csrf))
    app.after_request(secure)
    for part in parts:
        app.register_blueprint(part(workspace))
    app.known = Addresses(app.url_map, KINDS_OF_VARIABLES)
    _handle_errors(app)
    app.add_url_rule("/health", "health", lambda: _health(workspace))
    return app


def _configure(app: Flask, workspace: Workspace) -> None:
    app.session_interface = _CookieSessions()
    app.config.update(
        SECRET_KEY=workspace.secret,
        SESSION_COOKIE_NAME="tenon",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=workspace.settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=LIFETIME.total_seconds()),
        MAX_CONTENT_LENGTH=workspace.settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        JSON_AS_ASCII=False,
    )


def _before(workspace: Workspace, csrf: CSRFProtect) -> None:
    """Static files and health need nobody; a token is proof by itself, everything else needs the form's token.

    Who calls the API without either gets there, and is told to sign in.
    """
    if request.endpoint in ("health", "web.static"):
        return
    identify(workspace)
    if request.method in SAFE_METHODS or request.endpoint is None or request.endpoint in SIGNED_THEMSELVES:
        return
    door = asking().door
    if door == "session" or (door == "none" and not request.path.startswith("/api/")):
        csrf.protect()


def _handle_errors(app: Flask) -> None:
    app.register_error_handler(TenonError, answer_error)
    app.register_error_handler(CSRFError, lambda error: answer_error(_forged()))
    app.register_error_handler(HTTPException, lambda error: answer_error(_translated(error)))
    app.register_error_handler(Exception, _unexpected)


def _forged() -> TenonError:
    return BadRequest(
        say("This page has been open for too long.", "页面打开时间过长。"),
        hint=say("Reload the page and try again.", "请刷新页面后重试。"),
    )


def _translated(error: HTTPException) -> TenonError | HTTPException:
    """Werkzeug's own refusals in our words; redirects and the like pass unchanged."""
    if error.code == 404:
        return NotFound(say("There is nothing at this address.", "此地址没有内容。"))
    if error.code == 413:
        return TooLarge(say("The request is too large.", "请求内容过大。"))
    if error.code is not None and 400 <= error.code < 500 and error.code != 405:
        return BadRequest(say("The request cannot be read.", "无法读取请求。"))
    return error


def _unexpected(error: Exception) -> Response:
    """A fault of ours: the log has everything, the caller gets a number to name."""
    response = answer_error(error)
    LOG.exception("unexpected error, trace %s", response.headers.get("X-Trace", ""))
    return response


def _health(workspace: Workspace) -> tuple[dict[str, object], int]:
    """Whether the database answers; for load balancers, so it says nothing more."""
    try:
        with workspace.database.reading() as connection:
            connection.execute(select(literal(1)))
    except Unavailable:
        return {"status": "unavailable"}, 503
    return {"status": "ok", "version": workspace.current.version}, 200
