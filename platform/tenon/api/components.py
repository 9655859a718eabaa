"""In charge of what every description shares: problems, references, counts, and the headers of calls and answers."""

from typing import Any

from apispec import APISpec

from tenon.actions.schemas import INPUTS
from tenon.api.schemas import Schema, nullable, ref
from tenon.texts import Text, say

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ID: Schema = {"type": "string", "format": "uuid"}
VERSION: Schema = {"type": "integer", "minimum": 0}

PROBLEMS: dict[int, tuple[str, Text]] = {
    400: ("BadRequest", say("The call cannot be read.", "无法读取请求。")),
    401: ("Unauthenticated", say("No valid token or session.", "没有有效的令牌或会话。")),
    403: ("Forbidden", say("Not allowed.", "没有权限。")),
    404: ("NotFound", say("Not there, or not to be seen.", "不存在或无权查看。")),
    409: ("Conflict", say("Not possible in the present state.", "当前状态下无法完成。")),
    412: ("Stale", say("Changed by somebody else meanwhile; holds both values.", "已被他人修改；含双方的值。")),
    413: ("TooLarge", say("Over a stated limit.", "超出限制。")),
    422: ("Invalid", say("Values are not acceptable; one entry for each field.", "值无法接受；逐字段说明。")),
    428: ("VersionMissing", say("Say which version you change.", "请说明所修改的版本。")),
    429: ("TooMany", say("Too many requests.", "请求过多。")),
    503: ("Unavailable", say("Try again later.", "请稍后再试。")),
}
READING = (400, 401, 403, 404, 429, 503)
WRITING = (400, 401, 403, 404, 409, 412, 413, 422, 429, 503)

HEADERS: dict[str, tuple[str, Text, Schema]] = {
    "IfMatch": (
        "If-Match",
        say("The ETag you saw; another version is answered with 412.", "您所见的 ETag；版本不一致时返回 412。"),
        {"type": "string", "pattern": '^("[0-9]{1,9}"|\\*)$', "examples": ['"3"', "*"]},
    ),
    "IdempotencyKey": (
        "Idempotency-Key",
        say(
            "The same key and call within 24 hours changes nothing twice and gets the same answer.",
            "24 小时内相同的键和请求不会重复变更，并得到相同的回答。",
        ),
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    ),
    "Prefer": (
        "Prefer",
        say("return=minimal: answer with id and version only.", "return=minimal：仅返回 id 和 version。"),
        {"type": "string", "enum": ["return=minimal", "return=representation"]},
    ),
}


def add_components(spec: APISpec, language: str) -> None:
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    for name, help_ in PROBLEMS.values():
        content = {"application/problem+json": {"schema": ref("Problem")}}
        spec.components.response(name, {"description": help_.in_(language), "content": content})
    for name, (header, help_, schema) in HEADERS.items():
        described = {"name": header, "description": help_.in_(language), "schema": schema}
        spec.components.parameter(name, "header", described)
    spec.components.header(
        "ETag", {"schema": {"type": "string", "pattern": '^"[0-9]+"$'}, "description": "The record's version."}
    )
    for name in ("Limit", "Remaining", "Reset"):
        spec.components.header(f"RateLimit-{name}", {"schema": {"type": "integer", "minimum": 0}})
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "tenon"})


def answers(
    schema: Schema, problems: tuple[int, ...], *, status: int = 200, tagged: bool = False, help_: str = "OK"
) -> dict[str, Any]:
    """The responses of an operation; `tagged` ones carry an ETag."""
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in _LIMIT_HEADERS}
    if tagged:
        headers["ETag"] = {"$ref": "#/components/headers/ETag"}
    good = {"description": help_, "headers": headers, "content": {"application/json": {"schema": schema}}}
    return {str(status): good, **{str(code): PROBLEMS[code][0] for code in problems}}


