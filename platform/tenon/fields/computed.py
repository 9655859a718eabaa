"""In charge of what computed types share: no column, no input; in all else they are the type of their result."""

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.expressions import Type
from tenon.fields.base import FIELD_TYPES, Display, FieldType, InvalidValue, StoredColumn, TypeSettings
from tenon.fields.operators import Operator
from tenon.texts import say

MOST_PLACES = 9


class ComputedType(FieldType):
    """`of` is the type of the result: `settings.of`, which the compiler gives, else what the options name."""

    computed = True
    writable = False

    def __init__(self, options: Mapping[str, Any], settings: TypeSettings) -> None:
        super().__init__(options, settings)
        self.of = settings.of or self.declared_result()

    def declared_result(self) -> FieldType:
        """The result type when nobody worked it out."""
        return FIELD_TYPES["decimal"]({}, self.settings)

    @property
    def widget(self) -> str:  # type: ignore[override]
        return self.of.widget

    @property
    def operators(self) -> tuple[Operator, ...]:  # type: ignore[override]
        return self.of.operators

    @property
    def sortable(self) -> bool:  # type: ignore[override]
        return self.of.sortable

    @property
    def groupable(self) -> bool:  # type: ignore[override]
        return self.of.groupable

    @property
    def target(self) -> str | None:  # type: ignore[override]
        return self.of.target

    def columns(self) -> tuple[StoredColumn, ...]:
        return ()

    def expression_type(self) -> Type:
        return self.of.expression_type()

    def parse(self, raw: Any) -> Any:
        if raw is None:
            return None
        raise InvalidValue("computed", say("This value is computed and cannot be set.", "此值由系统计算，不能填写。"))

    def to_columns(self, value: Any) -> tuple[Any, ...]:
        return ()

    def from_columns(self, stored: Sequence[Any]) -> Any:
        """Of the one computed result, as the result type's main column gives it."""
        return self.of.from_columns(stored)

    def to_json(self, value: Any) -> Any:
        return self.of.to_json(value)

    def exported(self, sent: Any) -> Any:
        return self.of.exported(sent)

    def expression_value(self, value: Any) -> Any:
        return self.of.expression_value(value)

    def from_expression(self, result: Any) -> Any:
        return self.of.from_expression(result)

    def literal(self, value: Any) -> str:
        return self.of.literal(value)

    def show(self, value: Any, display: Display) -> str:
        return self.of.show(value, display)

    def openapi(self) -> dict[str, Any]:
        return {**self.of.openapi(), "readOnly": True}

    def examples(self) -> Sequence[Any]:
        return ()

    def bad_examples(self) -> Sequence[Any]:
        return (1, "x", True)


def type_for(result: Type, settings: TypeSettings) -> FieldType:
    """The field type that holds results of an expression; for roll-ups and formulas that name none."""
    if result.kind == "number" and result.scale == 0:
        return FIELD_TYPES["integer"]({}, settings)
    if result.kind == "number":
        places = 2 if result.scale is None else min(result.scale, MOST_PLACES)
        return FIELD_TYPES["decimal"]({"scale": places}, settings)
    known = {"boolean": "boolean", "date": "date", "datetime": "datetime", "duration": "duration"}
    return FIELD_TYPES[known.get(result.kind, "text")]({}, settings)
