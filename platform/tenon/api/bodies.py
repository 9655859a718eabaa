"""In charge of what callers send in the body and about it: JSON, the version they saw, how they want the answer."""

from typing import Any

import orjson
from flask import request

from tenon.api.parameters import refused
from tenon.errors import BadRequest, Detail, MissingVersion, TooLarge, UnknownName
from tenon.texts import say

MOST_BYTES = 8_000_000
"""Of a JSON body; files come in their own form and have their own limit."""

ANY = -1
"""The caller said in so many words that it does not matter which version he changes."""


def json_body() -> Any:
    """The body read as JSON. Raises BadRequest or TooLarge."""
    if request.content_length is not None and request.content_length > MOST_BYTES:
        raise _too_large()
    data = request.get_data()
    if len(data) > MOST_BYTES:
        raise _too_large()
    kind = request.mimetype
    if kind != "application/json" and not kind.endswith("+json"):
        raise refused(
            "Content-Type",
            say("The body must be JSON.", "请求正文必须是 JSON。"),
            "not_json",
            say("Send it with Content-Type: application/json.", "请使用 Content-Type: application/json。"),
        )
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _malformed(error) from None


def json_object(known: tuple[str, ...] | None = None, *, optional: bool = False) -> dict[str, Any]:
    """A body that maps names to values. With `known`, raises UnknownName for a name that is not among them."""
    if optional and not request.get_data():
        return {}
    body = json_body()
    if not isinstance(body, dict):
        raise refused("", say("The body must be a JSON object.", "请求正文必须是 JSON 对象。"), "not_an_object")
    if known is not None:
        for name in body:
            if name not in known:
                raise UnknownName.among(name[:60], known, where=name[:60])
    return body


def seen_version(stated: Any = None) -> int | None:
    """The version the caller saw, from If-Match or as `stated`; None when he says nothing, ANY for `*`."""
    version = None if stated is None else whole_number("version", stated)
    header = request.headers.get("If-Match")
    if header is None:
        return version
    tag = header.strip()
    if tag == "*":
        return ANY if version is None else version
    digits = tag.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise refused(
            "If-Match",
            say('“If-Match” holds the ETag of the record, such as "3".', '“If-Match”应为记录的 ETag，例如 "3"。'),
        )
    if version is not None and version != int(digits):
        raise refused("version", say("“version” and “If-Match” differ.", "“version”与“If-Match”不一致。"))
    return int(digits)


def required_version(stated: Any = None) -> int | None:
    """As `seen_version` for changes, which must say it: None then means any version. Raises MissingVersion."""
    version = seen_version(stated)
    if version is None:
        message = say("Say which version of the record you change.", "请说明您修改的是记录的哪个版本。")
        hint = say(
            "Send If-Match with the record's ETag, or “version” in the body; If-Match: * changes it in any case.",
            "请在 If-Match 中提供记录的 ETag，或在正文中提供“version”；If-Match: * 表示无论如何都修改。",
        )
        raise MissingVersion(
            message, hint=hint, details=[Detail(path="version", code=MissingVersion.code, message=message, hint=hint)]
        )
    return None if version == ANY else version


def optional_version(stated: Any = None) -> int | None:
    version = seen_version(stated)
    return None if version == ANY else version


def whole_number(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise refused(name, say("“{name}” is a whole number.", "“{name}”应为整数。", name=name))
    return value


def text_of(body: dict[str, Any], name: str, *, required: bool = False) -> str | None:
    """A text of the body; None when it is not there."""
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not value or len(value) > 2000:
        raise refused(name, say("“{name}” must be a text.", "“{name}”必须是文本。", name=name))
    return value


def object_of(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object within the body; empty when it is not there."""
    value = body.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refused(name, say("“{name}” must be a JSON object.", "“{name}”必须是 JSON 对象。", name=name))
    return value


def wants_little() -> bool:
    """Whether the caller asked for id and version only (RFC 7240)."""
    return "return=minimal" in request.headers.get("Prefer", "")


def _too_large() -> TooLarge:
    return TooLarge(
        say("The body is larger than {most} MB.", "请求正文超过 {most} MB。", most=MOST_BYTES // 1_000_000),
        hint=say("Send it in several parts.", "请分多次提交。"),
    )


def _malformed(error: orjson.JSONDecodeError) -> BadRequest:
    return refused(
        "",
        say(
            "The body is not valid JSON: line {line}, column {column}.",
            "请求正文不是有效的 JSON：第 {line} 行第 {column} 列。",
            line=error.lineno,
            column=error.colno,
        ),
        "malformed_json",
    )
