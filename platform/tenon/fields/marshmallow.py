"""In charge of field types as parts of a marshmallow schema: the same `parse`, the same refusals."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from tenon.fields.base import FieldType, InvalidValue


class ParsedField(fields.Field[Any]):
    """Reads with `FieldType.parse`. A refusal's message is the `InvalidValue` itself, so no wording is lost."""

    def __init__(self, type: FieldType, **keywords: Any) -> None:
        super().__init__(**{"allow_none": True, **keywords})
        self.type = type

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        try:
            return self.type.parse(value)
        except InvalidValue as refusal:
            raise ValidationError([refusal]) from refusal

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:
        return None if value is None else self.type.to_json(value)


def marshmallow_field(type: FieldType, **keywords: Any) -> ParsedField:
    """`keywords` as for every marshmallow field (required, data_key, load_default, …)."""
    return ParsedField(type, **keywords)
