"""In charge of what callers send about a change of the configuration: one of three sources, and what they decided.

A change is a patch of the builder's layer, an older version, or a package; a package comes in a form, whose field
`request` holds the JSON that is otherwise the body.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import request

from tenon.api.bodies import json_object, object_of, text_of, whole_number
from tenon.api.parameters import refused
from tenon.errors import UnknownName
from tenon.texts import say
from tenon.workspace.packages import Package

FORM = "multipart/form-data"
SOURCES = ("changes", "undo", "take", "to")
DECISIONS = ("seal", "reason", "accept", "consent")
PLAN = SOURCES
APPLY = ("changes", "undo", "take", "skip_tests", *DECISIONS)
ROLLBACK = ("to", *DECISIONS)
OF_PACKAGE = ("rebase",)
MOST_DEPTH = 40
MOST_NAMES = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`content` tells two packages apart; `to` is the number of an older version, `package` the file itself."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    undo: tuple[str, ...] = ()
    take: tuple[str, ...] = ()
    to: int | None = None
    package: Package | None = None
    rebase: bool = False
    seal: str = ""
    reason: str = ""
    accept: Mapping[str, str] = field(default_factory=dict)
    consent: tuple[str, ...] = ()
    skip_tests: bool = False
    content: bytes = b""


def read_wanted(known: tuple[str, ...], *, deciding: bool, packages: bool = True) -> Wanted:
    """`known` are the members a JSON body may have. Raises BadRequest; UnknownName for another member.

    `deciding` calls are made on a plan, whose seal they must send.
    """
    content, package = b"", None
    if packages and request.mimetype == FORM:
        data = _uploaded()
        body = _form_body((*OF_PACKAGE, *DECISIONS) if deciding else OF_PACKAGE)
        package, content = Package.from_bytes(data), _digest(data, body)
    else:
        body = json_object(known)
        if not any(name in body for name in SOURCES):
            raise refused("", say("Say what to change.", "请说明要更改的内容。"), "required", _one_of(known, packages))
        if "to" in body and len([name for name in SOURCES if name in body]) > 1:
            raise refused("to", say("“to” stands alone.", "“to”须单独使用。"))
    return Wanted(
        changes=_changes(body),
        undo=_names(body, "undo"),
        take=_names(body, "take"),
        to=whole_number("to", body["to"]) if "to" in body else None,
        package=package,
        rebase=_flag(body, "rebase"),
        seal=text_of(body, "seal", required=deciding) or "",
        reason=text_of(body, "reason", required=deciding) or "",
        accept=_answers(body),
        consent=_names(body, "consent"),
        skip_tests=_flag(body, "skip_tests"),
        content=content,
    )


def _one_of(known: tuple[str, ...], packages: bool) -> Any:
    names = ", ".join(f"“{name}”" for name in SOURCES if name in known)
    if not packages:
        return say("Send {names}.", "请提供 {names}。", names=names)
    return say(
        "Send {names}, or a file as “package” in a form.",
        "请提供 {names}，或在表单中以“package”上传文件。",
        names=names,
    )


def _uploaded() -> bytes:
    sent = request.files.get("package")
    if sent is None:
        raise refused(
            "package",
            say("Send the package in the form field “package”.", "请在表单字段“package”中提供包文件。"),
            "required",
            say("“tenon pack” makes one.", "可用“tenon pack”生成。"),
        )
    return sent.stream.read()


def _form_body(known: tuple[str, ...]) -> dict[str, Any]:
    for name in (*request.form, *request.files):
        if name not in ("request", "package"):
            raise UnknownName.among(name[:60], ("request", "package"), where=name[:60])
    text = request.form.get("request")
    if text is None:
        return {}
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise refused(
            "request", say("“request” must be a JSON object.", "“request”必须是 JSON 对象。"), "not_an_object"
        )
    for name in body:
        if name not in known:
            raise UnknownName.among(name[:60], known, where=name[:60])
    return body


def _digest(data: bytes, body: dict[str, Any]) -> bytes:
    return hashlib.sha256(data + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    changes = object_of(body, "changes")
    if _depth(changes) > MOST_DEPTH:
        raise refused("changes", say("“changes” is nested too deeply.", "“changes”嵌套过深。"))
    return changes


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        deepest = max(deepest, depth)
        below = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        waiting.extend((each, depth + 1) for each in below)
    return deepest


def _names(body: dict[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name, [])
    if not isinstance(value, list) or len(value) > MOST_NAMES or not all(isinstance(item, str) for item in value):
        raise refused(name, say("“{name}” must be a list of dotted names.", "“{name}”应为点分名称的列表。", name=name))
    return tuple(value)


def _answers(body: dict[str, Any]) -> dict[str, str]:
    found = object_of(body, "accept")
    if not all(isinstance(value, str) for value in found.values()):
        raise refused("accept", say("“accept” maps names to answers.", "“accept”应为名称到答案的映射。"))
    return found


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise refused(name, say("“{name}” is true or false.", "“{name}”应为 true 或 false。", name=name))
    return value
