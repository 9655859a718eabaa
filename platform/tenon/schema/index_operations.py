"""In charge of the steps that make and drop indexes and promises of uniqueness."""

from dataclasses import dataclass

import sqlalchemy as sa

from tenon.database import Connection
from tenon.errors import Conflict
from tenon.schema.counting import repeated_values
from tenon.schema.indexes import WantedIndex
from tenon.schema.operations import Operation, Risk, Workshop, table_of
from tenon.texts import Text, say

MANY_ROWS = 200_000
"""From here on building an index takes long enough for people to notice."""


@dataclass(frozen=True, kw_only=True)
class AddIndex(Operation):
    """Makes sorting and following references fast; nobody sees anything else of it."""

    kind = "add_index"
    name: str
    index: WantedIndex
    shown: str

    @property
    def text(self) -> Text:
        return say(
            "Index on “{label}” ({shown}) over {rows} records.",
            "为“{label}”建立索引（{shown}），涉及 {rows} 条记录。",
            label=self.label,
            shown=self.shown,
            rows=self.rows,
        )

    @property
    def risk(self) -> Risk:
        return "slow" if self.rows >= MANY_ROWS else "safe"

    def refuse_repeated(self, connection: Connection, table: str) -> None:
        """Raises Conflict for values that may not occur twice and do."""

    def connect(self, workshop: Workshop) -> None:
        """An index that was built beforehand is there."""
        self.refuse_repeated(workshop.connection, table_of(workshop, self.entity))
        made = self.index.on(table_of(workshop, self.entity), self.name)
        workshop.operations.execute(sa.schema.CreateIndex(made, if_not_exists=True))


@dataclass(frozen=True, kw_only=True)
class AddUnique(AddIndex):
    """`repeated` is how many values occur more than once among living records."""

    kind = "add_unique"
    repeated: int = 0
    examples: tuple[tuple[str, int], ...] = ()

    def refuse_repeated(self, connection: Connection, table: str) -> None:
        """Converted values are not known before, and others may have come since the plan was made."""
        found = connection.execute(repeated_values(table, self.index).limit(5)) if self.rows else []
        if found:
            shown = ", ".join(f"{', '.join(map(str, row[:-1]))} ×{row[-1]}" for row in found)
            raise Conflict(
                say(
                    "“{label}” cannot be unique by {shown}: {examples}.",
                    "“{label}”不能按 {shown} 唯一：{examples}。",
                    label=self.label,
                    shown=self.shown,
                    examples=shown,
                ),
                hint=say("Correct these values first.", "请先处理这些重复值。"),
            )

    @property
    def text(self) -> Text:
        if self.repeated:
            return say(
                "“{label}” is to be unique by {shown}, but {repeated} values occur more than once ({examples}). "
                "Correct them first.",
                "“{label}”要求 {shown} 唯一，但有 {repeated} 个值重复（{examples}）。请先处理重复数据。",
                label=self.label,
                shown=self.shown,
                repeated=self.repeated,
                examples=", ".join(f"{value} ×{times}" for value, times in self.examples),
            )
        return say(
            "“{label}” becomes unique by {shown}, among the living.",
            "“{label}”按 {shown} 唯一（不含回收站）。",
            label=self.label,
            shown=self.shown,
        )

    @property
    def risk(self) -> Risk:
        return "needs_decision" if self.repeated else super().risk


@dataclass(frozen=True, kw_only=True)
class RemoveIndex(Operation):
    """An index holds no data of its own; what was promised unique no longer has to be."""

    kind = "remove_index"
    name: str
    unique: bool
    shown: str

    @property
    def text(self) -> Text:
        if self.unique:
            return say(
                "“{label}” need not be unique by {shown} any more.",
                "“{label}”不再要求 {shown} 唯一。",
                label=self.label,
                shown=self.shown,
            )
        return say(
            "The index on “{label}” ({shown}) is not needed any more.",
            "“{label}”的索引（{shown}）不再需要。",
            label=self.label,
            shown=self.shown,
        )

    def make(self, workshop: Workshop) -> None:
        workshop.operations.drop_index(self.name)
