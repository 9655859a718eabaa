"""In charge of rows as text that belongs to no database: a JSON list a line, each value by the word of its column."""

import base64
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from tenon.workspace.backups.shapes import TableShape

_SECOND = timedelta(microseconds=1)


def written(rows: Iterable[Sequence[Any]]) -> bytes:
    return b"".join(orjson.dumps(list(row), default=_text, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def reader_of(shape: TableShape) -> Callable[[bytes], list[tuple[Any, ...]]]:
    """From a block of lines to rows; a block holds whole lines."""
    reading = [(place, _READ[word]) for place, word in enumerate(map(_word, shape.columns)) if word in _READ]

    def read(block: bytes) -> list[tuple[Any, ...]]:
        rows = []
        for line in block.splitlines():
            row = orjson.loads(line)
            for place, convert in reading:
                if row[place] is not None:
                    row[place] = convert(row[place])
            rows.append(tuple(row))
        return rows

    return read


def _word(column: Any) -> str:
    return "decimal" if column.word.startswith("decimal(") else str(column.word)


def _text(value: Any) -> str:
    """What JSON has no word for."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return str(value // _SECOND)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"a {type(value).__name__} cannot be backed up")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_READ: dict[str, Callable[[Any], Any]] = {
    "datetime": _instant,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "length": lambda text: timedelta(microseconds=int(text)),
    "largebinary": base64.b64decode,
}
