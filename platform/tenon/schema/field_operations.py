"""In charge of the steps that concern one field and its columns."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tenon.model import Field
from tenon.schema.operations import Operation, Risk, Workshop, refer, table_of
from tenon.schema.tables import field_columns
from tenon.texts import Text, say


@dataclass(frozen=True, kw_only=True)
class OfField(Operation):
    """What concerns one field; `label` is the field's, `of` the entity's."""

    field: str
    of: Text

    @property
    def subject(self) -> str:
        return f"entities.{self.entity}.fields.{self.field}"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "field": self.field}

    def told(self, en: str, zh: str, **parameters: Any) -> Text:
        name = f"{self.entity}.{self.field}"
        return say(en, zh, label=self.label, of=self.of, name=name, rows=self.rows, **parameters)


def add_missing_columns(workshop: Workshop, entity: str, field: Field) -> None:
    """Only those the table does not have: of a field with parts some may have been there."""
    table, inline = table_of(workshop, entity), not workshop.separate_references
    present = {column["name"] for column in sa.inspect(workshop.operations.get_bind()).get_columns(table)}
    for column in field_columns(workshop.model, field, workshop.ledger, logical=False, references=inline):
        if column.name not in present:
            workshop.operations.add_column(table, column, inline_references=bool(column.foreign_keys))


@dataclass(frozen=True, kw_only=True)
class AddField(OfField):
    kind = "add_field"
    required: bool = False
    """`rows` is how many records there are already, none of which has a value for it."""
    gaps: str = ""
    """The condition that finds them."""

    @property
    def text(self) -> Text:
        if self.required and self.rows:
            return self.told(
                "New field “{label}” of “{of}” ({name}). It is required; {rows} existing records have no value yet.",
                "“{of}”新增字段“{label}”（{name}）。该字段必填，现有 {rows} 条记录尚无值。",
            )
        return self.told("New field “{label}” of “{of}” ({name}).", "“{of}”新增字段“{label}”（{name}）。")

    def to_json(self) -> dict[str, Any]:
        gaps = {"filter": self.gaps} if self.required and self.rows else {}
        return {**super().to_json(), **gaps}

    def make(self, workshop: Workshop) -> None:
        add_missing_columns(workshop, self.entity, workshop.model.entities[self.entity].fields[self.field])

    def connect(self, workshop: Workshop) -> None:
        if workshop.separate_references:
            field = workshop.model.entities[self.entity].fields[self.field]
            columns = field_columns(workshop.model, field, workshop.ledger, logical=False)
            refer(workshop, table_of(workshop, self.entity), columns)


@dataclass(frozen=True, kw_only=True)
class ReplaceField(AddField):
    """Another type for a field that holds no value: a fresh column, nothing to convert."""

    kind = "replace_field"

    @property
    def text(self) -> Text:
        return self.told(
            "Field “{label}” of “{of}” ({name}) changes its type; no record has a value in it.",
            "“{of}”的字段“{label}”（{name}）更改类型；目前没有记录填写该字段。",
        )


@dataclass(frozen=True, kw_only=True)
class RetireField(OfField):
    kind = "retire_field"

    @property
    def text(self) -> Text:
        return self.told(
            "Field “{label}” of “{of}” ({name}) is retired with its {rows} values; these are kept for its return.",
            "停用“{of}”的字段“{label}”（{name}）及其 {rows} 个值；数据保留，恢复字段即可找回。",
        )

    @property
    def risk(self) -> Risk:
        return "removes"


@dataclass(frozen=True, kw_only=True)
class RestoreField(OfField):
    kind = "restore_field"

    @property
    def text(self) -> Text:
        return self.told(
            "Field “{label}” of “{of}” ({name}) comes back with {rows} values.",
            "恢复“{of}”的字段“{label}”（{name}），含 {rows} 个值。",
        )


@dataclass(frozen=True, kw_only=True)
class RenameField(OfField):
    kind = "rename_field"
    was: str

    @property
    def text(self) -> Text:
        return self.told(
            "Field “{was}” of “{of}” is now called {name}; its values stay where they are.",
            "“{of}”的字段“{was}”改名为 {name}；数据不变。",
            was=self.was,
        )
