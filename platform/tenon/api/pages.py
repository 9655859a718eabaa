"""In charge of the two pages programs' authors read: the reference of the API, and what each error code means.

Both are made from what the program itself works with, need no script, and keep to the strict content policy.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any

import orjson
from flask import Blueprint, Response, url_for
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tenon.api.contract import contract_of, openapi
from tenon.api.errors_explained import EXPLAINED, explained
from tenon.api.meeting import meet
from tenon.errors import NotFound
from tenon.http import asking
from tenon.resources import folder
from tenon.suggestions import did_you_mean
from tenon.texts import say

_WORDS = {
    "title": say("API reference", "接口参考"),
    "errors": say("Error codes", "错误代码"),
    "document": say("The document for programs (OpenAPI 3.1)", "供程序使用的文档（OpenAPI 3.1）"),
    "parameters": say("Parameters", "参数"),
    "body": say("Body", "请求正文"),
    "answers": say("Answers", "返回"),
    "name": say("Name", "名称"),
    "where": say("In", "位置"),
    "meaning": say("Meaning", "说明"),
    "contents": say("Contents", "目录"),
    "status": say("HTTP status", "HTTP 状态"),
    "what": say("What happened", "发生了什么"),
    "remedy": say("What to do", "如何处理"),
    "home": say("To the workspace", "返回工作区"),
    "fields": say("Fields", "字段"),
    "required": say("required", "必填"),
}


def routes(blueprint: Blueprint) -> None:
    blueprint.add_url_rule("/api/openapi.json", "openapi", openapi)
    blueprint.add_url_rule("/api/docs", "docs", reference)
    blueprint.add_url_rule("/errors/", "errors", error_list)
    blueprint.add_url_rule("/errors/<code>", "error", error_page)


def reference() -> Response:
    """The description of the API for the one who reads it."""
    known = meet()
    document = contract_of(known.access, known.language)
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            operation = _resolved(document, described)
            groups[described["tags"][0]].append({"method": method.upper(), "path": path, **operation})
    tags = [{**tag, "operations": groups[tag["name"]]} for tag in document["tags"] if groups[tag["name"]]]
    return _page("api/reference.html", document=document, tags=tags)


def error_list() -> Response:
    return _page("api/errors.html", errors=sorted(EXPLAINED.values(), key=lambda item: (item.status, item.code)))


def error_page(code: str) -> Response:
    """What an error document's `type` points to."""
    found = explained(code)
    if found is None:
        raise NotFound(
            say("There is no error “{code}”.", "没有错误代码“{code}”。", code=code[:60]),
            hint=did_you_mean(code[:60], EXPLAINED),
        )
    return _page("api/error.html", error=found)


def _resolved(document: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """With parameters and answers written out where they only point to shared ones."""
    parameters = [_follow(document, parameter) for parameter in described.get("parameters", ())]
    responses = {status: _follow(document, response) for status, response in described["responses"].items()}
    return {**described, "parameters": parameters, "responses": responses, "fields": _fields(document, described)}


def _fields(document: dict[str, Any], described: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand in the body."""
    content: dict[str, dict[str, Any]] = described.get("requestBody", {}).get("content", {})
    schema = next((_follow(document, kind["schema"]) for kind in content.values()), {})
    required = schema.get("required", ())
    return [
        {"name": name, "required": name in required, "schema": _kind(document, part)}
        for name, part in schema.get("properties", {}).items()
    ]


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    schema = _follow(document, schema)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(document, item) for item in schema["anyOf"]))
    if "enum" in schema:
        shown = [str(item) for item in schema["enum"][:12]]
        return " | ".join(shown) + (" | …" if len(schema["enum"]) > len(shown) else "")
    return str(schema.get("format") or schema.get("type") or "any")


def _follow(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    pointer = part.get("$ref")
    if pointer is None:
        return part
    found: Any = document
    for name in pointer.removeprefix("#/").split("/"):
        found = found[name]
    return dict(found)


def _page(template: str, **values: Any) -> Response:
    language = asking().language
    words = {name: text.in_(language) for name, text in _WORDS.items()}
    html = (
        _environment()
        .get_template(template)
        .render(words=words, language=language, style=_stylesheet(), url_for=url_for, **values)
    )
    return Response(html, mimetype="text/html")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder("ui") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=1)
def _stylesheet() -> str | None:
    """The address of the built style sheet; the pages can be read without it."""
    manifest = folder("ui") / "static" / "dist" / "manifest.json"
    if not manifest.is_file():
        return None
    return f"/static/dist/{orjson.loads(manifest.read_bytes())['style.css']}"
