"""In charge of the switches of the frame: language (kept with the person), theme and density (kept in the browser)."""

from flask import Blueprint, Response, request, session

from tenon.errors import BadRequest
from tenon.http import asking
from tenon.http.appearance import DENSITIES, DENSITY_COOKIE, THEME_COOKIE, THEMES
from tenon.http.identify import LANGUAGE_KEY
from tenon.texts import LANGUAGES, say
from tenon.web.pages import go
from tenon.web.profile import change_profile

YEAR = 365 * 86_400


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/display", "display", display, methods=["POST"])
    blueprint.add_url_rule("/-/language", "language", language, methods=["POST"])


def display() -> Response:
    """Scripts do the same at once; this is for browsers without them."""
    response = go(request.form.get("back", "/"))
    for cookie, name, known in ((THEME_COOKIE, "theme", THEMES), (DENSITY_COOKIE, "density", DENSITIES)):
        chosen = request.form.get(name, "")
        if chosen in known:
            response.set_cookie(cookie, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return response


def language() -> Response:
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        raise BadRequest(say("This language is not available.", "不支持该语言。"))
    known = asking()
    session[LANGUAGE_KEY] = chosen
    if known.person is not None:
        change_profile(known, {"language": chosen})
    return go(request.form.get("back", "/"))