_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def object_of(required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """With these members and no others; without a word on it, every one is required."""
    return _with(properties, required)


def _with(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    names = list(required) or list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


_SCHEMAS: dict[str, Schema] = {
    "Reference": object_of(
        ("id", "title"), id=nullable(ID), title=nullable(TEXT), hidden={"type": "boolean", "const": True}
    ),
    "AnyReference": object_of(
        ("entity", "id", "title"),
        entity=nullable(TEXT),
        id=nullable(ID),
        title=nullable(TEXT),
        hidden={"type": "boolean", "const": True},
    ),
    "Problem": {
        "type": "object",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "hint": TEXT,
            "trace": TEXT,
            "errors": list_of(object_of(("path", "code", "message"), path=TEXT, code=TEXT, message=TEXT, hint=TEXT)),
        },
        "required": ["type", "title", "status", "detail", "trace"],
    },
    "Counted": object_of(count=COUNT),
    "Groups": object_of(groups=list_of({"type": "object"})),
    "Saved": object_of(id=ID, version=VERSION),
    "Deleted": object_of(id=ID, version=VERSION, deleted={"type": "boolean", "const": True}),
    "Tie": object_of(entity=TEXT, id=ID, version=VERSION, changed={"type": "boolean"}),
    "Unlinked": object_of(unlinked=COUNT),
    "History": object_of(
        changes=list_of(
            object_of(
                version=VERSION,
                at={"type": "string", "format": "date-time"},
                operation=TEXT,
                actor=nullable(ref("Reference")),
                reason=nullable(TEXT),
                changes={"type": "object", "additionalProperties": object_of(old={}, new={})},
            )
        )
    ),
    "StageHistory": object_of(
        moves=list_of(
            object_of(
                pipeline=TEXT,
                from_stage=nullable(TEXT),
                to_stage=TEXT,
                at={"type": "string", "format": "date-time"},
                actor=nullable(ref("Reference")),
                reason=nullable(TEXT),
                seconds=nullable({"type": "integer"}),
            )
        )
    ),
    "Actions": object_of(
        actions=list_of(
            object_of(
                action=TEXT,
                stage=TEXT,
                pipeline=TEXT,
                label=TEXT,
                possible={"type": "boolean"},
                reasons=list_of(TEXT),
                asks=list_of(object_of(key=TEXT, label=TEXT)),
            )
        ),
        buttons=list_of(
            object_of(automation=TEXT, label=TEXT, asks=list_of(object_of(name=TEXT, kind={"enum": list(INPUTS)})))
        ),
    ),
    "AutomationStart": {
        "type": "object",
        "properties": {
            "automation": {"type": "string", "minLength": 1, "maxLength": 2000},
            "inputs": {"type": "object"},
        },
        "required": ["automation"],
        "additionalProperties": False,
    },
    "AutomationStarted": object_of(run=ID),
    "StageMove": {
        "type": "object",
        "properties": {
            "stage": TEXT,
            "pipeline": TEXT,
            "values": {"type": "object"},
            "reason": {**TEXT, "maxLength": 2000},
            "version": VERSION,
        },
        "additionalProperties": False,
        "anyOf": [{"required": ["stage"]}, {"required": ["pipeline"]}],
    },
    "File": object_of(
        id=ID,
        name=nullable(TEXT),
        size=nullable(COUNT),
        mime_type=nullable(TEXT),
        created_at={"type": "string", "format": "date-time"},
        address=TEXT,
        signed=TEXT,
    ),
    "Files": object_of(files=list_of(ref("File"))),
    "Found": object_of(records=list_of(object_of(entity=TEXT, id=ID, title=nullable(TEXT)))),
    "Limits": _with(
        {
            name: nullable(COUNT)
            for name in (
                "requests_per_minute",
                "remaining",
                "reset_seconds",
                "records_per_page",
                "groups",
                "count_cap",
                "batch_operations",
                "body_bytes",
                "upload_bytes",
            )
        }
    ),
    "Model": object_of(
        version=VERSION,
        workspace={"type": "object"},
        entities={"type": "object", "additionalProperties": {"type": "object"}},
    ),
    "Uses": object_of(
        of=TEXT,
        uses=list_of(object_of(kind=TEXT, path=TEXT, label={"type": "object"}, how=TEXT, subject=TEXT, location=TEXT)),
    ),
    "Batch": object_of(
        ("operations",),
        atomic={"type": "boolean", "default": False},
        operations={
            "type": "array",
            "minItems": 1,
            "maxItems": 1000,
            "items": object_of(
                ("do", "entity"),
                do={"type": "string", "enum": ["create", "change", "delete", "restore", "stage", "upsert"]},
                entity=TEXT,
                id=ID,
                values={"type": "object"},
                version=VERSION,
                stage=TEXT,
                pipeline=TEXT,
                reason=TEXT,
                field=TEXT,
                value=TEXT,
            ),
        },
    ),
    "Outcomes": object_of(outcomes=list_of(object_of(status={"type": "integer"}, body={}))),
    "Matches": object_of(outcome={"const": "ambiguous"}, matches=list_of(ref("Saved"))),
}
