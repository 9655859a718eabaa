"""In charge of describing the addresses of web forms, which anybody may call."""

from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api import webforms
from tenon.api.components import COUNT, TEXT, answers, list_of, object_of
from tenon.api.operations import documented, json_body, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.texts import say

_FLAG: Schema = {"type": "boolean"}
_LINE: Schema = {"type": "string", "maxLength": 2000}
_SCHEMAS: dict[str, Schema] = {
    "FormQuestion": object_of(
        name=TEXT,
        type=TEXT,
        label=TEXT,
        help=nullable(TEXT),
        placeholder=nullable(TEXT),
        required=_FLAG,
        hidden=_FLAG,
        query={**nullable(TEXT), "description": "The parameter of your page's address that fills it."},
        section=nullable(TEXT),
        conditional={**_FLAG, "description": "Asked only while a condition holds; the server judges it."},
        options=list_of(object_of(key=TEXT, label=TEXT)),
    ),
    "FormAsked": object_of(
        **{"pass": {**TEXT, "description": "Send it back; it is good for one answer, for a day."}},
        name=TEXT,
        label=TEXT,
        language=TEXT,
        least_seconds=COUNT,
        question=nullable(TEXT),
        work=nullable(object_of(key=TEXT, bits=COUNT)),
        consent=nullable(object_of(text=TEXT, link=nullable(TEXT), required=_FLAG)),
        fields=list_of(ref("FormQuestion")),
        sections=list_of(object_of(name=TEXT, label=TEXT)),
    ),
    "FormAnswered": object_of(received=_FLAG, message=TEXT, redirect=nullable(TEXT)),
    "FormAnswers": {
        **object_of(
            **{"pass": _LINE},
            answers={"type": "object", "description": "Values by the names of the questions."},
            consent=_FLAG,
            solution={**_LINE, "description": "The answer to the question, or “work:<number>”."},
            page=_LINE,
            source=_LINE,
            language=dict(webforms.LANGUAGE.schema),
        ),
        "required": ["pass", "answers"],
    },
}


def add_webforms(spec: APISpec, access: Access, language: str) -> None:
    """Only where the workspace has web forms."""
    names = list(access.model.webforms)
    if not names:
        return
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    path: Schema = {"name": "name", "in": "path", "required": True, "schema": {"enum": names}}
    reading: dict[str, Any] = {
        **operation(
            "read_form",
            say("What a web form asks", "网页表单的问题"),
            answers(ref("FormAsked"), (400, 401, 404, 409, 429, 503)),
            language,
        ),
        "parameters": [path, documented(webforms.LANGUAGE, language)],
    }
    sending: dict[str, Any] = {
        **operation(
            "send_form",
            say("Answer a web form", "提交网页表单"),
            answers(ref("FormAnswered"), (400, 401, 403, 404, 409, 413, 422, 429, 503)),
            language,
        ),
        "parameters": [path],
        "requestBody": json_body(ref("FormAnswers")),
    }
    operations = {
        method: {**described, "tags": ["workspace"], "security": [{}, {"token": []}, {"session": []}]}
        for method, described in (("get", reading), ("post", sending))
    }
    spec.path(path=f"{BASE}/forms/{{name}}", operations=operations)
