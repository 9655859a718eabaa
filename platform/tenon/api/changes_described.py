"""In charge of describing the addresses of versions and changes, for those who may use them."""

from typing import Any

from apispec import APISpec

from tenon.access import Access
from tenon.api import versions
from tenon.api.changes_wanted import FORM
from tenon.api.components import COUNT, READING, TEXT, VERSION, WRITING, answers, list_of, object_of
from tenon.api.operations import documented, json_body, operation
from tenon.api.schemas import Schema, nullable, ref
from tenon.api.writes import BASE
from tenon.texts import say


def _optional(**properties: Schema) -> Schema:
    return {**object_of(**properties), "required": []}


_WORDS: Schema = {"type": "object", "additionalProperties": TEXT}
_NAMES: Schema = {"type": "array", "items": TEXT, "maxItems": 1000}
_NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
_PATH: Schema = {"name": "number", "in": "path", "required": True, "schema": _NUMBER}
_VERSION: dict[str, Schema] = {
    "number": VERSION,
    "at": {"type": "string", "format": "date-time"},
    "author": TEXT,
    "reason": TEXT,
    "digest": TEXT,
    "modules": _WORDS,
    "contract": TEXT,
    "origin": TEXT,
}
_CHANGES: dict[str, Schema] = {
    "changes": {
        "type": "object",
        "description": "Dotted place → value; null removes the thing.",
        "examples": [{"entities.account.fields.x_tax": {"type": "text", "label": {"en": "Tax number"}}}],
    },
    "undo": {**_NAMES, "description": "Places at which the builder shall say nothing any more."},
    "take": {**_NAMES, "description": "Places at which the value of the modules shall hold again."},
}
_DECISIONS: dict[str, Schema] = {
    "seal": {**TEXT, "minLength": 1, "maxLength": 2000, "description": "Of the plan you looked at."},
    "reason": {**TEXT, "minLength": 1, "maxLength": 2000},
    "accept": {**_WORDS, "description": "Step that needs a decision → one of its answers."},
    "consent": {**_NAMES, "description": "The subject of each step that takes something away."},
}
_TO: Schema = {**_NUMBER, "description": "The number of an older version."}
_FLAG: Schema = {"type": "boolean", "default": False}
_SCHEMAS: dict[str, Schema] = {
    "Version": object_of(**_VERSION),
    "Versions": object_of(versions=list_of(ref("Version")), next=nullable(VERSION)),
    "VersionRead": object_of(
        **_VERSION,
        former=nullable(VERSION),
        summary=nullable(
            object_of(added=COUNT, changed=COUNT, removed=COUNT, renamed=COUNT, things=list_of(TEXT)),
        ),
    ),
    "Differences": object_of(
        **{"from": VERSION, "to": VERSION},
        differences=list_of(
            object_of(
                kind={"enum": ["added", "removed", "changed", "renamed"]},
                path=TEXT,
                layer=TEXT,
                before={},
                after={},
                text=TEXT,
            )
        ),
    ),
    "Plan": object_of(
        base=object_of(number=VERSION, digest=TEXT),
        digest=TEXT,
        seal=TEXT,
        operations=list_of(
            {
                "type": "object",
                "properties": {
                    "kind": TEXT,
                    "subject": TEXT,
                    "entity": TEXT,
                    "rows": COUNT,
                    "risk": {"enum": ["safe", "slow", "needs_decision", "removes"]},
                    "answers": list_of(TEXT),
                    "text": _WORDS,
                    "uses": list_of(object_of(kind=TEXT, path=TEXT, how=TEXT, location=TEXT)),
                },
                "required": ["kind", "subject", "entity", "rows", "risk", "answers", "text", "uses"],
            }
        ),
        api=list_of(object_of(kind=TEXT, what=TEXT, name=TEXT, breaking={"type": "boolean"})),
        upgrade=list_of({"type": "object"}),
    ),
    "PlanWanted": {
        "oneOf": [
            {**_optional(**_CHANGES), "minProperties": 1},
            object_of(to=_TO),
        ]
    },
    "ApplyWanted": {
        **object_of(("seal", "reason"), **_CHANGES, **_DECISIONS, skip_tests=_FLAG),
        "anyOf": [{"required": [name]} for name in _CHANGES],
    },
    "RollbackWanted": object_of(("to", "seal", "reason"), to=_TO, **_DECISIONS),
    "PublishedVersion": object_of(version=VERSION, published={"type": "boolean"}),
}
_FILE: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}


def add_changes(spec: APISpec, access: Access, language: str) -> None:
    """Nothing for who may not see the configuration."""
    if not access.configures("read"):
        return
    for name, schema in _SCHEMAS.items():
        spec.components.schema(name, schema)
    _add_versions(spec, language)
    planning = _writing("plan_change", "Plan", language)
    planning["requestBody"] = _either("PlanWanted", _optional(rebase=_FLAG))
    _add(spec, "changes/plan", post=planning)
    if not access.configures("update"):
        return
    applying = _writing("apply_change", "PublishedVersion", language, keyed=True)
    applying["requestBody"] = _either("ApplyWanted", object_of(("seal", "reason"), rebase=_FLAG, **_DECISIONS))
    _add(spec, "changes/apply", post=applying)
    returning = _writing("rollback_change", "PublishedVersion", language, keyed=True)
    returning["requestBody"] = json_body(ref("RollbackWanted"))
    _add(spec, "changes/rollback", post=returning)


def _add_versions(spec: APISpec, language: str) -> None:
    tables = {"": (versions.LIST, "Versions"), "/diff": (versions.DIFF, "Differences")}
    for path, (known, schema) in tables.items():
        name = "diff_versions" if path else "versions"
        described = operation(name, _SUMMARIES[name], answers(ref(schema), READING), language)
        described["parameters"] = [documented(parameter, language) for parameter in known.values()]
        _add(spec, f"versions{path}", get=described)
    one = operation("read_version", _SUMMARIES["read_version"], answers(ref("VersionRead"), READING), language)
    _add(spec, "versions/{number}", get={**one, "parameters": [_PATH]})


def _writing(name: str, schema: str, language: str, *, keyed: bool = False) -> dict[str, Any]:
    responses = answers(ref(schema), WRITING)
    if keyed:
        responses["201"] = {**responses["200"], "description": "Published."}
    described = operation(name, _SUMMARIES[name], responses, language)
    return {**described, "parameters": ["IdempotencyKey"] if keyed else []}


def _either(wanted: str, request: Schema) -> dict[str, Any]:
    """JSON, or a form with a package and the same JSON as one of its fields."""
    form = object_of(("package",), package=_FILE, request={"type": "string", "contentMediaType": "application/json"})
    form["properties"]["request"]["contentSchema"] = request
    body = json_body(ref(wanted))
    return {**body, "content": {**body["content"], FORM: {"schema": form}}}


def _add(spec: APISpec, path: str, **operations: dict[str, Any]) -> None:
    tagged = {method: {**described, "tags": ["workspace"]} for method, described in operations.items()}
    spec.path(path=f"{BASE}/{path}", operations=tagged)


_SUMMARIES = {
    "versions": say("Published versions, newest first", "已发布的版本，新的在前"),
    "diff_versions": say("What differs between two versions", "两个版本之间的差异"),
    "read_version": say("One version and what it changed", "一个版本及其更改摘要"),
    "plan_change": say("What a change would do", "一项更改会产生什么影响"),
    "apply_change": say("Publish a change that was planned", "发布已生成计划的更改"),
    "rollback_change": say("Publish an older version again", "重新发布较早的版本"),
}
