"""In charge of what comes out: for each asked name its columns, and how rows of the database become records.

A record reader is made once per statement. Values that need no conversion go from the driver's row straight
into the record.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.expressions import TEXT
from tenon.fields import Display, FieldType, Reference
from tenon.fields.literals import instant_text
from tenon.fields.lookup import reference_json
from tenon.fields.storage import Instant
from tenon.model import Field
from tenon.query.names import Named
from tenon.query.numbers import json_number
from tenon.query.requests import Form, Record
from tenon.query.row import Row
from tenon.query.statement import sql_type

Convert = Callable[[Any], Any]
_ENGLISH = Display()
MASKED = "masked"
"""Under which a record tells the names that a pool masks for the reader; not there when it masks none."""


@dataclass(frozen=True)
class ListOutput:
    """A name under which rows hold lists of ids, and whose; they are shown by another statement."""

    key: str
    entity: str
    form: Form


@dataclass(frozen=True)
class AnyOutput:
    """A name under which rows hold look-ups of any record; what they lead to is read by a statement per entity."""

    key: str
    form: Form


@dataclass(frozen=True)
class Output:
    """One name of the answer. `convert` takes the one column's value when it is not None, or the tuple of several."""

    key: str
    columns: tuple[ColumnElement[Any], ...]
    convert: Convert | None = None
    listed: ListOutput | AnyOutput | None = None
    masked: ColumnElement[Any] | None = None
    """1 on records whose value a pool masks for the reader."""


def output(row: Row, named: Named, form: Form) -> Output:
    """The columns of a field at the end of a path, joined as needed."""
    for name in named.path[: -2 if named.part else -1]:
        row = row.through(row.entity.fields[name])
    made, masked = _output(row, named, form), row.masked(named.field)
    return made if masked is None else replace(made, masked=masked)


def _output(row: Row, named: Named, form: Form) -> Output:
    field = named.field
    if named.part:
        return Output(named.text, (row.facet(field, named.part),), _plain(row.facet(field, named.part), form))
    if field.target is not None and not field.type.computed:
        return _reference(row, named, form)
    if field.type.computed:
        return _computed(row, named, form)
    if field.members is not None:
        return Output(named.text, (row.value(field),), listed=ListOutput(named.text, field.members, form))
    parts = tuple(row.value(field, column.part) for column in field.type.columns())
    if field.entities is not None:
        return Output(named.text, parts, field.type.from_columns, listed=AnyOutput(named.text, form))
    return Output(named.text, parts, _stored(field.type, form, len(parts)))


def title_column(row: Row, depth: int = 3) -> tuple[ColumnElement[Any], Field | None]:
    """What stands for a record, as far as it may be seen, and the field it comes from."""
    field = row.entity.fields.get(row.entity.title)
    if field is None or field.entities is not None or depth == 0:
        return sa.null(), None
    if field.target is not None and not field.type.computed:
        if row.statement.shape.permit(field.target, "read") is False:
            return sa.null(), None
        return title_column(row.through(field), depth - 1)
    return row.value(field), field


def reference_columns(row: Row, field: Field) -> tuple[tuple[ColumnElement[Any], ...], Convert | None]:
    """Of a look-up: id and title of the record as far as it may be seen, and whether there is one that may not.

    The second answer turns the title's column into text; None when it is text already.
    """
    pointer = row.value(field)
    if row.statement.shape.permit(field.target or "", "read") is False:
        return (sa.null(), sa.null(), pointer.is_not(None)), None
    there = row.through(field)
    title, shown = title_column(there)
    hidden = sa.and_(pointer.is_not(None), there.identity().is_(None))
    return (there.identity(), title, hidden), title_text(shown)


def title_text(field: Field | None) -> Convert | None:
    """How a title's value becomes text."""
    if field is None or field.type.expression_type().kind == "text":
        return None
    if field.type.computed:
        convert = _computed_value(field.type)
        return lambda value: field.type.show(convert(value), _ENGLISH)
    return lambda value: field.type.show(field.type.from_columns((value,)), _ENGLISH)


def json_reference(found: Sequence[Any]) -> Any:
    """From id, title and hidden."""
    if found[0] is not None:
        return {"id": found[0], "title": found[1]}
    return {"id": None, "title": None, "hidden": True} if found[2] else None


