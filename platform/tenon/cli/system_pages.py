"""In charge of the reference page of the tables that the product keeps for itself, written from their definition."""

from collections.abc import Iterator

import sqlalchemy as sa

from tenon.fields.storage import Boolean, Identifier, Instant, LongText, ShortText, Whole
from tenon.schema import SYSTEM_TABLES
from tenon.schema.columns import Json
from tenon.schema.system_help import SYSTEM_HELP, column_notes
from tenon.texts import CHINESE, ENGLISH

_KINDS: tuple[tuple[type, str], ...] = (
    (Identifier, "id"),
    (Instant, "instant (UTC)"),
    (Boolean, "yes or no"),
    (Whole, "whole number"),
    (ShortText, "text"),
    (LongText, "long text"),
    (Json, "JSON"),
    (sa.LargeBinary, "bytes"),
)


def pages() -> dict[str, Iterator[str]]:
    return {"system-tables": _tables()}


def _tables() -> Iterator[str]:
    notes = column_notes()
    yield "# System tables 系统表\n"
    yield (
        "What the engine keeps beside the tables of your entities. They are made and added to by the program "
        "itself: when it starts, and by `tenon apply` and `tenon doctor --repair`. Read them if you like; never write "
        "to them.\n"
    )
    yield (
        "引擎自身保存的表，由程序在启动时以及 `tenon apply`、`tenon doctor --repair` 时自动建立和补充。"
        "可以读取，请勿写入。\n"
    )
    for name, table in SYSTEM_TABLES.items():
        help_ = SYSTEM_HELP[name]
        yield f"## `{table.name}`\n"
        yield f"{help_.in_(ENGLISH)} {help_.in_(CHINESE)}\n"
        yield "| column | type | meaning |\n|---|---|---|"
        for column in table.columns:
            key = " · key" if column.primary_key else ""
            yield f"| `{column.name}` | {_kind(column)}{key} | {notes.get(name, {}).get(column.name, '')} |"
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        yield "" if not indexes else f"\nIndexes: {', '.join(map(_index, indexes))}\n"


def _kind(column: sa.Column[object]) -> str:
    return next((word for kind, word in _KINDS if type(column.type) is kind), type(column.type).__name__)


def _index(index: sa.Index) -> str:
    columns = ", ".join(column.name for column in index.columns)
    return f"`({columns})`{' unique' if index.unique else ''}"
