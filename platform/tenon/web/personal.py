"""In charge of the page of personal settings: language, time zone, display, password, and where one is signed in."""

from zoneinfo import available_timezones

from flask import Blueprint, Response, request, session, url_for

from tenon.errors import BadRequest, InvalidInput, TenonError, TooManyRequests
from tenon.http import Asking, asking
from tenon.http.identify import LANGUAGE_KEY
from tenon.texts import LANGUAGES, Text, say
from tenon.web.pages import go, page
from tenon.web.profile import change_profile
from tenon.web.secrets import change_password
from tenon.workspace import sessions


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/settings", "personal", personal)
    blueprint.add_url_rule("/-/settings/region", "personal_region", set_region, methods=["POST"])
    blueprint.add_url_rule("/-/settings/password", "personal_password", set_password, methods=["POST"])
    blueprint.add_url_rule("/-/settings/sessions", "personal_sessions", end_sessions, methods=["POST"])


def personal() -> Response:
    return settings_page(asking())


def settings_page(known: Asking, status: int = 200, password_error: tuple[str, Text] | None = None) -> Response:
    """`password_error` is the field that is wrong and what is wrong with it."""
    with known.workspace.database.reading() as connection:
        opened = sessions.list_sessions(connection, str(known.actor.id), known.workspace.now())
    return page(
        "personal/settings.html",
        status,
        timezones=_timezones(known),
        timezone=known.actor.timezone,
        opened=opened,
        session_id=known.session_id,
        password_error=password_error,
        done=request.args.get("done"),
    )


def set_region() -> Response:
    """Language and time zone."""
    known, language, timezone = asking(), request.form.get("language"), request.form.get("timezone")
    if language not in LANGUAGES or timezone not in _timezones(known):
        raise BadRequest(say("Choose a language and a time zone from the lists.", "请从列表中选择语言和时区。"))
    change_profile(known, {"language": language, "timezone": timezone})
    session[LANGUAGE_KEY] = language
    return go(url_for("web.personal", done="region"))


def set_password() -> Response:
    known = asking()
    try:
        change_password(known, request.form)
    except (InvalidInput, TooManyRequests) as refusal:
        return settings_page(known, 422, (_field(refusal), refusal.message))
    return go(url_for("web.personal", done="password"))


def end_sessions() -> Response:
    """Every session of this person but this one."""
    known = asking()
    with known.workspace.database.writing() as connection:
        sessions.end_all(connection, str(known.actor.id), but=known.session_id)
    return go(url_for("web.personal", done="sessions"))


def _timezones(known: Asking) -> list[str]:
    """What the field of the user record takes: its options, or every zone there is."""
    options = known.model.entity("user").fields["timezone"].type.settings.options
    zones = [option.key for option in options if option.active] or sorted(available_timezones())
    return zones if known.actor.timezone in zones else [known.actor.timezone, *zones]


def _field(refusal: TenonError) -> str:
    return refusal.details[0].path if refusal.details else "current"
