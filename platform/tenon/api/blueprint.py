"""In charge of the addresses of the API: a few patterns for every entity there is."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, g
from werkzeug.routing import BaseConverter

from tenon.api import (
    actions,
    approvals,
    automations,
    batches,
    calendar,
    calendar_feeds,
    changes,
    changing,
    describing,
    documents,
    files,
    former,
    leavers,
    limits,
    pages,
    pools,
    reading,
    stage_figures,
    templates,
    uses,
    versions,
    webforms,
)
from tenon.api.limits import Meter
from tenon.api.writes import BASE
from tenon.http import asking
from tenon.workspace import Workspace

OWN_WORDS = (
    *("forms", "approvals", "assignments", "calendar", "leavers", "pools"),
    *("batch", "search", "files", "changes", "versions", "model", "limits", "templates"),
)


class EntityConverter(BaseConverter):
    """The name of an entity; words the API uses itself are none."""

    regex = rf"(?!(?:{'|'.join(OWN_WORDS)})(?:/|\Z))[a-z][a-z0-9_]*"


class IdentityConverter(BaseConverter):
    """The id of a record, in either case."""

    regex = r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"

    def to_python(self, value: str) -> str:
        return value.lower()


class RelationshipConverter(BaseConverter):
    regex = r"(?!(?:actions|approvals|history|stage_history|restore|files|documents|include)(?:/|\Z))[a-z][a-z0-9_]*"


def part(workspace: Workspace) -> Blueprint:
    """The part that `tenon.http.create_app` takes."""
    blueprint = Blueprint("api", __name__)
    meter = Meter(workspace.settings.api_rate_limit)
    blueprint.record_once(_teach_addresses)
    blueprint.before_request(lambda: meter.count(asking()))
    blueprint.after_request(meter.tell)
    blueprint.after_request(_tell_present_name)
    blueprint.after_request(former.tell)
    blueprint.after_request(webforms.admit_sites)
    _of_entities(blueprint)
    _of_records(blueprint)
    _of_all(blueprint, meter)
    _of_pools(blueprint)
    _of_calendars(blueprint, meter)
    _of_configuration(blueprint)
    webforms.routes(blueprint)
    pages.routes(blueprint)
    return blueprint


def _teach_addresses(state: Any) -> None:
    converters = state.app.url_map.converters
    converters.update(entity=EntityConverter, identity=IdentityConverter, relationship=RelationshipConverter)


def _of_entities(blueprint: Blueprint) -> None:
    entity = f"{BASE}/<entity:entity>"
    _add(blueprint, entity, GET=reading.list_records, POST=changing.create_record)
    _add(blueprint, f"{entity}/count", GET=reading.count_records)
    _add(blueprint, f"{entity}/aggregate", GET=reading.aggregate)
    _add(blueprint, f"{entity}/stages/figures", GET=stage_figures.figures)
    _add(blueprint, f"{entity}/by/<field>/<path:value>", PUT=changing.upsert_record)


def _of_records(blueprint: Blueprint) -> None:
    record = f"{BASE}/<entity:entity>/<identity:identity>"
    _add(
        blueprint,
        record,
        GET=reading.read_record,
        PATCH=changing.change_record,
        DELETE=changing.delete_record,
    )
    _add(blueprint, f"{record}/restore", POST=changing.restore_record)
    _add(blueprint, f"{record}/history", GET=reading.history)
    _add(blueprint, f"{record}/stage_history", GET=reading.stage_history)
    _add(blueprint, f"{record}/actions", GET=actions.list_actions)
    _add(blueprint, f"{record}/actions/stage", POST=changing.move_stage)
    _add(blueprint, f"{record}/actions/start", POST=automations.start)
    _add(blueprint, f"{record}/approvals", GET=approvals.of_record, POST=approvals.submit)
    _add(blueprint, f"{record}/approvals/forecast", GET=approvals.forecast)
    _add(blueprint, f"{record}/files", GET=files.list_files, POST=files.attach)
    _add(blueprint, f"{record}/documents", GET=documents.list_documents, POST=documents.make_document)
    end = f"{record}/<relationship:relationship>"
    _add(blueprint, end, GET=reading.related)
    _add(
        blueprint,
        f"{end}/<identity:other>",
        POST=changing.link_records,
        DELETE=changing.unlink_records,
    )


def _of_all(blueprint: Blueprint, meter: Meter) -> None:
    _add(blueprint, f"{BASE}/approvals/tasks", GET=approvals.inbox)
    _add(blueprint, f"{BASE}/approvals/tasks/<identity:identity>/<decision>", POST=approvals.decide)
    _add(blueprint, f"{BASE}/approvals/requests/<identity:identity>", GET=approvals.read_request)
    _add(blueprint, f"{BASE}/approvals/requests/<identity:identity>/<action>", POST=approvals.act)
    _add(blueprint, f"{BASE}/batch", POST=batches.batch)
    _add(blueprint, f"{BASE}/search", GET=reading.search)
    _add(blueprint, f"{BASE}/model", GET=describing.describe_model)
    _add(blueprint, f"{BASE}/model/uses", GET=uses.list_uses)
    _add(blueprint, f"{BASE}/templates", GET=templates.list_templates)
    _add(blueprint, f"{BASE}/templates/<name>/preview", POST=templates.preview)
    _add(blueprint, f"{BASE}/limits", GET=lambda: limits.limits(meter))
    _add(blueprint, f"{BASE}/files/<identity:identity>", GET=files.fetch)


def _of_pools(blueprint: Blueprint) -> None:
    _add(blueprint, f"{BASE}/assignments/<name>/explain", GET=pools.explain_assignment)
    _add(blueprint, f"{BASE}/pools", GET=pools.list_pools)
    _add(blueprint, f"{BASE}/pools/<name>", GET=pools.read_pool)
    _add(blueprint, f"{BASE}/pools/<name>/records/<identity:identity>", GET=pools.read_record)
    _add(blueprint, f"{BASE}/pools/<name>/tonight", GET=pools.tonight)
    _add(blueprint, f"{BASE}/leavers/<identity:identity>", GET=leavers.read_leaver, POST=leavers.leave)
    for verb in (pools.claim, pools.release, pools.hand_out, pools.transfer, pools.decide):
        _add(blueprint, f"{BASE}/pools/<name>/{verb.__name__}", POST=verb)


def _of_calendars(blueprint: Blueprint, meter: Meter) -> None:
    feeds = f"{BASE}/calendar/feeds/<secret>"
    _add(blueprint, f"{BASE}/calendar", GET=calendar.between)
    _add(blueprint, f"{feeds}.ics", GET=partial(calendar_feeds.personal, meter))
    _add(blueprint, f"{feeds}/holidays/<name>.ics", GET=partial(calendar_feeds.of_holidays, meter))
    _add(blueprint, f"{BASE}/<entity:entity>/<identity:identity>/calendar.ics", GET=calendar_feeds.of_record)


def _of_configuration(blueprint: Blueprint) -> None:
    _add(blueprint, f"{BASE}/versions", GET=versions.list_versions)
    _add(blueprint, f"{BASE}/versions/diff", GET=versions.diff)
    _add(blueprint, f"{BASE}/versions/<int:given>", GET=versions.read_version)
    _add(blueprint, f"{BASE}/changes/plan", POST=changes.plan)
    _add(blueprint, f"{BASE}/changes/apply", POST=changes.apply)
    _add(blueprint, f"{BASE}/changes/rollback", POST=changes.rollback)


def _add(blueprint: Blueprint, address: str, **views: Any) -> None:
    """One rule for each method, so that a method nobody serves is answered with 405."""
    for method, view in views.items():
        blueprint.add_url_rule(address, f"{method} {address}".replace(".", "_"), view, methods=[method])


def _tell_present_name(response: Response) -> Response:
    """An old name still answers, and says so."""
    present = g.get("present_name")
    if present is not None:
        response.headers["Deprecation"] = "true"
        response.headers["Link"] = f'<{BASE}/{present}>; rel="successor-version"'
    return response
