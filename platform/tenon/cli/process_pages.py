"""In charge of the reference pages of actions and triggers, written from their catalogues."""

import json
from collections.abc import Iterator

from tenon.actions import ACTIONS, Action
from tenon.cli.metadata_pages import described
from tenon.texts import CHINESE, ENGLISH
from tenon.triggers import TRIGGERS, Trigger

Lines = Iterator[str]


def pages() -> dict[str, Lines]:
    return {"actions": _actions(), "triggers": _triggers()}


def _actions() -> Lines:
    yield "# Actions 动作\n"
    yield "What may stand in a step: of automations (`do`), approvals (`on_approve`, …) and stages (`entry`, `exit`).\n"
    for action in ACTIONS.values():
        yield from _one(action)


def _triggers() -> Lines:
    yield "# Triggers 触发器\n"
    yield "What may stand in the `on` of an automation.\n"
    for trigger in TRIGGERS.values():
        yield from _one(trigger)
        told = ", ".join(f"`trigger.{name}`" for name in trigger.data)
        if told:
            yield f"Tells 提供: {told}\n"


def _one(item: Action | Trigger) -> Lines:
    yield f"## `{item.key}` · {item.label.in_(ENGLISH)} · {item.label.in_(CHINESE)}\n"
    yield f"{item.help.in_(ENGLISH)} {item.help.in_(CHINESE)}\n"
    properties = item.schema.get("properties", {})
    if properties:
        yield "| property | meaning |\n|---|---|"
        yield from (f"| `{name}` | {described(schema)} |" for name, schema in properties.items())
        yield ""
    example = json.dumps({item.key: item.example}, ensure_ascii=False)
    yield f"```yaml\n{example}\n```\n"
