"""In charge of pointing at one record of any entity, or of one of several: what a task or a note is about.

The record holds the id of the other, and beside it the entity. Ids are never given twice, whatever the entity, so two
values are the same when their ids are; that is also what expressions compare. No foreign key is possible: that the
record exists is seen to by whoever writes, and that a reader may see it by whoever reads.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from tenon.expressions import TEXT, Type
from tenon.fields.base import (
    FIELD_TYPES,
    Display,
    FieldType,
    InvalidValue,
    Occasion,
    OptionSchema,
    StoredColumn,
    TypeSettings,
    documented,
)
from tenon.fields.lookup import SAMPLE_ID, UUID_PATTERN, read_id
from tenon.fields.operators import REFERENCES
from tenon.fields.storage import EntityWord, ShortText
from tenon.fields.wording import line
from tenon.ids import is_id
from tenon.texts import say

ENTITY_PATTERN = "^[a-z][a-z0-9_]{0,59}$"
ENTITY, ID = "entity", "id"
"""The parts of a value."""
_MEMBERS = frozenset((ENTITY, ID, "title", "hidden"))


@dataclass(frozen=True)
class AnyRecord:
    """`id` is None for one the reader may not see; `entity` for one that only its id is known of.

    `title` is what pages show, and there only when they read it.
    """

    id: str | None
    entity: str | None = field(default=None, compare=False)
    title: str | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """`account:0190…`: how files, forms and expressions write it."""
        return f"{self.entity}:{self.id}" if self.entity else self.id or ""


UNSEEN = AnyRecord(None)


def any_json(value: AnyRecord) -> dict[str, Any]:
    if value.id is None:
        return {ENTITY: None, ID: None, "title": None, "hidden": True}
    return {ENTITY: value.entity, ID: value.id, "title": value.title}


@FIELD_TYPES.register("any_record")
class AnyRecordField(FieldType):
    key = "any_record"
    label = say("Look-up of any record", "任意关联")
    help = say("Points at one record of any entity, or of some.", "指向任意实体或若干指定实体的一条记录。")
    icon = "affiliate"
    widget = "any_record"
    operators = REFERENCES
    sortable = False
    groupable = False
    settles = True
    part_types: ClassVar[Mapping[str, Type]] = {ENTITY: TEXT, ID: TEXT}
    option_schema: ClassVar[OptionSchema] = {
        "entities": documented(
            "Names of the entities whose records may be pointed to; without it those of every entity.",
            "可指向的实体的名称；不填写表示任意实体。",
            type="array",
            items={"type": "string", "minLength": 1},
            uniqueItems=True,
            default=[],
        ),
        "on_delete": documented(
            "When the record pointed to is deleted: refuse, clear this field, delete this record too, or keep it: "
            "it reads as empty until the other is restored.",
            "所指向的记录被删除时：拒绝删除、清空此字段、一并删除本记录，或保留（恢复之前读作空值）。",
            enum=["restrict", "clear", "cascade", "keep"],
            default="clear",
        ),
    }

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        super().__init__(options, settings)
        self.entities: tuple[str, ...] = tuple(self.options["entities"])
        self.words: tuple[tuple[str, str], ...] | None = None

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText(), indexed=True), StoredColumn(part=ENTITY, type=EntityWord(self.words)))

    def named_by(self, words: tuple[tuple[str, str], ...]) -> Self:
        """The same type over columns that are read and written with these words for entities."""
        found = copy(self)
        found.words = words
        return found

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> AnyRecord | None:
        if isinstance(raw, AnyRecord):
            if raw.id is None:
                raise _hidden()
            return AnyRecord(raw.id, self._entity(raw.entity))
        if isinstance(raw, Mapping):
            return self._of_parts(raw)
        text = "" if raw is None else line(raw, most=200).replace("：", ":")
        if not text:
            return None
        entity, colon, identity = text.rpartition(":")
        return AnyRecord(_identity(identity), self._entity(entity.strip() if colon else None))

    def _of_parts(self, raw: Mapping[Any, Any]) -> AnyRecord:
        if raw.get("hidden"):
            raise _hidden()
        if set(raw) - _MEMBERS or not isinstance(raw.get(ID), str) or not isinstance(raw.get(ENTITY), str | None):
            raise _not_a_record()
        return AnyRecord(_identity(raw[ID]), self._entity(raw.get(ENTITY)))

    def _entity(self, named: str | None) -> str:
        """Where only one is possible it need not be named. Whether there is one of this name is not known here."""
        name = named or (self.entities[0] if len(self.entities) == 1 else None)
        if name is None or not name.isascii() or not name.replace("_", "").isalnum():
            raise _not_a_record()
        if self.entities and name not in self.entities:
            raise InvalidValue(
                "wrong_entity",
                say("Records of “{entity}” cannot be chosen here.", "这里不能选择“{entity}”的记录。", entity=name[:60]),
                say("Choose one from the list.", "请从列表中选择。"),
            )
        return name

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return (None, None) if value is None else (value.id, value.entity)

    def from_columns(self, stored: Sequence[Any]) -> Any:
        """None where the entity is no more; what comes as an id alone (a formula) has none."""
        if stored[0] is None:
            return None
        if len(stored) == 1:
            return self.from_expression(stored[0])
        return AnyRecord(stored[0], stored[1]) if stored[1] is not None else None

    def settled(self, value: Any, before: Any, occasion: Occasion) -> Any:
        """A default may come as an id alone."""
        if value.entity is None:
            raise _not_a_record()
        return value

    def part(self, value: Any, name: str) -> Any:
        return getattr(value, name, None)

    def to_json(self, value: Any) -> Any:
        return None if value is None else any_json(value)

    def exported(self, sent: Any) -> Any:
        return None if sent["id"] is None else f"{sent[ENTITY]}:{sent[ID]}"

    def expression_value(self, value: Any) -> Any:
        return value.id if isinstance(value, AnyRecord) else value

    def from_expression(self, result: Any) -> AnyRecord | None:
        """From a record, from `entity:id`, or from an id: then the entity is known only where one is possible."""
        name, _colon, identity = result.rpartition(":") if isinstance(result, str) else ("", "", None)
        if not isinstance(result, str):
            identity, name = getattr(result, ID, None), getattr(result, ENTITY, None) or ""
        if not is_id(identity):
            return None
        return AnyRecord(identity, name or (self.entities[0] if len(self.entities) == 1 else None))

    def parse_constant(self, raw: Any, timezone: str) -> AnyRecord | None:
        """Of which entity it is has to be found out."""
        return self.from_expression(raw)

    def show(self, value: Any, display: Display) -> str:
        if isinstance(value, AnyRecord):
            return value.title or value.key
        return value or ""

    def openapi(self) -> dict[str, Any]:
        identity = {"type": "string", "format": "uuid", "pattern": UUID_PATTERN}
        entity = {"type": "string", "pattern": ENTITY_PATTERN}
        whole = {
            "type": "object",
            "properties": {ENTITY: entity, ID: identity, "title": {"type": ["string", "null"]}},
            "required": [ID] if len(self.entities) == 1 else [ENTITY, ID],
            "additionalProperties": False,
        }
        written = {"type": "string", "pattern": f"{ENTITY_PATTERN[:-1]}:{UUID_PATTERN[1:]}"}
        known = {"x-tenon-entities": list(self.entities)} if self.entities else {}
        return {"anyOf": [whole, written], **known}

    def examples(self) -> Sequence[Any]:
        name = self.entities[0] if self.entities else "account"
        last = self.entities[-1] if self.entities else "x_visit"
        given = {ENTITY: name, ID: SAMPLE_ID}
        return (given, {**given, "title": "Acme"}, f"{last}:{SAMPLE_ID}", f"{name}：{SAMPLE_ID.upper()}")

    def bad_examples(self) -> Sequence[Any]:
        hidden = {ENTITY: None, ID: None, "title": None, "hidden": True}
        given = {ENTITY: "account", ID: SAMPLE_ID}
        broken = ({**given, "name": "x"}, {**given, ENTITY: 7}, {**given, ENTITY: "an account"}, {**given, ID: "x"})
        return ("acme", "account:", "account:acme", f"né:{SAMPLE_ID}", 7, True, {}, [given], hidden, *broken)


def _identity(raw: Any) -> str:
    found = read_id(raw)
    if found is None:
        raise _not_a_record()
    return found


def _not_a_record() -> InvalidValue:
    return InvalidValue(
        "not_a_record",
        say("This must be an object with “entity” and “id”.", "这里必须是含“entity”与“id”的对象。"),
        say("Or a text such as “account:0190a1b2-…”.", "或“account:0190a1b2-…”这样的文本。"),
    )


def _hidden() -> InvalidValue:
    return InvalidValue(
        "hidden_record",
        say("This record is hidden from you, so it cannot be sent back.", "您无权查看该记录，因此不能提交它。"),
        say("Leave the field out to keep it as it is.", "请不要提交该字段，以保持原值。"),
    )
