"""In charge of the words in which actions and triggers describe their properties: small JSON Schemas."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
DURATION = "^[1-9][0-9]{0,4}(m|h|d|w)$"
SHIFT = "^-?[0-9]{1,5}(m|h|d|w)$"
CLOCK = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
NAME: Schema = {"pattern": "^[a-z][a-z0-9_]{0,39}$"}
"""Of a bare name."""
METHODS = ("first", "round_robin", "weighted", "least_loaded", "random")
INPUTS = ("text", "number", "boolean", "date", "datetime")


def said(en: str, zh: str, schema: Schema) -> dict[str, Any]:
    return {"description": en, "description:zh-CN": zh, **schema}


def common(name: str, en: str, zh: str) -> dict[str, Any]:
    """A shape of `common.schema.json`."""
    return said(en, zh, {"$ref": f"common.schema.json#/$defs/{name}"})


def steps(en: str, zh: str) -> dict[str, Any]:
    return said(en, zh, {"$ref": "action.schema.json#/$defs/steps"})


def people(en: str, zh: str) -> dict[str, Any]:
    return common("people", en, zh)


def values(en: str, zh: str) -> dict[str, Any]:
    """Names with expressions."""
    return common("values", en, zh)


def one_of(words: Sequence[str], en: str, zh: str) -> dict[str, Any]:
    return said(en, zh, {"enum": list(words)})


def flag(en: str, zh: str) -> dict[str, Any]:
    return said(en, zh, {"type": "boolean"})


def count(en: str, zh: str, most: int) -> dict[str, Any]:
    return said(en, zh, {"type": "integer", "minimum": 1, "maximum": most})


def names(en: str, zh: str) -> dict[str, Any]:
    """One name or several."""
    item = {"$ref": "common.schema.json#/$defs/name"}
    return said(en, zh, {"type": ["string", "array"], "items": item, "uniqueItems": True, "minItems": 1})


def inputs(en: str, zh: str) -> dict[str, Any]:
    """Names with the kinds of their values."""
    kinds = {"enum": list(INPUTS)}
    name = {"$ref": "common.schema.json#/$defs/name"}
    return said(en, zh, {"type": "object", "maxProperties": 60, "propertyNames": name, "additionalProperties": kinds})


def properties(described: Schema, *required: str, short: Schema | None = None, bare: str = "string") -> dict[str, Any]:
    """An object with these properties; `short` adds the rules of a bare value that may stand instead."""
    kinds: Any = "object" if short is None else ["object", bare]
    schema: dict[str, Any] = {"type": kinds, "additionalProperties": False, "properties": dict(described)}
    if required:
        schema["required"] = list(required)
    return {**schema, **(short or {})}
