"""In charge of `/api/v1/model`: the entities and fields of the workspace as the caller may see them."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from tenon.access import Access
from tenon.api.meeting import meet, meets
from tenon.api.outcomes import answer
from tenon.api.parameters import NOTHING, read_parameters
from tenon.model import OPERATIONS, Entity, Field, Pipeline, Relationship
from tenon.texts import Text


def describe_model() -> Response:
    known = meet()
    read_parameters(NOTHING)
    info, access = known.model.workspace, known.access
    entities = {name: _entity(access, entity) for name, entity in known.model.entities.items() if meets(access, name)}
    return answer(
        {
            "version": known.assembled.version,
            "workspace": {
                "name": info.name,
                "label": _words(info.label),
                "language": info.language,
                "timezone": info.timezone,
                "currency": info.currency,
            },
            "entities": entities,
        }
    )


def _entity(access: Access, entity: Entity) -> dict[str, Any]:
    readable = access.readable_fields(entity.name)
    writable = {operation: access.writable_fields(entity.name, operation) for operation in ("create", "update")}
    known = dict.fromkeys((*readable, *writable["create"], *writable["update"]))
    return {
        "label": _words(entity.label),
        "plural": _words(entity.plural),
        "help": _words(entity.help),
        "icon": entity.icon,
        "title": entity.title if entity.title in readable else None,
        "operations": [operation for operation in OPERATIONS if access.can(entity.name, operation)],
        "fields": {
            name: {
                **_field(access, entity.fields[name]),
                "readable": name in readable,
                "writable": [operation for operation, names in writable.items() if name in names],
            }
            for name in entity.fields
            if name in known
        },
        "relationships": {
            name: _relationship(end)
            for name, end in entity.relationships.items()
            if access.reads_relationship(entity.name, name)
        },
        "pipeline": _pipeline(entity.pipeline) if entity.pipeline is not None and "stage" in readable else None,
        "pipelines": [_pipeline(one) for one in entity.pipelines.values()] if "stage" in readable else [],
    }


def _field(access: Access, field: Field) -> dict[str, Any]:
    target = field.leads_to
    return {
        "label": _words(field.label),
        "help": _words(field.help),
        "type": field.type.key,
        "required": field.required,
        "unique": field.unique,
        "system": field.system,
        "computed": field.type.computed,
        "targets": [name for name in field.entities or () if access.can(name, "read")],
        "target": target if target is not None and access.can(target, "read") else None,
        "options": [
            {"key": option.key, "label": _words(option.label), "color": option.color, "active": option.active}
            for option in field.type.settings.options
        ],
    }


def _relationship(end: Relationship) -> dict[str, Any]:
    return {"label": _words(end.label), "kind": end.kind, "entity": end.entity}


def _pipeline(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "name": pipeline.name,
        "label": _words(pipeline.label),
        "initial": pipeline.initial,
        "stages": {
            stage.name: {
                "label": _words(stage.label),
                "kind": stage.kind,
                "color": stage.color,
                "probability": stage.probability,
                "next": None if stage.next is None else list(stage.next),
            }
            for stage in pipeline.stages.values()
        },
    }


def _words(text: Text | None) -> Mapping[str, str] | None:
    """In every language there is; None when there is no text."""
    return None if text is None else {language: text.in_(language) for language in text.languages()}
