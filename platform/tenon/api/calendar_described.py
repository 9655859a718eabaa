"""In charge of describing the addresses of calendars."""

from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api.calendar import BETWEEN
from tenon.api.components import COUNT, ID, READING, TEXT, answers, list_of, object_of
from tenon.api.operations import documented, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.texts import say

_FLAG: Schema = {"type": "boolean"}
_AT: Schema = {"type": "string", "format": "date-time"}
_DAY: Schema = {"type": "string", "format": "date"}
_WHEN: Schema = {"anyOf": [_AT, _DAY]}
_SCHEMAS: dict[str, Schema] = {
    "CalendarSource": object_of(name=TEXT, entity=TEXT, view=TEXT, label=TEXT, color=TEXT, all_day=_FLAG),
    "CalendarEntry": object_of(
        source=TEXT,
        entity=TEXT,
        id=ID,
        version=COUNT,
        title=TEXT,
        starts=_WHEN,
        ends=nullable(_WHEN),
        all_day=_FLAG,
        first_day=_DAY,
        last_day=_DAY,
        color=TEXT,
        done=nullable(_FLAG),
    ),
    "CalendarDay": object_of(
        day=_DAY,
        count=COUNT,
        kind=nullable({"enum": ["worked", "off", "holiday", "made_up"]}),
        label=nullable(TEXT),
    ),
}


def add_calendar(spec: APISpec, access: Access, language: str) -> None:
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    page = object_of(
        timezone=TEXT,
        complete={**_FLAG, "description": "Whether every entry is there."},
        sources=list_of(ref("CalendarSource")),
        entries=list_of(ref("CalendarEntry")),
        days=list_of(ref("CalendarDay")),
        **{"from": _AT, "to": _AT},
    )
    spec.components.schema("Calendar", page)
    described = operation("calendar", _BETWEEN, answers(ref("Calendar"), READING), language)
    described["parameters"] = [documented(parameter, language) for parameter in BETWEEN.values()]
    spec.path(path=f"{BASE}/calendar", operations={"get": {**described, "tags": ["workspace"]}})
    dated = [name for name, entity in access.model.entities.items() if _stands(entity.views.values())]
    for name in dated:
        if access.can(name, "read"):
            _add_file(spec, name, language)


def _stands(views: Any) -> bool:
    return any(view.type == "calendar" for view in views)


def _add_file(spec: APISpec, entity: str, language: str) -> None:
    responses = answers({}, READING)
    responses["200"]["content"] = {"text/calendar": {"schema": {}}}
    described = operation(f"calendar_file_of_{entity}", _FILE, responses, language)
    described["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": ID}]
    spec.path(path=f"{BASE}/{entity}/{{id}}/calendar.ics", operations={"get": {**described, "tags": [entity]}})


_BETWEEN = say("What stands in your calendars between two moments", "两个时刻之间您的日历条目")
_FILE = say("As a calendar file (iCalendar)", "导出为日历文件（iCalendar）")
