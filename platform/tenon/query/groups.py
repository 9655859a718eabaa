"""In charge of what records are grouped by: fields at the end of paths, or expressions such as `month(close_date)`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access
from tenon.errors import BadRequest, Detail
from tenon.expressions import Expression, Type, to_sql_value
from tenon.fields.lengths import iso_length
from tenon.query.doors import Door
from tenon.query.names import Named, find
from tenon.query.numbers import json_number
from tenon.query.outputs import Output, output
from tenon.query.requests import Aggregate, Form
from tenon.query.row import NamedLiterals, Row
from tenon.query.statement import sql_type
from tenon.texts import Text, say

PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


@dataclass(frozen=True)
class Answer:
    """The columns of one name of the answer; `order` is the one to sort by; `convert` takes their values."""

    key: str
    columns: tuple[ColumnElement[Any], ...]
    convert: Callable[[Sequence[Any]], Any]
    order: int = 0


@dataclass(frozen=True)
class Group:
    """`prefix` begins the names of its parameters."""

    key: str
    prefix: str
    what: Named | Expression

    @property
    def expression(self) -> Expression | None:
        return self.what if isinstance(self.what, Expression) else None

    @property
    def shape(self) -> str | None:
        return self.what.shape if isinstance(self.what, Expression) else None

    def columns(self, row: Row, form: Form) -> Answer:
        if isinstance(self.what, Expression):
            value = to_sql_value(self.what, row.seen(row.sight, NamedLiterals(self.prefix)))
            return Answer(self.key, (_settled(value, self.what.type),), of_kind(self.what.type, form))
        found = output(row, self.what, form)
        convert = _whole(found)
        by_title = self.what.field.target is not None and not self.what.part and len(found.columns) > 1
        return Answer(self.key, found.columns, convert, 1 if by_title else 0)


def read_group(door: Door, access: Access, request: Aggregate, text: str, index: int) -> Group:
    """Raises UnknownName or BadRequest."""
    prefix = f"g{index}_"
    if PATH.fullmatch(text):
        named = find(access.shape, request.entity, text, where="group")
        if not named.part and not named.field.type.groupable:
            raise _refused(say("“{name}” cannot be grouped by.", "不能按“{name}”分组。", name=text))
        return Group(text, prefix, named)
    expression = door.understanding.expression(access.shape, request.entity, text)
    if expression.type.kind in ("record", "list", "opaque", "null"):
        raise _refused(say("“{text}” cannot be grouped by.", "不能按“{text}”分组。", text=text[:60]))
    return Group(text, prefix, expression)


def of_kind(kind: Type, form: Form) -> Callable[[Sequence[Any]], Any]:
    """Answers of an expression: numbers without needless zeros, as text unless they are whole."""
    if form == "values" or kind.kind in ("text", "choice", "boolean"):
        return lambda found: found[0]
    if kind.kind == "duration":
        return lambda found: None if found[0] is None else iso_length(found[0])
    if kind.kind in ("date", "datetime"):
        return lambda found: None if found[0] is None else _written(found[0].isoformat())
    return lambda found: json_number(found[0], whole=kind.scale == 0)


def _settled(value: ColumnElement[Any], kind: Type) -> ColumnElement[Any]:
    return sa.type_coerce(value, sql_type(kind))


def _whole(found: Output) -> Callable[[Sequence[Any]], Any]:
    convert = found.convert
    if len(found.columns) > 1:
        return convert or tuple
    if convert is None:
        return lambda values: values[0]
    single = convert
    return lambda values: None if values[0] is None else single(values[0])


def _written(text: str) -> str:
    return text.replace("+00:00", "Z")


def _refused(message: Text) -> BadRequest:
    return BadRequest(message, details=[Detail(path="group", code="bad_group", message=message)])
