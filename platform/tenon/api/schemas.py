"""In charge of records as JSON Schema: what answers carry of an entity, and what may be sent to it."""

from collections.abc import Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields

from tenon.access import Access
from tenon.fields import FieldType, InvalidValue
from tenon.fields.marshmallow import ParsedField
from tenon.model import Entity, Field
from tenon.query import MASKED
from tenon.records import input_schema
from tenon.texts import Text, say

Schema = dict[str, Any]
_LIMITS = frozenset(("maxLength", "minLength", "pattern", "minimum", "maximum", "maxItems", "uniqueItems", "examples"))
_NAMES = frozenset(("x-tenon-entity", "x-tenon-entities"))
"""Names of entities that a caller may not know of."""
_MOST_CHOICES = 60
"""Longer lists, such as all currencies, are told where they are sent, not wherever they are answered."""
_MASKED_NAMES: Schema = {"type": "array", "items": {"type": "string"}}
_MASKED = say(
    "Names of this answer that are null because a pool hides them until the record is claimed.",
    "此应答中因公海在领取前隐藏而为 null 的字段名。",
)
DOTTED = "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+$"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def component(entity: str, use: str = "") -> str:
    """The schema of an entity, or of one use of it (`account.new`); shared ones begin with a capital letter."""
    return f"{entity}.{use}" if use else entity


def plugin() -> MarshmallowPlugin:
    """Of apispec: marshmallow fields made from field types say what their type says."""
    return _TypedPlugin()


class _TypedConverter(OpenAPIConverter):
    def field2property(self, field: fields.Field[Any]) -> Schema:
        if isinstance(field, ParsedField):
            return nullable(_lighter(field.type.openapi(), _NAMES))
        return super().field2property(field)


class _TypedPlugin(MarshmallowPlugin):
    Converter = _TypedConverter


def add_entity(spec: APISpec, access: Access, entity: Entity, language: str) -> None:
    """The schemas of one entity: as answered, as created, as changed."""
    if access.can(entity.name, "read"):
        spec.components.schema(component(entity.name), answered(access, entity, language))
    if access.can(entity.name, "create"):
        spec.components.schema(component(entity.name, "new"), _accepted(spec, access, entity, "create"))
    if access.can(entity.name, "update"):
        change = _accepted(spec, access, entity, "update")
        change["properties"]["version"] = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        change.pop("required", None)
        spec.components.schema(component(entity.name, "change"), change)


def answered(access: Access, entity: Entity, language: str) -> Schema:
    """`select` decides which members there are; only id and version always are."""
    properties = {
        name: _described(value_schema(access, entity.fields[name]), entity.fields[name], language)
        for name in access.readable_fields(entity.name)
    }
    properties |= _former(entity, properties)
    properties["included"] = {"type": "object", "additionalProperties": True}
    if not access.administers and any(pool.mask_before_claim for pool in access.model.pools.values()):
        properties.setdefault(MASKED, {**_MASKED_NAMES, "description": _MASKED.in_(language)})
    return {
        "type": "object",
        "title": entity.label.in_(language),
        "properties": properties,
        "patternProperties": {DOTTED: {}},
        "required": ["id", "version"],
        "additionalProperties": False,
    }


def value_schema(access: Access, field: Field) -> Schema:
    """What an answer holds for a field: what the type writes, without the limits of what it takes."""
    if field.name in ("id", "version"):
        return _lighter(field.type.openapi(), _LIMITS)
    if field.target is not None and not field.type.computed:
        known = {"x-tenon-entity": field.target} if access.can(field.target, "read") else {}
        return {**nullable(ref("Reference")), **known}
    if field.entities is not None:
        met = [name for name in field.entities if access.can(name, "read")]
        return {**nullable(ref("AnyReference")), **({"x-tenon-entities": met} if met else {})}
    if field.members is not None:
        known = {"x-tenon-entity": field.members} if access.can(field.members, "read") else {}
        return {**nullable({"type": "array", "items": ref("Reference")}), **known}
    return nullable(_written(field.type))


def _accepted(spec: APISpec, access: Access, entity: Entity, operation: Any) -> Schema:
    """Of the marshmallow schema that reads the input, the fields this caller may send."""
    writable = access.writable_fields(entity.name, operation)
    converter = _TypedConverter("3.1.0", schema_name_resolver=lambda _schema: None, spec=spec)
    full = input_schema(entity)
    names = [name for name in writable if name in full._declared_fields]
    schema: Schema = {"type": "object"}
    if names:
        schema = dict(converter.schema2jsonschema(full(only=names)))  # type: ignore[no-untyped-call]
    schema.setdefault("properties", {})
    schema["additionalProperties"] = False
    required = [name for name in names if _must_be_sent(entity.fields[name])]
    if required:
        schema["required"] = required
        for name in required:
            schema["properties"][name] = schema["properties"][name]["anyOf"][0]
    schema["properties"] |= _former(entity, schema["properties"])
    return schema


def _former(entity: Entity, properties: Schema) -> Schema:
    """Names of the past still answer; what is described of them is what they are today."""
    known = entity.fields.former.items()
    return {old: {**properties[today], "deprecated": True} for old, today in known if today in properties}


def _must_be_sent(field: Field) -> bool:
    conditional = field.visible_when is not None or field.required_when is not None
    return field.required and field.default is None and not conditional and field.name != "stage"


def _written(kind: FieldType) -> Schema:
    """Of the alternatives a type takes, the one it answers with."""
    schema = _lighter(kind.openapi(), _LIMITS | _NAMES | {"readOnly"})
    alternatives = schema.get("anyOf")
    sample = _sample(kind)
    if not alternatives or sample is None:
        return schema
    fitting = [item for item in alternatives if _fits(item, sample)]
    if isinstance(sample, Mapping) and len(fitting) == 1:
        parts = fitting[0].get("properties", {})
        return {**fitting[0], "properties": {name: _part(part, sample.get(name)) for name, part in parts.items()}}
    return dict(fitting[0]) if len(fitting) == 1 else schema


def _part(schema: Schema, sample: Any) -> Schema:
    fitting: list[Schema] = [item for item in schema.get("anyOf", ()) if _fits(item, sample)]
    return fitting[0] if len(fitting) == 1 else schema


def _sample(kind: FieldType) -> Any:
    """A value as the type answers it; None when it has no examples."""
    source = getattr(kind, "of", kind)
    for example in source.examples():
        try:
            value = source.parse(example)
        except InvalidValue:
            continue
        if value is not None:
            return source.to_json(value)
    return None


def _fits(schema: Schema, sample: Any) -> bool:
    names = {"string": str, "object": Mapping, "array": list, "boolean": bool, "number": int | float}
    return isinstance(sample, names.get(schema.get("type", ""), ()))


def _described(schema: Schema, field: Field, language: str) -> Schema:
    words: list[Text] = [field.label, *((field.help,) if field.help is not None else ())]
    return {**schema, "description": " — ".join(text.in_(language) for text in words)}


def _lighter(schema: Schema, names: frozenset[str]) -> Schema:
    """Without the members called so, at any depth."""
    lighter: Schema = _without(schema, names)
    return lighter


def _without(schema: Any, names: frozenset[str]) -> Any:
    if isinstance(schema, Mapping):
        kept = {key: value for key, value in schema.items() if key not in names}
        if "maxLength" in names and len(kept.get("enum", ())) > _MOST_CHOICES:
            del kept["enum"]
        return {key: _without(value, names) for key, value in kept.items()}
    return [_without(item, names) for item in schema] if isinstance(schema, list) else schema
