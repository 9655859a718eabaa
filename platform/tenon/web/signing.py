"""In charge of the pages of signing in, signing out, and the new password asked for at the first sign-in."""

from flask import Blueprint, Response, request, url_for

from tenon.errors import InvalidInput, TenonError, TooManyRequests, Unauthenticated
from tenon.http import asking, sign_in, sign_out
from tenon.web.pages import go, local, page
from tenon.web.secrets import change_password


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/sign-in", "sign_in", signing_in, methods=["GET", "POST"])
    blueprint.add_url_rule("/sign-out", "sign_out", signing_out, methods=["POST"])
    blueprint.add_url_rule("/-/new-password", "new_password", new_password, methods=["GET", "POST"])


def signing_in() -> Response:
    known = asking()
    following = local(request.values.get("next"))
    if known.person is not None:
        return go(following)
    if request.method == "GET":
        return _form(following)
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        sign_in(known.workspace, email, password)
    except (Unauthenticated, TooManyRequests) as refusal:
        return _form(following, email, refusal)
    return go(following)


def signing_out() -> Response:
    known = asking()
    sign_out(known.workspace, known.session_id)
    return go(url_for("web.sign_in"))


def new_password() -> Response:
    """Asked of people whose password somebody else has chosen."""
    known = asking()
    if not known.must_change_password:
        return go("/")
    if request.method == "GET":
        return page("new_password.html", error=None)
    try:
        change_password(known, request.form)
    except (InvalidInput, Unauthenticated, TooManyRequests) as refusal:
        return page("new_password.html", 422, error=refusal.message)
    return go("/")


def _form(following: str, email: str = "", refusal: TenonError | None = None) -> Response:
    wait = refusal.extra.get("retry_after") if refusal is not None else None
    status = 200 if refusal is None else 429 if wait else 401
    error = refusal.message if refusal is not None else None
    response = page("sign_in.html", status, following=following, email=email, error=error, wait=wait)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response
