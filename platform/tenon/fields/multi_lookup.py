"""In charge of pointing at any number of records of another entity, in the order people put them.

The record holds the ids. Those of records that are in the recycle bin stay in the list and are simply not shown, so
that they are there again when the record comes back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tenon.expressions import TEXT, Type, list_of
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
from tenon.fields.lookup import LINK_OPTIONS, SAMPLE_ID, Reference, reference_id, reference_json, reference_schemas
from tenon.fields.multi_choice import MOST, listed
from tenon.fields.operators import LINKED
from tenon.fields.storage import Words
from tenon.texts import say

_CHANGES = frozenset(("add", "remove"))
_OTHER_ID = "0190a1b2-c3d4-7e5f-8a6b-9c0d1e2f3a4c"


@dataclass(frozen=True, kw_only=True)
class ListChange:
    """What to put at the end of a list and what to take out of it, whatever else is in it."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def on(self, present: Sequence[str]) -> list[str] | None:
        kept = [item for item in present if item not in self.remove]
        return list(dict.fromkeys((*kept, *self.add))) or None


@FIELD_TYPES.register("multi_lookup")
class MultiLookupField(FieldType):
    key = "multi_lookup"
    label = say("Several look-ups", "多项关联")
    help = say("Points at any number of records of another entity.", "指向另一个实体的任意多条记录。")
    icon = "link-plus"
    widget = "multi_lookup"
    operators = LINKED
    sortable = False
    groupable = False
    option_schema: ClassVar[OptionSchema] = {
        "to": LINK_OPTIONS["to"],
        "where": LINK_OPTIONS["where"],
        "on_delete": documented(
            "When a record pointed to is deleted: take it off the list until it is restored, or refuse.",
            "所指向的记录被删除时：从列表中隐去（恢复后重新出现），或拒绝删除。",
            enum=["clear", "restrict"],
            default="clear",
        ),
        "max": documented(
            "Most records in the list.", "列表中最多的记录数。", type="integer", minimum=1, maximum=MOST, default=MOST
        ),
    }

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        super().__init__(options, settings)
        self.members = self.options.get("to")

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=Words()),)

    def expression_type(self) -> Type:
        return list_of(TEXT)

    def parse(self, raw: Any) -> list[str] | ListChange | None:
        """Each record once, in the order given; `{add: […], remove: […]}` changes the list that is there."""
        if isinstance(raw, Mapping):
            return self._change(raw)
        return None if raw is None else self._ids(raw)

    def _ids(self, raw: Any) -> list[str] | None:
        found = (reference_id(entry) for entry in listed(raw))
        ids = list(dict.fromkeys(identity for identity in found if identity))
        if len(ids) > self.options["max"]:
            most = self.options["max"]
            raise InvalidValue(
                "too_many", say("At most {most} records are allowed.", "最多允许 {most} 条记录。", most=most)
            )
        return ids or None

    def _change(self, raw: Mapping[Any, Any]) -> ListChange:
        if not raw or set(raw) - _CHANGES:
            raise InvalidValue(
                "not_a_list",
                say("This must be a list of ids.", "这里必须是 ID 列表。"),
                say("Or an object with “add” and “remove”.", "或含 add 与 remove 的对象。"),
            )
        return ListChange(**{name: tuple(self._ids(raw[name]) or ()) for name in raw})

    def to_json(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, ListChange):
            return {"add": list(value.add), "remove": list(value.remove)}
        return [reference_json(item) for item in value]

    def expression_value(self, value: Any) -> Any:
        ids = (item.id if isinstance(item, Reference) else item for item in value or ())
        return [identity for identity in ids if identity is not None]

    def literal(self, value: Any) -> str:
        """Of one entry: lists have no constant of their own."""
        return super().literal(value[0] if isinstance(value, list) and len(value) == 1 else value)

    def exported(self, sent: Any) -> Any:
        """Those that may be seen."""
        return [item for item in sent if item["id"] is not None]

    def show(self, value: Any, display: Display) -> str:
        if isinstance(value, ListChange):
            return ""
        found = (item.title or item.id if isinstance(item, Reference) else item for item in value or ())
        return ", ".join(shown for shown in found if shown)

    def openapi(self) -> dict[str, Any]:
        known = {"x-tenon-entity": self.members} if self.members else {}
        several = {"type": "array", "items": {"anyOf": reference_schemas()}, "maxItems": self.options["max"]}
        change = {
            "type": "object",
            "properties": {"add": several, "remove": several},
            "minProperties": 1,
            "additionalProperties": False,
        }
        return {"anyOf": [several, change], **known}

    def examples(self) -> Sequence[Any]:
        both = [SAMPLE_ID, _OTHER_ID]
        lists = ([SAMPLE_ID], SAMPLE_ID, [{"id": SAMPLE_ID, "title": "Acme"}], [SAMPLE_ID, SAMPLE_ID.upper()])
        return (*lists, both, both[::-1], ";".join(both)) if self.options["max"] > 1 else lists

    def bad_examples(self) -> Sequence[Any]:
        hidden = {"id": None, "title": None, "hidden": True}
        return ("acme", ["acme"], 7, True, {}, [7], [[SAMPLE_ID]], {"id": SAMPLE_ID}, {"add": "x"}, [hidden])
