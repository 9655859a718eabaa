"""In charge of comparing whole models: everything a model holds, as plain values that are equal when it is."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from tenon.expressions import Expression
from tenon.fields import FieldType
from tenon.model import Model


def model_parts(model: Model) -> dict[str, Any]:
    """By the name of the part; origins by path."""
    found = {item.name: plain_of(getattr(model, item.name)) for item in fields(model) if item.name != "origins"}
    known = {path: model.origins.get(path) for path in model.origins}
    origins = {path: origin for path, origin in known.items() if origin is not None}
    return {**found, "origins": {path: (str(origin.location), repr(origin.value)) for path, origin in origins.items()}}


def plain_of(value: Any) -> Any:
    if isinstance(value, Expression):
        constants = [(str(constant.type), constant.value) for constant in value.literals]
        reads = [sorted(value.dependencies), sorted(value.user_dependencies), sorted(value.entities), value.about]
        return ["expression", value.text, str(value.type), value.shape, constants, reads]
    if isinstance(value, FieldType):
        return [type(value).__name__, plain_of(value.options), value.target, plain_of(value.settings)]
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, {item.name: plain_of(getattr(value, item.name)) for item in fields(value)}]
    if isinstance(value, Mapping):
        return [[plain_of(key), plain_of(item)] for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if isinstance(value, (tuple, list)):
        return [plain_of(item) for item in value]
    return value
