"""In charge of pointing at one record of another entity."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from tenon.expressions import TEXT, Type
from tenon.fields.base import (
    FIELD_TYPES,
    Display,
    FieldType,
    InvalidValue,
    OptionSchema,
    StoredColumn,
    TypeSettings,
    documented,
)
from tenon.fields.operators import REFERENCES, Operator
from tenon.fields.storage import Identifier
from tenon.fields.wording import line
from tenon.ids import is_id
from tenon.texts import say

SAMPLE_ID = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4b"
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
LINK_OPTIONS = {
    "to": documented("Name of the entity pointed to.", "所指向实体的名称。", type="string", minLength=1),
    "where": documented(
        "Which records may be chosen; names are fields of the entity pointed to.",
        "可选哪些记录；其中的名称是所指向实体的字段。",
        type="string",
        minLength=1,
        maxLength=4000,
    ),
    "on_delete": documented(
        "When the record pointed to is deleted: refuse, clear this field, or delete this record too.",
        "所指向的记录被删除时：拒绝删除、清空此字段，或一并删除本记录。",
        enum=["restrict", "clear", "cascade"],
        default="clear",
    ),
}


class Reference(NamedTuple):
    """A record as pages show it. `title` is None when it has none, both are None when the viewer may not read it."""

    id: str | None
    title: str | None


def read_id(raw: Any) -> str | None:
    """Lower-case UUID text, None when blank; raises InvalidValue."""
    text = line(raw, most=100).lower()
    if text and not is_id(text):
        raise InvalidValue(
            "not_an_id",
            say("“{text}” is not the id of a record.", "“{text}”不是记录的 ID。", text=text[:40]),
            say("Choose a record, or send its id (a UUID).", "请选择一条记录，或提供其 ID(UUID)。"),
        )
    return text or None


def reference_id(raw: Any) -> str | None:
    """The id out of a reference, an object with “id”, or text; None when blank. Raises InvalidValue."""
    if isinstance(raw, Reference):
        raw = raw.id
    elif isinstance(raw, Mapping):
        raw = _id_of(raw)
    return None if raw is None else read_id(raw)


def reference_json(value: Any) -> dict[str, Any]:
    """Of a Reference, or of an id without its title."""
    known = value if isinstance(value, Reference) else Reference(value, None)
    hidden = {"hidden": True} if known.id is None else {}
    return {"id": known.id, "title": known.title, **hidden}


def reference_schemas() -> list[dict[str, Any]]:
    """JSON Schemas of the two forms of a reference: the id, and an object with id and title."""
    identity = {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}
    both = {
        "type": "object",
        "properties": {"id": identity, "title": {"type": ["string", "null"]}},
        "required": ["id"],
        "additionalProperties": False,
    }
    return [identity, both]


class LookupType(FieldType):
    """What all look-ups share; the entity pointed to is `target`. Whether the record exists is not known here."""

    widget = "lookup"
    operators: tuple[Operator, ...] = REFERENCES

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        super().__init__(options, settings)
        self.target = type(self).target or self.options.get("to")

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Identifier(), indexed=True),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        return reference_id(raw)

    def to_json(self, value: Any) -> Any:
        return None if value is None else reference_json(value)

    def expression_value(self, value: Any) -> Any:
        return value.id if isinstance(value, Reference) else value

    def from_expression(self, result: Any) -> Any:
        return result.get("id") if isinstance(result, Mapping) else result

    def show(self, value: Any, display: Display) -> str:
        if isinstance(value, Reference):
            return value.title or value.id or ""
        return value or ""

    def openapi(self) -> dict[str, Any]:
        target = {"x-tenon-entity": self.target} if self.target else {}
        return {"anyOf": reference_schemas(), **target}

    def examples(self) -> Sequence[Any]:
        return (SAMPLE_ID, SAMPLE_ID.upper(), {"id": SAMPLE_ID}, {"id": SAMPLE_ID, "title": "Acme"})

    def bad_examples(self) -> Sequence[Any]:
        return ("acme", 7, True, {"id": 7}, {"name": "x"}, {"id": None, "title": None, "hidden": True}, [SAMPLE_ID])


@FIELD_TYPES.register("lookup")
class LookupField(LookupType):
    key = "lookup"
    label = say("Look-up", "关联")
    help = say("Points at one record of another entity.", "指向另一个实体的一条记录。")
    icon = "link"
    option_schema: ClassVar[OptionSchema] = LINK_OPTIONS


def _id_of(raw: Mapping[Any, Any]) -> Any:
    if raw.get("hidden"):
        raise InvalidValue(
            "hidden_record",
            say("This record is hidden from you, so it cannot be sent back.", "您无权查看该记录，因此不能提交它。"),
            say("Leave the field out to keep it as it is.", "请不要提交该字段，以保持原值。"),
        )
    if "id" not in raw or set(raw) - {"id", "title", "hidden"}:
        raise InvalidValue(
            "not_a_reference",
            say("A look-up is the id of a record, or an object with “id”.", "关联字段应为记录 ID，或含“id”的对象。"),
        )
    return raw["id"]
