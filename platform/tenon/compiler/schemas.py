"""In charge of the language's definition: the JSON Schemas under `metadata/`, ready to check values with."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from tenon import resources
from tenon.fields import FIELD_TYPES

Schema = Mapping[str, Any]

KINDS = {
    "workspace": "workspace",
    "modules": "module",
    "entities": "entity",
    "choices": "choices",
    "roles": "role",
    "navigation": "navigation",
    "regions": "regions",
    "translations": "translations",
    "data": "data",
    "demo": "data",
    "tests": "test",
    "segments": "segment",
    "dashboards": "dashboard",
    "reports": "report",
    "scores": "score",
    "targets": "target",
    "templates": "template",
    "webforms": "webform",
    "connectors": "connector",
    "tours": "tour",
    "courses": "course",
    "approvals": "approval",
    "automations": "automation",
    "pools": "pool",
    "assignments": "assignment",
    "calendars": "calendar",
}
"""Part of the tree → schema of it, or of each thing in it."""
WHOLE = ("workspace", "navigation", "regions")
"""Parts of the tree that are one thing and no map of things."""

_ONES = ("additionalProperties", "propertyNames", "items", "if", "then", "else")
"""Keywords that hold one schema."""
ANY_TYPE = ""
"""Stands for a type nobody knows."""
_NEEDED = {"lookup": ("to",), "multi_lookup": ("to",), "formula": ("value",), "rollup": ("of",)}
"""Options without which a field of the type means nothing."""


@cache
def load(name: str) -> dict[str, Any]:
    """The schema `metadata/<name>.schema.json`."""
    text = (resources.folder("metadata") / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def whole(name: str) -> dict[str, Any]:
    """The schema of a kind with everything it refers to written out, which checks many times faster."""
    document = load(name)
    schema: dict[str, Any] = _written_out(document, document, ())
    definitions = document.get("$defs", {}).items()
    return {**schema, "$defs": {key: _written_out(below, document, ()) for key, below in definitions}}


def _written_out(schema: Any, document: Schema, inside: tuple[int, ...]) -> Any:
    """`inside` are the schemas being written out; one that contains itself keeps its reference.

    What has a schema of its own (`x-apart`: a step) is left open, since it is checked by itself.
    """
    if not isinstance(schema, dict):
        return schema
    target, where = _followed(schema, document)
    if target.get("x-apart") and inside:
        return {"type": "object", "description": target["description"]}
    if id(target) in inside:
        return schema
    found = {**target, **{key: item for key, item in schema.items() if key != "$ref"}}
    deeper = (*inside, id(target))
    for key, item in found.items():
        if key == "properties":
            found[key] = {name: _written_out(below, where, deeper) for name, below in item.items()}
        elif key in _ONES:
            found[key] = _written_out(item, where, deeper)
    return found


@cache
def validator(kind: str) -> Draft202012Validator:
    """For a thing of this kind; the fields of an entity are left out, since each has the schema of its type."""
    schema = dict(whole(kind))
    if kind == "entity":
        fields = {**schema["properties"]["fields"], "additionalProperties": {"type": "object"}}
        schema["properties"] = {**schema["properties"], "fields": fields}
    return Draft202012Validator(schema)


@cache
def field_validator(type_key: str) -> Draft202012Validator:
    """For a field of this type: the keys of every field and the options of the type; any options for ANY_TYPE."""
    if type_key == ANY_TYPE:
        return Draft202012Validator({**whole("field"), "additionalProperties": True})
    return Draft202012Validator(field_schema(type_key))


@cache
def field_schema(type_key: str) -> dict[str, Any]:
    common = whole("field")
    options = FIELD_TYPES[type_key].option_schema
    properties = {**common["properties"], **options}
    if "options" in options:
        properties["options"] = {**options["options"], **whole("choices")["$defs"]["options"]}
    schema = {**common, "properties": properties, "required": [*common["required"], *_NEEDED.get(type_key, ())]}
    schema.pop("examples", None)
    return schema


def property_at(path: tuple[str, ...]) -> Schema:
    """The schema of the property at a path of the tree, its reference not followed; {} when there is none."""
    kind, *steps = path
    schema, document = _followed({"$ref": f"{KINDS[kind]}.schema.json"}, {})
    if kind not in WHOLE:
        steps = steps[1:]
    found: Schema = schema
    for step in steps:
        schema, document = _followed(found, document)
        found = _below(schema, step)
        if not found:
            return {}
    return found


def _followed(schema: Schema, document: Schema) -> tuple[Schema, Schema]:
    """The schema a reference leads to, and the document in which its own references are read."""
    while "$ref" in schema:
        name, _, pointer = schema["$ref"].partition("#")
        document = load(name.removesuffix(".schema.json")) if name else document
        schema = document
        for step in pointer.strip("/").split("/"):
            schema = schema[step] if step else schema
    return schema, document


def _below(schema: Schema, step: str) -> Schema:
    named = schema.get("properties", {}).get(step)
    others = schema.get("additionalProperties")
    return named or (others if isinstance(others, dict) else {})


@cache
def options(type_key: str) -> frozenset[str]:
    """Names of the options a type takes."""
    return frozenset(FIELD_TYPES[type_key].option_schema)


def needs_options(type_key: str) -> bool:
    """Whether fields of this type are nothing without an option set."""
    return type_key in ("choice", "multi_choice")
