"""In charge of the page of one's calendar feed: its secret address is made, shown once, renewed and ended here."""

from flask import Blueprint, Response, request, url_for

from tenon.http import Asking, asking
from tenon.web.pages import go, page
from tenon.workspace import calendar_feeds

_FEEDS = "/api/v1/calendar/feeds"


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/-/settings/calendar", "calendar_feed", show)
    blueprint.add_url_rule("/-/settings/calendar", "calendar_feed_renew", renew, methods=["POST"])
    blueprint.add_url_rule("/-/settings/calendar/end", "calendar_feed_end", end, methods=["POST"])


def show() -> Response:
    return _page(asking())


def renew() -> Response:
    """The answer holds the address: it is not redirected, and no cache keeps it."""
    known = asking()
    with known.workspace.database.writing() as connection:
        secret = calendar_feeds.renew(connection, str(known.actor.id), known.workspace.now())
    return _page(known, secret)


def end() -> Response:
    known = asking()
    with known.workspace.database.writing() as connection:
        calendar_feeds.end(connection, str(known.actor.id))
    return go(url_for("web.calendar_feed"))


def _page(known: Asking, secret: str = "") -> Response:
    with known.workspace.database.reading() as connection:
        feed = calendar_feeds.feed_of(connection, str(known.actor.id))
    base = known.workspace.settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    addresses = [
        (calendar.label, f"{base}{_FEEDS}/{secret}/holidays/{name}.ics")
        for name, calendar in known.model.calendars.items()
    ]
    return page(
        "personal/calendar.html",
        feed=feed,
        address=f"{base}{_FEEDS}/{secret}.ics" if secret else "",
        holidays=addresses if secret else [],
    )
