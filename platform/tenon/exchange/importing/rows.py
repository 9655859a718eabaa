"""In charge of reading the rows of a CSV file one after another, whatever its size."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenon.errors import InvalidInput, NotFound
from tenon.exchange.importing.mapping import FileForm
from tenon.texts import say

LARGEST_CELL = 1_000_000


@dataclass(frozen=True)
class Line:
    """`number` counts from 1, the headings included."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class OpenFile:
    headings: tuple[str, ...]
    lines: Iterator[Line]


@contextmanager
def open_rows(path: Path, form: FileForm) -> Iterator[OpenFile]:
    """Raises NotFound, or InvalidInput for a file without headings or in another encoding."""
    encoding = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
    csv.field_size_limit(LARGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=form.delimiter)
            headings = tuple(heading.strip() for heading in next(reader, []))
            if not any(headings) or len(set(headings)) != len(headings):
                raise InvalidInput(
                    say(
                        "The first line of {path} must name the columns, each once.",
                        "{path} 的第一行必须是列名，且不得重复。",
                        path=path.name,
                    )
                )
            yield OpenFile(headings, _lines(reader, headings))
    except OSError:
        raise NotFound(say("There is no file {path}.", "没有文件 {path}。", path=str(path))) from None
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput(
            say(
                "{path} is not a CSV file in {encoding}. Name its encoding in the mapping under “file”.",
                "{path} 不是 {encoding} 编码的 CSV 文件。请在映射的“file”中写明编码。",
                path=path.name,
                encoding=form.encoding,
            )
        ) from None


def _lines(reader: Any, headings: tuple[str, ...]) -> Iterator[Line]:
    """`reader` is what `csv.reader` gives; the module does not name its type."""
    for cells in reader:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * (len(headings) - len(cells))]
            yield Line(reader.line_num, dict(zip(headings, padded, strict=False)))
