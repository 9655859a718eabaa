"""In charge of what other systems are told: an event as CloudEvents 1.0 JSON, with old and new value of each field."""

import json
from typing import Any

from tenon.fields.literals import instant_text
from tenon.jobs import Event

KINDS = ("record.created", "record.changed", "record.stage_changed", "record.deleted", "record.restored")


def word_of(event: Event) -> str:
    """`created`, `changed`…: what a subscription names."""
    return event.kind.removeprefix("record.")


def payload_of(event: Event, source: str) -> str:
    """The body as it is sent and kept: every later attempt sends the same letters."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": event.id,
            "source": source or "tenon",
            "type": f"tenon.{event.entity}.{word_of(event)}",
            "subject": f"{event.entity}/{event.record_id}",
            "time": instant_text(event.at),
            "datacontenttype": "application/json",
            "data": _data(event),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _data(event: Event) -> dict[str, Any]:
    told = dict(event.data)
    changed = {name: {"old": old, "new": new} for name, (old, new) in (told.pop("changed", None) or {}).items()}
    return {
        "entity": event.entity,
        "id": event.record_id,
        "version": event.version,
        "actor": event.actor_id,
        **told,
        "changed": changed,
    }
