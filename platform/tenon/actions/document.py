"""In charge of the JSON Schema of steps, made from the catalogue: it guides editors and checks files."""

from typing import Any

from tenon.actions.base import ACTIONS
from tenon.actions.schemas import common, one_of, said

ON_ERROR = ("retry", "skip", "stop")
STEP_WORDS = ("label", "when", "on_error", "after", "before")
"""What every step may say beside its action."""


def action_document() -> dict[str, Any]:
    """The content of `metadata/action.schema.json`."""
    step = {
        "description": "One action, and when it is done.",
        "description:zh-CN": "一个动作，以及何时执行。",
        "x-apart": True,
        "type": "object",
        "additionalProperties": False,
        "properties": {**_beside(), **{key: _of(key) for key in ACTIONS}},
    }
    steps = {
        "description": "Steps by name, done in this order; later ones may read the results of earlier ones.",
        "description:zh-CN": "按名称列出的步骤，依次执行；后面的步骤可使用前面步骤的结果。",
        "type": "object",
        "minProperties": 1,
        "maxProperties": 100,
        "propertyNames": {"$ref": "common.schema.json#/$defs/name"},
        "additionalProperties": {"$ref": "#/$defs/step"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Action",
        "title:zh-CN": "动作",
        "description": "What automations, approvals and stages do, step by step. Made from the catalogue of actions.",
        "description:zh-CN": "自动化、审批和阶段逐步执行的动作。由动作目录生成。",
        "$ref": "#/$defs/step",
        "$defs": {"step": step, "steps": steps},
        "examples": [{key: item.example} for key, item in ACTIONS.items()],
    }


def _beside() -> dict[str, Any]:
    return {
        "label": common("text", "What people call this step.", "该步骤的名称。"),
        "when": common("expression", "Done only when this holds.", "条件成立时才执行。"),
        "on_error": one_of(
            ON_ERROR,
            "When it fails: retry later, skip this step, or stop here; retry when absent.",
            "失败时：retry 稍后重试，skip 跳过本步，stop 停止；缺省为 retry。",
        ),
        "after": common("neighbour", "Stands after this step.", "排在该步骤之后。"),
        "before": common("neighbour", "Stands before this step.", "排在该步骤之前。"),
    }


def _of(key: str) -> dict[str, Any]:
    item = ACTIONS[key]
    return said(item.help.in_("en"), item.help.in_("zh-CN"), {**item.schema, "examples": [item.example]})
