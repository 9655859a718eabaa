"""In charge of the steps that give records another key: an option or stage was renamed, or taken away and replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from tenon.database import Connection, prepare
from tenon.fields.storage import Identifier, ShortText, Words
from tenon.schema.field_operations import OfField
from tenon.schema.operations import Risk, Workshop
from tenon.schema.system import SYSTEM_TABLES
from tenon.texts import Text, say

STAGES = SYSTEM_TABLES["stage_history"]


@dataclass(frozen=True, kw_only=True)
class KeyPlace:
    """Where keys are kept: one in a text column, or `several` in a list. `entity` names it in the stage history."""

    table: str
    identity: str
    column: str
    several: bool = False

    def counts(self, connection: Connection, keys: frozenset[str]) -> dict[str, int]:
        """How many records hold each of `keys`, those in the recycle bin included."""
        found = dict.fromkeys(keys, 0)
        for value, count in self._grouped(connection):
            for key in set(value if self.several else (value,)):
                if key in found:
                    found[key] += count
        return found

    def unknown(self, connection: Connection, known: frozenset[str]) -> dict[str, int]:
        """Keys that records hold and that are not in `known`, with how often."""
        found: dict[str, int] = {}
        for value, count in self._grouped(connection):
            for key in set(value if self.several else (value,)) - known:
                found[key] = found.get(key, 0) + count
        return found

    def replace(self, connection: Connection, old: str, new: str) -> None:
        """`new` is "" for no value."""
        if self.several:
            self._replace_in_lists(connection, old, new)
            return
        column: sa.ColumnClause[Any] = sa.column(self.column, ShortText())
        table = sa.table(self.table, column)
        connection.write(sa.update(table).where(column == old).values({self.column: new or None}))

    def _replace_in_lists(self, connection: Connection, old: str, new: str) -> None:
        identity: sa.ColumnClause[Any] = sa.column(self.identity, Identifier())
        column: sa.ColumnClause[Any] = sa.column(self.column, Words())
        table = sa.table(self.table, identity, column)
        holding = sa.cast(column, sa.Text).like(f"%{orjson.dumps(old).decode()}%")
        held = connection.execute(sa.select(identity, column).select_from(table).where(holding))
        changed = [{"record": record, "keys": _replaced(keys, old, new)} for record, keys in held if old in keys]
        values = {self.column: sa.bindparam("keys", type_=Words())}
        here = identity == sa.bindparam("record", type_=Identifier())
        connection.many(prepare(sa.update(table).where(here).values(values), connection.dialect), changed)

    def _grouped(self, connection: Connection) -> Iterator[tuple[Any, int]]:
        column: sa.ColumnClause[Any] = sa.column(self.column, Words() if self.several else ShortText())
        table = sa.table(self.table, column)
        query = sa.select(column, sa.func.count()).select_from(table).where(column.is_not(None)).group_by(column)
        for value, count in connection.execute(query):
            yield value, int(count)


@dataclass(frozen=True, kw_only=True)
class ReplaceKey(OfField):
    """`rows` records hold `old`. `renamed`: it is the same option under another key, so its past follows."""

    kind = "replace_key"
    place: KeyPlace
    old: str
    new: str
    renamed: bool = False

    @property
    def text(self) -> Text:
        if self.renamed:
            return self.told(
                "Option “{old}” of “{label}” of “{of}” ({name}) is now called “{new}”; {rows} records follow.",
                "“{of}”的“{label}”（{name}）中，选项“{old}”改名为“{new}”；{rows} 条记录随之更新。",
                old=self.old,
                new=self.new,
            )
        return self.told(
            "Option “{old}” of “{label}” of “{of}” ({name}) goes; {rows} records get {new} instead.",
            "“{of}”的“{label}”（{name}）移除选项“{old}”；{rows} 条记录改为{new}。",
            old=self.old,
            new=f"“{self.new}”" if self.new else say("no value", "空值"),
        )

    @property
    def risk(self) -> Risk:
        return "safe" if self.renamed else "removes"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "old": self.old, "new": self.new, "renamed": self.renamed}

    def fill(self, workshop: Workshop) -> None:
        self.place.replace(workshop.connection, self.old, self.new)
        if self.renamed and self.field == "stage":
            for column in (STAGES.c.from_stage, STAGES.c.to_stage):
                moved = sa.update(STAGES).where(STAGES.c.entity == self.entity, column == self.old)
                workshop.connection.write(moved.values({column.name: self.new}))


@dataclass(frozen=True, kw_only=True)
class OrphanKey(OfField):
    """A key that `rows` records hold and that nothing was said about."""

    kind = "orphan_key"
    old: str

    @property
    def text(self) -> Text:
        return self.told(
            "Option “{old}” of “{label}” of “{of}” ({name}) would go, but {rows} records hold it. Say what they get: "
            "“map: {{{old}: …}}” beside the options.",
            "“{of}”的“{label}”（{name}）将移除选项“{old}”，但有 {rows} 条记录使用它。"
            "请在选项旁写明“map: {{{old}: …}}”。",
            old=self.old,
        )

    @property
    def risk(self) -> Risk:
        return "needs_decision"

    def to_json(self) -> dict[str, Any]:
        return {**super().to_json(), "old": self.old}


def _replaced(keys: list[str], old: str, new: str) -> list[str] | None:
    """Each key once, in order; None for nothing left."""
    found = dict.fromkeys(new if key == old else key for key in keys)
    return [key for key in found if key] or None
