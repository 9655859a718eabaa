"""In charge of reading one CSV file of records: a line of field names, then one record a line."""

import csv
import io
from collections.abc import Iterator
from typing import Protocol

from tenon.compiler.nodes import Node
from tenon.compiler.reading import LARGEST
from tenon.compiler.sources import SourceFile
from tenon.locations import Location
from tenon.problems import Problems
from tenon.texts import say


class _Lines(Protocol):
    """What the csv module's reader is."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def read_csv(source: SourceFile, problems: Problems) -> Node | None:
    """A map {columns, rows}; empty cells are left out. None when the file cannot be used."""
    if source.fault or len(source.text) > LARGEST or "\x00" in source.text:
        message = say("The file is not a CSV text in UTF-8 below 1 MB.", "文件不是 1 MB 以内的 UTF-8 CSV 文本。")
        problems.add("bad_csv", message, location=Location(source.shown, 1))
        return None
    reader = csv.reader(io.StringIO(source.text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, [])
        columns = _columns(source, header, problems)
        rows = [] if columns is None else _rows(source, reader, columns, problems)
    except csv.Error as error:
        message = say("This is not valid CSV: {reason}.", "CSV 格式有误：{reason}。", reason=str(error))
        problems.add("bad_csv", message, location=Location(source.shown, reader.line_num))
        return None
    if columns is None:
        return None
    key = Node([Node(columns[0], source, 1, 1)], source, 1, 1)
    return Node({"key": key, "rows": Node(rows, source, 1, 1)}, source, 1, 1)


def _columns(source: SourceFile, header: list[str], problems: Problems) -> list[str] | None:
    columns = [name.strip() for name in header]
    location = Location(source.shown, 1)
    if not any(columns):
        problems.add("empty_file", say("The file is empty.", "文件是空的。"), location=location)
        return None
    doubles = sorted({name for name in columns if columns.count(name) > 1})
    if doubles:
        message = say("The column “{name}” is there twice.", "列“{name}”出现两次。", name=doubles[0])
        problems.add("bad_csv", message, location=location)
        return None
    return columns


def _rows(source: SourceFile, reader: _Lines, columns: list[str], problems: Problems) -> list[Node]:
    rows = []
    for cells in reader:
        line = reader.line_num
        if len(cells) > len(columns):
            message = say(
                "The row has {cells} cells and the file {columns} columns.",
                "该行有 {cells} 个单元格，而文件只有 {columns} 列。",
                cells=len(cells),
                columns=len(columns),
            )
            problems.add("bad_csv", message, location=Location(source.shown, line))
        elif any(cells):
            named = zip(columns, cells, strict=False)
            rows.append(Node({name: Node(cell, source, line) for name, cell in named if cell != ""}, source, line))
    return rows