def value_reference(found: Sequence[Any]) -> Any:
    if found[0] is not None:
        return Reference(found[0], found[1])
    return Reference(None, None) if found[2] else None


def reference_of(form: Form) -> Callable[[Reference], Any]:
    """From a reference to what an answer of this form holds."""
    return (lambda known: known) if form == "values" else reference_json


@dataclass(frozen=True)
class RecordReader:
    """Makes records of rows. Rows may be longer: what follows the columns is not looked at."""

    keys: tuple[str, ...]
    conversions: Sequence[tuple[str, Callable[[Sequence[Any]], Any], Convert, bool]]
    lists: tuple[ListOutput | AnyOutput, ...]
    masks: tuple[tuple[str, int], ...] = ()
    """Names that pools may mask, and where the row says whether they do."""

    def __call__(self, rows: Iterable[Sequence[Any]]) -> list[Record]:
        rows = list(rows)
        records = [dict(zip(self.keys, row, strict=False)) for row in rows]
        for key, pick, convert, several in self.conversions:
            for record, row in zip(records, rows, strict=True):
                value = pick(row)
                if several or value is not None:
                    record[key] = convert(value)
        for record, row in zip(records, rows, strict=True) if self.masks else ():
            masked = [key for key, place in self.masks if row[place]]
            if masked:
                record.setdefault(MASKED, masked)
        return records


def reader_of(outputs: Sequence[Output]) -> tuple[list[ColumnElement[Any]], RecordReader]:
    """The columns of all outputs, first ones first, and what makes records of their rows."""
    columns = [item.columns[0] for item in outputs]
    keys = tuple(item.key for item in outputs)
    conversions: list[tuple[str, Callable[[Sequence[Any]], Any], Convert, bool]] = []
    for position, item in enumerate(outputs):
        if len(item.columns) > 1:
            places = (position, *range(len(columns), len(columns) + len(item.columns) - 1))
            columns.extend(item.columns[1:])
            conversions.append((item.key, itemgetter(*places), item.convert or tuple, True))
        elif item.convert is not None:
            conversions.append((item.key, itemgetter(position), item.convert, False))
    lists = tuple(item.listed for item in outputs if item.listed is not None)
    masks = []
    for item in outputs:
        if item.masked is not None:
            masks.append((item.key, len(columns)))
            columns.append(item.masked)
    return columns, RecordReader(keys, conversions, lists, tuple(masks))


def _reference(row: Row, named: Named, form: Form) -> Output:
    columns, title = reference_columns(row, named.field)
    make = json_reference if form == "json" else value_reference
    if title is None:
        return Output(named.text, columns, make)
    shown = title
    return Output(
        named.text, columns, lambda found: make((found[0], None if found[1] is None else shown(found[1]), found[2]))
    )


def _computed(row: Row, named: Named, form: Form) -> Output:
    field = named.field
    kind = TEXT if field.value is None else field.value.type
    column = sa.type_coerce(row.value(field), sql_type(kind))
    value = _computed_value(field.type)
    if form == "values":
        return Output(named.text, (column,), value)
    to_json = field.type.to_json
    return Output(named.text, (column,), lambda result: _unless_none(to_json, value(result)))


def _computed_value(kind: FieldType) -> Convert:
    return kind.from_expression


def _stored(kind: FieldType, form: Form, columns: int) -> Convert | None:
    """None where the driver's value is the answer already."""
    plain_columns = type(kind).from_columns is FieldType.from_columns
    plain_json = form == "values" or type(kind).to_json is FieldType.to_json
    if columns == 1 and plain_columns:
        return None if plain_json else kind.to_json
    take: Convert = kind.from_columns if plain_json else kind.stored_to_json
    return take if columns > 1 else lambda value: take((value,))


def _plain(column: ColumnElement[Any], form: Form) -> Convert | None:
    """A facet: texts as they are, numbers as the API writes them."""
    if form == "values" or isinstance(column.type, sa.Text | sa.String):
        return None
    if isinstance(column.type, Instant):
        return instant_text
    return lambda value: value if isinstance(value, str) else json_number(value, whole=value == int(value))


def _unless_none(convert: Convert, value: Any) -> Any:
    return None if value is None else convert(value)
