"""In charge of the list of the console's pages, and of joining them to the application."""

from flask import Blueprint
from flask_admin import Admin

from tenon.console.events import EventView
from tenon.console.jobs import JobView
from tenon.console.overview import Overview
from tenon.console.people import SessionView, TokenView
from tenon.console.schedules import ScheduleView
from tenon.console.versions import VersionView
from tenon.workspace import Workspace

ADDRESS = "/console"


def part(workspace: Workspace) -> Blueprint:
    """The part that `tenon.http.create_app` takes; Flask-Admin joins its own blueprints when this one is joined."""
    blueprint = Blueprint("operators", __name__)

    def join(state: object) -> None:
        admin = Admin(index_view=Overview(ADDRESS), url=ADDRESS, endpoint=Overview.key)
        admin.add_views(JobView(), EventView(), ScheduleView(), VersionView(), SessionView(), TokenView())
        admin.init_app(state.app, url=ADDRESS, endpoint=Overview.key)  # type: ignore[attr-defined]

    blueprint.record_once(join)
    return blueprint
