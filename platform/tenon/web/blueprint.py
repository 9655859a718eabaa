"""In charge of the list of page modules: each adds its own addresses to the one blueprint `web`."""

from flask import Blueprint, Response, request, url_for

from tenon.http import asking, show_errors_with
from tenon.web import (
    approval_links,
    approving,
    assets,
    automation_list,
    automations,
    bulk,
    calendar_feeds,
    calendar_moves,
    calendars,
    defaults,
    documents,
    exporting,
    filters,
    forms,
    funnel,
    histories,
    home,
    hooks,
    inbox,
    kanban,
    leaving,
    lists,
    message_templates,
    notifications,
    noting,
    personal,
    picker,
    places,
    pools,
    printing,
    record_files,
    record_pages,
    recycling,
    related,
    revealing,
    searching,
    signing,
    stages,
    switches,
    talk,
    timeline,
    tokens,
    unsubscribing,
    webform_pages,
    webforms,
)
from tenon.web.pages import go, show_error
from tenon.workspace import Workspace

PAGES = (
    assets,
    leaving,
    pools,
    signing,
    switches,
    home,
    searching,
    personal,
    tokens,
    calendar_feeds,
    calendars,
    calendar_moves,
    notifications,
    inbox,
    approval_links,
    approving,
    lists,
    filters,
    bulk,
    exporting,
    kanban,
    funnel,
    record_pages,
    documents,
    record_files,
    printing,
    message_templates,
    related,
    talk,
    timeline,
    noting,
    automation_list,
    automations,
    histories,
    stages,
    recycling,
    forms,
    defaults,
    picker,
    places,
    revealing,
    unsubscribing,
    hooks,
    webforms,
    webform_pages,
)
OPEN_TO_ALL = (
    frozenset({"web.static", "web.colors", "web.favicon", "web.sign_in", "web.display", "web.language"})
    | approval_links.ENDPOINTS
    | frozenset({"web.unsubscribe_ask", "web.unsubscribe", "web.hook"})
    | webforms.ENDPOINTS
)
WITHOUT_NEW_PASSWORD = OPEN_TO_ALL | {"web.sign_out", "web.new_password"}


def part(workspace: Workspace) -> Blueprint:
    """The part that `tenon.http.create_app` takes."""
    blueprint = Blueprint("web", __name__)
    blueprint.record_once(show_errors_with(show_error))
    blueprint.before_request(_admit)
    blueprint.before_request(_follow_entity)
    for module in PAGES:
        module.routes(blueprint)
    return blueprint


def _admit() -> Response | None:
    """Nobody meets a page before signing in, nor before choosing the new password that is asked of them."""
    if request.endpoint in OPEN_TO_ALL:
        return None
    known = asking()
    known.actor  # noqa: B018 - raises Unauthenticated
    if known.must_change_password and request.endpoint not in WITHOUT_NEW_PASSWORD:
        return go(url_for("web.new_password"))
    return None


def _follow_entity() -> Response | None:
    """An address kept under a name of the past leads to where the entity is today."""
    arguments = request.view_args or {}
    name = arguments.get("entity")
    if name is None or request.method not in ("GET", "HEAD") or request.endpoint is None:
        return None
    known = asking()
    today = known.model.entities.present(name)
    if today is None or today == name or not known.access.can(today, "read"):
        return None
    return go(url_for(request.endpoint, **{**request.args.to_dict(flat=False), **arguments, "entity": today}))
