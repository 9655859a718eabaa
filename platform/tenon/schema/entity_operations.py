"""In charge of the steps that concern a whole entity and its table."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tenon.fields.storage import ShortText
from tenon.schema.operations import Operation, Risk, Workshop, refer, table_of
from tenon.schema.system import SYSTEM_TABLES
from tenon.schema.tables import pointing_columns, table_columns
from tenon.texts import Text, say

_NAMED = (SYSTEM_TABLES["history"], SYSTEM_TABLES["stage_history"])
_NAMED_IN_RECORDS = (("file", "record_entity"),)
"""Fields of the core module that hold the name of an entity."""


@dataclass(frozen=True, kw_only=True)
class CreateTable(Operation):
    kind = "create_table"
    fields: int
    """Columns are not fields: computed ones have none."""

    @property
    def text(self) -> Text:
        return say(
            "New entity “{label}” ({name}) with {fields} fields.",
            "新增实体“{label}”（{name}），含 {fields} 个字段。",
            label=self.label,
            name=self.entity,
            fields=self.fields,
        )

    def make(self, workshop: Workshop) -> None:
        entity = workshop.model.entities[self.entity]
        columns = table_columns(
            workshop.model, entity, workshop.ledger, logical=False, references=not workshop.separate_references
        )
        workshop.operations.create_table(table_of(workshop, self.entity), *columns)

    def connect(self, workshop: Workshop) -> None:
        if workshop.separate_references:
            entity = workshop.model.entities[self.entity]
            columns = pointing_columns(workshop.model, entity, workshop.ledger)
            refer(workshop, table_of(workshop, self.entity), columns)


@dataclass(frozen=True, kw_only=True)
class RetireEntity(Operation):
    kind = "retire_entity"

    @property
    def text(self) -> Text:
        return say(
            "Entity “{label}” ({name}) is retired with its {rows} records; they are kept and come back with it.",
            "停用实体“{label}”（{name}）及其 {rows} 条记录；数据保留，恢复实体即可找回。",
            label=self.label,
            name=self.entity,
            rows=self.rows,
        )

    @property
    def risk(self) -> Risk:
        return "removes"


@dataclass(frozen=True, kw_only=True)
class RestoreEntity(Operation):
    kind = "restore_entity"

    @property
    def text(self) -> Text:
        return say(
            "Entity “{label}” ({name}) comes back with {rows} records.",
            "恢复实体“{label}”（{name}），含 {rows} 条记录。",
            label=self.label,
            name=self.entity,
            rows=self.rows,
        )


@dataclass(frozen=True, kw_only=True)
class RenameEntity(Operation):
    kind = "rename_entity"
    was: str

    @property
    def text(self) -> Text:
        return say(
            "Entity “{was}” is now called “{label}” ({name}); its {rows} records stay where they are.",
            "实体“{was}”改名为“{label}”（{name}）；其 {rows} 条记录不变。",
            was=self.was,
            label=self.label,
            name=self.entity,
            rows=self.rows,
        )

    def fill(self, workshop: Workshop) -> None:
        """What is noted by the name of the entity goes by the new one."""
        places: list[tuple[Any, Any]] = [(table, table.c.entity) for table in _NAMED]
        for entity, field in _NAMED_IN_RECORDS:
            column = workshop.ledger.column(entity, field)
            if column is not None:
                named: sa.ColumnClause[str] = sa.column(column.column, ShortText())
                places.append((sa.table(column.table, named), named))
        for table, name in places:
            workshop.connection.write(sa.update(table).where(name == self.was).values({name.name: self.entity}))


@dataclass(frozen=True, kw_only=True)
class TooWide(Operation):
    """More columns than a table can have; `rows` is their number."""

    kind = "too_wide"
    most: int

    @property
    def text(self) -> Text:
        return say(
            "Entity “{label}” ({name}) needs {rows} columns; {most} are possible. Move some to another entity.",
            "实体“{label}”（{name}）需要 {rows} 列，最多 {most} 列。请把部分字段移到单独的实体。",
            label=self.label,
            name=self.entity,
            rows=self.rows,
            most=self.most,
        )

    @property
    def risk(self) -> Risk:
        return "needs_decision"
