"""In charge of writing what steps say: results of expressions become values of fields, in one change of a record.

What nobody enters (`read_only` fields) an automation may write all the same: that part is written by the system.
"""

from collections.abc import Mapping
from typing import Any

from tenon.model import Entity
from tenon.process.evaluation import Ref
from tenon.process.performing.base import Doing
from tenon.records import RecordFacts


def field_values(entity: Entity, results: Mapping[str, Any]) -> dict[str, Any]:
    """Results of expressions in the form of the fields: rounded, records by their ids."""
    return {name: _field_value(entity, name, result) for name, result in results.items()}


def raw_values(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """As callers would send them."""
    fields = entity.fields
    return {name: None if value is None else _sent(fields[name].type, value) for name, value in values.items()}


def write_fields(doing: Doing, record: RecordFacts, values: Mapping[str, Any]) -> int:
    """One change of `record`, by field values; how many records were touched."""
    ground, entity = doing.ground, doing.ground.model.entities[record.entity]
    raw = raw_values(entity, values)
    own = {name: value for name, value in raw.items() if not entity.fields[name].read_only}
    kept = {name: value for name, value in raw.items() if name not in own}
    changed = False
    if own:
        saved = ground.writer.change(doing.unit, doing.access, record.entity, record.id, own, version=None)
        changed = saved.changed
    if kept:
        access = ground.access(ground.system(doing.unit.actor.reason or doing.origin))
        saved = ground.writer.change(doing.unit, access, record.entity, record.id, kept, version=None)
        changed = changed or saved.changed
    return int(changed)


def create_from(doing: Doing, entity_name: str, results: Mapping[str, Any]) -> Ref:
    """A record of what expressions came to."""
    ground, entity = doing.ground, doing.ground.model.entities[entity_name]
    raw = raw_values(entity, field_values(entity, results))
    own = {name: value for name, value in raw.items() if not entity.fields[name].read_only}
    kept = {name: value for name, value in raw.items() if name not in own}
    saved = ground.writer.create(doing.unit, doing.access, entity_name, own)
    if kept:
        access = ground.access(ground.system(doing.unit.actor.reason or doing.origin))
        ground.writer.change(doing.unit, access, entity_name, saved.id, kept, version=None)
    return Ref(entity=entity_name, id=saved.id)


def _field_value(entity: Entity, name: str, result: Any) -> Any:
    kind = entity.fields[name].type
    if result is None:
        return None
    if kind.members is not None:
        several = result if isinstance(result, (list, tuple, set, frozenset)) else [result]
        return [getattr(each, "id", each) for each in several]
    return kind.from_expression(result if kind.entities is not None else getattr(result, "id", result))


def _sent(kind: Any, value: Any) -> Any:
    if kind.target is not None or kind.members is not None:
        return value
    return kind.to_json(value)
