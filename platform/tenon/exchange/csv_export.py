"""In charge of lists going out as CSV: every record the reader may export, streamed, nothing cut.

Two forms. For programs: UTF-8, field names as headings, values as the API writes them. For people: with a byte order
mark so that Excel reads Chinese, labels as headings, look-ups by title, and text that Excel would run as a formula
defused with an apostrophe.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields import FieldType
from tenon.model import Field
from tenon.query import MASKED, Query, Reader, Record

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PORTION = 500
MASK = "•••"
"""In the form for people, in the place of what a pool masks before the claim."""


def csv_lines(
    unit: UnitOfWork, access: Access, reader: Reader, query: Query, *, language: str | None = None
) -> Iterator[str]:
    """Lines of CSV for all records of `query`, whatever its limit; a `language` means the form for people.

    Raises Forbidden before the first line when the entity may not be exported.
    """
    access.require(query.entity, "export")
    paths = query.select or tuple(exported_fields(reader, access, query.entity))
    wanted = replace(query, select=paths, limit=_PORTION, may="export", form="json", count=False)
    return _lines(unit, access, reader, wanted, language)


def exported_fields(reader: Reader, access: Access, entity: str) -> list[str]:
    """Readable fields in the order of the entity, without those the engine keeps for itself, but with the id."""
    readable = access.readable_fields(entity)
    fields = reader.model.entity(entity).fields
    return [name for name, field in fields.items() if name in readable and (name == "id" or not field.system)]


def _lines(unit: UnitOfWork, access: Access, reader: Reader, query: Query, language: str | None) -> Iterator[str]:
    headings = [_heading(reader, query.entity, path, language) for path in query.select]
    types = [_type(reader, query.entity, path) for path in query.select]
    yield (BYTE_ORDER_MARK if language else "") + _line(headings)
    while True:
        page = reader.list(unit, access, query)
        for record in page.records:
            values = zip(query.select, types, strict=True)
            yield _line([_written(record, path, of, for_people=language is not None) for path, of in values])
        if page.next is None:
            return
        query = replace(query, after=page.next)


def _written(record: Record, path: str, of: FieldType | None, *, for_people: bool) -> str:
    """What a pool masks is nothing to programs, as in the API; people are shown that there is something to claim."""
    if for_people and path in record.get(MASKED, ()):
        return MASK
    return _cell(_plain(record[path], of, for_people=for_people), for_people=for_people)


def _heading(reader: Reader, entity: str, path: str, language: str | None) -> str:
    if language is None:
        return path
    return " / ".join(field.label.in_(language) for field in _fields_along(reader, entity, path))


def _fields_along(reader: Reader, entity: str, path: str) -> list[Field]:
    """The fields of a path through look-ups; parts such as `amount.currency` end at their field."""
    fields: list[Field] = []
    current: str | None = entity
    for step in path.split("."):
        field = reader.model.entity(current).fields.get(step) if current is not None else None
        if field is None:
            break
        fields.append(field)
        current = field.target
    return fields


def _type(reader: Reader, entity: str, path: str) -> FieldType | None:
    """Of the field at the end of a path; None when the path goes on to a part of its value."""
    fields = _fields_along(reader, entity, path)
    return fields[-1].type if len(fields) == path.count(".") + 1 else None


def _plain(value: Any, of: FieldType | None, *, for_people: bool) -> Any:
    if for_people and of is not None and of.entities is not None and value is not None and value["title"]:
        return f"{value['entity']}:{value['title']}"
    return value if value is None or of is None else of.exported(value)


def _cell(value: Any, *, for_people: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_entry(item, for_people=for_people) for item in value)
    if isinstance(value, dict):
        return _cell(_meaning(value, for_people=for_people), for_people=for_people)
    text = str(value)
    return f"'{text}" if for_people and text.startswith(_FORMULA) and not _is_number(text) else text


def _entry(item: Any, *, for_people: bool) -> str:
    """One of a list: of a record what stands for it."""
    return str(_meaning(item, for_people=for_people) or item.get("id") or "") if isinstance(item, dict) else str(item)


def _meaning(value: dict[str, Any], *, for_people: bool) -> Any:
    """Money by its amount; a look-up by its title for people, by its id for programs."""
    if "amount" in value:
        return value["amount"]
    return value.get("title") if for_people else value.get("id")


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
