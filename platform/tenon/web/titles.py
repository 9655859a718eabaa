"""In charge of what stands for a record in words."""

from collections.abc import Mapping
from typing import Any

from tenon.fields import Reference
from tenon.http import Asking
from tenon.model import Entity
from tenon.web.frame import display_of

LETTERS_OF_ID = 8


def title_of(entity: Entity, record: Mapping[str, Any], known: Asking) -> str:
    """Its title field, else the beginning of its id. `record` has the engine's values that this reader may see."""
    value = record.get(entity.title)
    if isinstance(value, Reference):
        shown = value.title or ""
    elif value is None or entity.title not in entity.fields:
        shown = ""
    else:
        shown = entity.fields[entity.title].type.show(value, display_of(known))
    return shown or str(record.get("id", ""))[:LETTERS_OF_ID]
