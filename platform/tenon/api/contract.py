"""In charge of the description of the API (OpenAPI 3.1) for one caller: what he cannot see or do is not in it."""

import threading
from collections import OrderedDict
from typing import Any

import orjson
from apispec import APISpec
from flask import Response

from tenon import __version__
from tenon.access import Access
from tenon.api.approvals_described import add_approvals, add_record_approvals
from tenon.api.calendar_described import add_calendar
from tenon.api.changes_described import add_changes
from tenon.api.components import add_components
from tenon.api.documents_described import add_record_documents, add_templates
from tenon.api.leavers import add_leavers
from tenon.api.meeting import meet, meets
from tenon.api.operations import add_common, add_operations
from tenon.api.outcomes import JSON
from tenon.api.parameters import NOTHING, read_parameters
from tenon.api.pools_described import add_pools
from tenon.api.schemas import add_entity, plugin
from tenon.api.stage_figures import add_stage_figures
from tenon.api.webforms_described import add_webforms
from tenon.texts import say

_MOST_KEPT = 32


def openapi() -> Response:
    known = meet()
    read_parameters(NOTHING)
    return Response(_KEPT.of(known.access, known.language), content_type=JSON)


def contract_of(access: Access, language: str) -> dict[str, Any]:
    """The document as a value."""
    spec = APISpec(
        title=access.model.workspace.label.in_(language),
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin()],
        info={"description": _ABOUT.in_(language)},
        security=[{"token": []}, {"session": []}],
    )
    add_components(spec, language)
    entities = [entity for name, entity in access.model.entities.items() if meets(access, name)]
    for entity in entities:
        spec.tag({"name": entity.name, "description": entity.plural.in_(language)})
        add_entity(spec, access, entity, language)
    for entity in entities:
        add_operations(spec, access, entity, language)
        add_record_approvals(spec, access, entity, language)
        add_record_documents(spec, access, entity, language)
        add_stage_figures(spec, access, entity, language)
    spec.tag({"name": "workspace", "description": access.model.workspace.label.in_(language)})
    add_common(spec, access, language)
    add_changes(spec, access, language)
    add_approvals(spec, access, language)
    add_pools(spec, access, language)
    add_calendar(spec, access, language)
    add_leavers(spec, access, language)
    add_webforms(spec, access, language)
    add_templates(spec, access, language)
    document: dict[str, Any] = spec.to_dict()
    return document


class _Kept:
    """Documents as bytes, made once for all callers of the same rights and language."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[Any, bytes] = OrderedDict()

    def of(self, access: Access, language: str) -> bytes:
        key = (access.shape, language)
        with self._lock:
            found = self._found.get(key)
            if found is None:
                found = self._found[key] = orjson.dumps(contract_of(access, language))
            self._found.move_to_end(key)
            while len(self._found) > _MOST_KEPT:
                self._found.popitem(last=False)
        return found


_KEPT = _Kept()

_ABOUT = say(
    "Every entity has the same operations. Money and decimals are texts, times are in UTC, ids are UUIDs. "
    "Errors are problem documents (RFC 9457) whose type is a page of this server.",
    "每个实体都有相同的操作。金额和小数为文本，时间为 UTC，ID 为 UUID。"
    "错误为问题文档（RFC 9457），其 type 是本服务器上的页面。",
)
