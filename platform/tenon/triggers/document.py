"""In charge of the JSON Schema of what may stand in `on:`, made from the catalogue."""

from typing import Any

from tenon.actions.schemas import said
from tenon.triggers.base import TRIGGERS


def trigger_document() -> dict[str, Any]:
    """The content of `metadata/trigger.schema.json`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trigger",
        "title:zh-CN": "触发器",
        "description": "What sets an automation off. Made from the catalogue of triggers.",
        "description:zh-CN": "什么会触发自动化。由触发器目录生成。",
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {key: _of(key) for key in TRIGGERS},
        "examples": [{key: item.example} for key, item in TRIGGERS.items()],
    }


def _of(key: str) -> dict[str, Any]:
    item = TRIGGERS[key]
    return said(item.help.in_("en"), item.help.in_("zh-CN"), {**item.schema, "examples": [item.example]})
