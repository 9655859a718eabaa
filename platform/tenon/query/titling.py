"""In charge of what stands for a record in words, from a row that was read."""

from collections.abc import Mapping
from typing import Any

from tenon.fields import Display, Reference
from tenon.model import Entity

LETTERS_OF_ID = 8


def title_of(entity: Entity, record: Mapping[str, Any], display: Display) -> str:
    """Its title field, else the beginning of its id. `record` has the engine's values that its reader may see."""
    value = record.get(entity.title)
    if isinstance(value, Reference):
        shown = value.title or ""
    elif value is None or entity.title not in entity.fields:
        shown = ""
    else:
        shown = entity.fields[entity.title].type.show(value, display)
    return shown or str(record.get("id", ""))[:LETTERS_OF_ID]
