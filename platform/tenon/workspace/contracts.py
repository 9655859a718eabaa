"""In charge of what a version promises the callers of its API: equal digests mean that no caller has to change.

The whole document of any version can be made again from its sources; this is its fingerprint.
"""

import hashlib
from typing import Any

import orjson

from tenon.model import Entity, Field, Model


def contract_digest(model: Model) -> str:
    """SHA-256 of entities, fields, types, options and stages as callers meet them; labels do not count."""
    content = {name: _entity(entity) for name, entity in model.entities.items()}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "fields": {name: _field(field) for name, field in entity.fields.items()},
        "relationships": {name: [item.kind, item.entity] for name, item in entity.relationships.items()},
        "pipelines": {name: sorted(item.stages) for name, item in entity.pipelines.items()},
        "owned": entity.owned,
    }


def _field(field: Field) -> list[Any]:
    options = getattr(field.type, "options", None)
    keys = sorted(map(str, options)) if isinstance(options, dict) else []
    return [field.type.key, field.leads_to, field.required, field.unique, field.read_only, field.stored, keys]
