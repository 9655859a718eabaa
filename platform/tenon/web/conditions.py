"""In charge of the part of a form's logic that browsers can judge while it is filled in: `data-conditions`.

Only expressions about the record's own fields go out; the server judges all of them when the form comes back.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tenon.actors import Actor
from tenon.expressions import Expression, to_json, value_to_json
from tenon.fields import AnyRecord
from tenon.fields.locales import zone_of
from tenon.model import Entity, Form
from tenon.model.moves import stage_of
from tenon.model.shapes import STAGE_FACETS

FACETS = frozenset(tuple(name.split(".")) for name in STAGE_FACETS) | frozenset((name,) for name in STAGE_FACETS)
UNREADABLE = frozenset({"datetime", "duration", "opaque"})
"""Kinds whose inputs mean something else in the browser than in the reader's zone."""


def conditions(
    entity: Entity,
    form: Form,
    record: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    is_new: bool,
    readable: Iterable[str],
) -> str:
    """JSON for `data-conditions`. `record` holds the engine's values; fields the actor may not read stay out."""
    visible = frozenset(readable)
    fields = {name: rules for name in _names(form) if name in visible and (rules := _rules(entity, name, visible))}
    sections = {
        section.name: to_json(section.visible_when)
        for section in form.sections.values()
        if section.visible_when is not None and _local(entity, section.visible_when, visible)
    }
    return json.dumps(
        {
            "record": _record(entity, record, visible),
            "context": _context(actor, now, is_new),
            "fields": fields,
            "sections": sections,
        },
        ensure_ascii=False,
    )


def _names(form: Form) -> Iterable[str]:
    return (name for section in form.sections.values() for name in section.fields)


def _rules(entity: Entity, name: str, visible: frozenset[str]) -> dict[str, Any]:
    field = entity.fields[name]
    written = {
        "visible": field.visible_when,
        "required": field.required_when,
        "read_only": field.read_only_when,
        "value": field.value,
    }
    return {key: to_json(rule) for key, rule in written.items() if rule is not None and _local(entity, rule, visible)}


def _local(entity: Entity, expression: Expression, visible: frozenset[str]) -> bool:
    """Whether everything it reads stands in the form, is of the actor, or is a facet of the stage."""
    if expression.entities or expression.root_dependencies:
        return False
    if any(len(path) > 2 for path in expression.user_dependencies):
        return False
    return all(path in FACETS or _own(entity, path, visible) for path in expression.dependencies)


def _own(entity: Entity, path: tuple[str, ...], visible: frozenset[str]) -> bool:
    name = path[0]
    if len(path) == 2 and name in visible and name in entity.fields and entity.fields[name].entities is not None:
        return path[1] in entity.fields[name].type.part_types
    if len(path) != 1 or name not in visible or name not in entity.fields or entity.fields[name].type.computed:
        return False
    type_ = entity.fields[name].type
    if type_.members is not None:
        return False  # the form holds ids, and conditions ask about records
    return type_.expression_type().kind not in UNREADABLE and (type_.entities is not None or not type_.part_types)


def _record(entity: Entity, record: Mapping[str, Any], visible: frozenset[str]) -> dict[str, Any]:
    made = {
        name: value_to_json(entity.fields[name].type.expression_value(value))
        for name, value in record.items()
        if name in visible
        and name in entity.fields
        and entity.fields[name].type.expression_type().kind not in UNREADABLE
    }
    for name, value in record.items():
        if name in visible and isinstance(value, AnyRecord):
            made |= {f"{name}.entity": value.entity, f"{name}.id": value.id}
    stage = stage_of(entity, record)
    if stage is not None:
        facets = {"probability": stage.probability, "kind": stage.kind, "label": str(stage.label)}
        made |= {f"stage.{name}": value_to_json(value) for name, value in facets.items()}
    return made


def _context(actor: Actor, now: datetime, is_new: bool) -> dict[str, Any]:
    user = {
        "id": actor.id,
        "name": actor.name,
        "roles": sorted(actor.roles),
        "department": actor.department,
        "region": actor.region,
        "manager": actor.manager,
    }
    return {
        "today": now.astimezone(zone_of(actor.timezone)).date().isoformat(),
        "now": value_to_json(now),
        "timezone": actor.timezone,
        "language": actor.language,
        "user": user,
        "is_new": is_new,
    }
