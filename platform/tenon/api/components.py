"""In charge of what every description shares: problems, references, counts, and the headers of calls and answers."""

from typing import Any

from apispec import APISpec

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


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return _with(properties, required)


def _with(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """Without a word on it, every member is required."""
    names = list(required) or list(properties)
    return {"type": "object", "properties": properties, "required": names, "additionalProperties": False}


def _list(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


_SCHEMAS: dict[str, Schema] = {
    "Reference": _object(
        ("id", "title"), id=nullable(ID), title=nullable(TEXT), hidden={"type": "boolean", "const": True}
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
            "errors": _list(_object(("path", "code", "message"), path=TEXT, code=TEXT, message=TEXT, hint=TEXT)),
        },
        "required": ["type", "title", "status", "detail", "trace"],
    },
    "Counted": _object(count=COUNT),
    "Groups": _object(groups=_list({"type": "object"})),
    "Saved": _object(id=ID, version=VERSION),
    "Deleted": _object(id=ID, version=VERSION, deleted={"type": "boolean", "const": True}),
    "Tie": _object(entity=TEXT, id=ID, version=VERSION, changed={"type": "boolean"}),
    "Unlinked": _object(unlinked=COUNT),
    "History": _object(
        changes=_list(
            _object(
                version=VERSION,
                at={"type": "string", "format": "date-time"},
                operation=TEXT,
                actor=nullable(ref("Reference")),
                reason=nullable(TEXT),
                changes={"type": "object", "additionalProperties": _object(old={}, new={})},
            )
        )
    ),
    "StageHistory": _object(
        moves=_list(
            _object(
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
    "Actions": _object(
        actions=_list(
            _object(
                action=TEXT,
                stage=TEXT,
                pipeline=TEXT,
                label=TEXT,
                possible={"type": "boolean"},
                reasons=_list(TEXT),
                asks=_list(_object(key=TEXT, label=TEXT)),
            )
        )
    ),
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
    "File": _object(
        id=ID,
        name=nullable(TEXT),
        size=nullable(COUNT),
        mime_type=nullable(TEXT),
        created_at={"type": "string", "format": "date-time"},
        address=TEXT,
        signed=TEXT,
    ),
    "Files": _object(files=_list(ref("File"))),
    "Found": _object(records=_list(_object(entity=TEXT, id=ID, title=nullable(TEXT)))),
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
    "Model": _object(
        version=VERSION,
        workspace={"type": "object"},
        entities={"type": "object", "additionalProperties": {"type": "object"}},
    ),
    "Uses": _object(
        of=TEXT,
        uses=_list(_object(kind=TEXT, path=TEXT, label={"type": "object"}, how=TEXT, subject=TEXT, location=TEXT)),
    ),
    "Batch": _object(
        ("operations",),
        atomic={"type": "boolean", "default": False},
        operations={
            "type": "array",
            "minItems": 1,
            "maxItems": 1000,
            "items": _object(
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
    "Outcomes": _object(outcomes=_list(_object(status={"type": "integer"}, body={}))),
    "Matches": _object(outcome={"const": "ambiguous"}, matches=_list(ref("Saved"))),
}
