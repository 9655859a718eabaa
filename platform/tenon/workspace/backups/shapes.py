"""In charge of what tables a backup holds, told without a word of either database: columns by the words of the ledger.

System tables are known to every program; the tables of the model are described here, so that a program that compiles
them differently, or not at all, brings them back as they were. What only tells of running processes is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from tenon.database import Connection
from tenon.schema import SYSTEM_TABLES, Ledger, type_of, type_word
from tenon.schema.indexes import INTERNAL
from tenon.schema.naming import physical_name
from tenon.texts import Text, say
from tenon.workspace.backups import refusals

PASSING = frozenset({"worker", "work"})
"""System tables that are not kept: who works now, and columns in the making, which are begun anew."""
_INTERNAL_WORDS = {INTERNAL[0]: "datetime", INTERNAL[1]: "id"}
SYSTEM, RECORDS = "system", "records"


@dataclass(frozen=True, kw_only=True)
class ColumnShape:
    """`word` is the ledger's word for the type; `needed`: it is never empty."""

    name: str
    word: str
    needed: bool = False

    @property
    def type(self) -> sa.types.TypeEngine[Any]:
        found = type_of(self.word)
        if found is None:
            raise KeyError(f"no column type is called {self.word!r}")
        return found


@dataclass(frozen=True, kw_only=True)
class TableShape:
    """`keys` are the columns of the primary key; `references` map a column to the table it points to."""

    name: str
    kind: str
    columns: tuple[ColumnShape, ...]
    keys: tuple[str, ...]
    references: Mapping[str, tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        columns = [[column.name, column.word, column.needed] for column in self.columns]
        references = {name: list(target) for name, target in self.references.items()}
        return {
            "name": self.name,
            "kind": self.kind,
            "columns": columns,
            "keys": list(self.keys),
            "references": references,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            name=content["name"],
            kind=content["kind"],
            columns=tuple(ColumnShape(name=c[0], word=c[1], needed=c[2]) for c in content["columns"]),
            keys=tuple(content["keys"]),
            references={name: (target[0], target[1]) for name, target in content["references"].items()},
        )

    @property
    def table(self) -> sa.TableClause:
        """For reading and writing its rows."""
        columns: list[sa.ColumnClause[Any]] = [sa.column(column.name, column.type) for column in self.columns]
        return sa.table(self.name, *columns)


def shapes_of(connection: Connection) -> list[TableShape]:
    """System tables first. Columns nobody entered in the ledger are left out: they are still being made."""
    inspector = sa.inspect(connection.sqlalchemy)
    present = {table: columns for (_schema, table), columns in inspector.get_multi_columns().items()}
    keys = {table: found for (_schema, table), found in inspector.get_multi_pk_constraint().items()}
    pointing = {table: found for (_schema, table), found in inspector.get_multi_foreign_keys().items()}
    ledger = Ledger.load(connection)
    kept = [table for name, table in SYSTEM_TABLES.items() if name not in PASSING and table.name in present]
    shapes = [_of_system(table, present) for table in kept]
    words = {(entry.table, entry.column): entry.type for entry in ledger.entries if entry.kind == "field"}
    names = dict.fromkeys(entry.table for entry in ledger.entries if entry.kind == "entity" and entry.table in present)
    for name in names:
        columns = tuple(
            ColumnShape(name=found["name"], word=word, needed=not found["nullable"])
            for found in present[name]
            if (word := words.get((name, found["name"])) or _INTERNAL_WORDS.get(found["name"]))
        )
        there = {column.name for column in columns}
        references = {
            key["constrained_columns"][0]: (str(key["referred_table"]), key["referred_columns"][0])
            for key in pointing[name]
            if key["constrained_columns"][0] in there and key["referred_table"] in names
        }
        primary = tuple(keys[name]["constrained_columns"])
        shapes.append(TableShape(name=name, kind=RECORDS, columns=columns, keys=primary, references=references))
    return shapes


def _of_system(table: sa.Table, present: Mapping[str, Any]) -> TableShape:
    there = {found["name"] for found in present.get(table.name, ())}
    columns = tuple(
        ColumnShape(name=column.name, word=type_word(column.type), needed=not column.nullable)
        for column in table.columns
        if column.name in there
    )
    primary = tuple(column.name for column in table.primary_key.columns)
    return TableShape(name=table.name, kind=SYSTEM, columns=columns, keys=primary, references={})


def refuse_unknown(shapes: list[TableShape], made_by: str) -> None:
    """Raises Conflict for what only a newer program can keep."""
    known = {table.name: table for table in SYSTEM_TABLES.values()}
    for shape in shapes:
        strange = [column.name for column in shape.columns if type_of(column.word) is None]
        if shape.kind == SYSTEM:
            table = known.get(shape.name)
            if table is None:
                raise refusals.too_new(made_by, _strange(shape.name))
            strange += [column.name for column in shape.columns if column.name not in table.columns]
        if strange:
            raise refusals.too_new(made_by, _strange(f"{shape.name}.{strange[0]}"))


def _strange(name: str) -> Text:
    return say("it keeps “{name}”, which is unknown here", "其中的“{name}”在本程序中不存在", name=name)


def reference_name(table: str, column: str) -> str:
    """As it is called when a version is published."""
    return physical_name(f"{table}__{column}_ref", ())
