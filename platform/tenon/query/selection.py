"""In charge of which records a query means: the caller's filter, the reader's rights, living or in the recycle bin."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from tenon.access import Access, all_of
from tenon.errors import BadRequest, Detail
from tenon.expressions import Constant, Expression, to_sql
from tenon.ids import is_id
from tenon.model import Operation
from tenon.query.requests import Query
from tenon.query.row import NamedLiterals, Row, Sight, constants
from tenon.query.scope import Understanding
from tenon.query.statement import From, Statement
from tenon.texts import say

NOBODY = "00000000-0000-0000-0000-000000000000"
"""The id of no record: what a filter means by a text that cannot be an id."""


def main_row(statement: Statement, entity: str) -> Row:
    """The row of the entity that a statement is about."""
    table = statement.table(entity)
    return Row(statement, From(table), statement.model.entities[entity], table)


def needs(query: Query) -> tuple[Operation, ...]:
    """What the actor must be allowed on each record he is shown."""
    also: list[Operation] = ["delete"] if query.deleted else []
    return tuple(dict.fromkeys(("read", *also, query.may)))


def require(access: Access, entity: str, operations: tuple[Operation, ...]) -> None:
    for operation in operations:
        access.require(entity, operation)


def chosen(row: Row, operations: tuple[Operation, ...], *, deleted: bool = False) -> list[ColumnElement[bool]]:
    """The conditions of rights and life on the main row."""
    statement, entity = row.statement, row.entity.name
    permit = all_of(statement.shape.permit(entity, operation) for operation in operations)
    life = statement.living(row.table, entity)
    return [sa.not_(life) if deleted else life, *row.permitted(permit)]


def filtered(row: Row, where: Expression | None, prefix: str = "w") -> list[ColumnElement[bool]]:
    """The caller's filter as he may ask it; its literals become parameters `<prefix>0`…"""
    return [] if where is None else [to_sql(where, row.seen(Sight.READER, NamedLiterals(prefix)))]


def trusted(row: Row, where: Expression | None) -> list[ColumnElement[bool]]:
    """A condition of the model (which records a look-up offers), seen in full."""
    return [] if where is None else [to_sql(where, row.seen(Sight.FULL, constants))]


def understood(understanding: Understanding, access: Access, entity: str, where: str | None) -> Expression | None:
    """The filter; None when there is none. Raises ExpressionError, or BadRequest when it is no condition."""
    if where is None or not where.strip():
        return None
    expression = understanding.expression(access.shape, entity, where)
    if expression.type.kind not in ("boolean", "null"):
        message = say(
            "A filter must be a condition; this is a {kind}.",
            "筛选必须是条件，而这里是{kind}。",
            kind=str(expression.type),
        )
        hint = say("Compare it with something: {text} == …", "请与某个值比较：{text} == …", text=where[:60])
        raise BadRequest(
            message, hint=hint, details=[Detail(path="where", code="not_a_condition", message=message, hint=hint)]
        )
    return expression


def literal_values(expression: Expression | None, prefix: str = "w") -> dict[str, Any]:
    """Values for the parameters that `filtered` made."""
    if expression is None:
        return {}
    return {f"{prefix}{index}": _parameter(literal) for index, literal in enumerate(expression.literals)}


def _parameter(literal: Constant) -> Any:
    if literal.type.kind != "record":
        return storable(literal.value)
    identity = str(literal.value).lower()
    return identity if is_id(identity) else NOBODY


def storable(value: Any) -> Any:
    """Refuses texts that no database keeps: with NUL, or with half a character."""
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        message = say("The text holds a character that cannot be searched for.", "文本中含有无法检索的字符。")
        raise BadRequest(message, details=[Detail(path="where", code="bad_text", message=message)])
    return value
