"""In charge of the identity of a record."""

from collections.abc import Sequence
from typing import Any

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, StoredColumn
from tenon.fields.lookup import SAMPLE_ID, UUID_PATTERN, read_id
from tenon.fields.operators import ONE_OF
from tenon.fields.storage import Identifier
from tenon.texts import say


@FIELD_TYPES.register("id")
class IdField(FieldType):
    key = "id"
    label = say("Identity", "标识")
    help = say("The record's own id (a UUID); it never changes.", "记录自身的 ID(UUID)，永不改变。")
    icon = "fingerprint"
    operators = ONE_OF
    internal = True
    writable = False
    groupable = False

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Identifier()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        return None if raw is None else read_id(raw)

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}

    def examples(self) -> Sequence[Any]:
        return (SAMPLE_ID, SAMPLE_ID.upper(), f" {SAMPLE_ID} ")

    def bad_examples(self) -> Sequence[Any]:
        return ("acme", 7, True, {"id": SAMPLE_ID}, [SAMPLE_ID])
