"""In charge of one SQL statement while it is planned: aliases, joins, and the parameters every statement knows."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.types import TypeEngine

from tenon.access import Access, AccessShape
from tenon.database import DialectName, UnitOfWork
from tenon.expressions import Type
from tenon.fields.storage import Boolean, Day, Identifier, Instant, Length, Words
from tenon.model import Entity, Field, Model
from tenon.query.numbers import Number
from tenon.schema import Tables

AMBIENT: Mapping[str, Callable[[UnitOfWork, Access], Any]] = {
    "user_id": lambda _unit, access: access.actor.id,
    "user_name": lambda _unit, access: access.actor.name,
    "user_department": lambda _unit, access: access.actor.department,
    "user_region": lambda _unit, access: access.actor.region,
    "user_manager": lambda _unit, access: access.actor.manager,
    "user_roles": lambda _unit, access: sorted(access.actor.roles),
    "today": lambda unit, _access: unit.today,
    "now": lambda unit, _access: unit.now,
    "timezone": lambda _unit, access: access.actor.timezone,
}
"""Parameters that come with the actor and the moment: name → value at run time."""

_AMBIENT_TYPES: Mapping[str, TypeEngine[Any]] = {
    "user_name": sa.Text(),
    "user_roles": Words(),
    "today": Day(),
    "now": Instant(),
    "timezone": sa.Text(),
}


def ambient(name: str) -> ColumnElement[Any]:
    return sa.bindparam(name, type_=_AMBIENT_TYPES.get(name, Identifier()), required=True)


def sql_type(kind: Type) -> TypeEngine[Any]:
    """The column type that carries a value of the expression language to the database."""
    if kind.kind == "list":
        return Words()
    types: dict[str, TypeEngine[Any]] = {
        "boolean": Boolean(),
        "date": Day(),
        "datetime": Instant(),
        "number": Number(),
        "duration": Length(),
        "record": Identifier(),
    }
    return types.get(kind.kind) or sa.Text()


class From:
    """The FROM clause of one SELECT; joins are added as paths ask for them, each once."""

    def __init__(self, table: FromClause) -> None:
        self.clause: FromClause = table
        self.joined: dict[Hashable, FromClause] = {}

    def join(self, key: Hashable, table: FromClause, on: ColumnElement[bool]) -> FromClause:
        self.clause = self.clause.outerjoin(table, on)
        self.joined[key] = table
        return table


class Statement:
    """What all parts of one statement share. `shape` are the reader's rights."""

    def __init__(self, model: Model, tables: Tables, dialect: DialectName, shape: AccessShape) -> None:
        self.model = model
        self.tables = tables
        self.dialect: DialectName = dialect
        self.shape = shape
        self._aliases = 0

    def table(self, entity: str) -> FromClause:
        """A fresh alias of the entity's table."""
        self._aliases += 1
        return self.tables[entity].alias(f"t{self._aliases}")

    def column(self, table: FromClause, entity: str, field: str, part: str = "") -> ColumnElement[Any]:
        """The column of a field in an alias of its table."""
        return table.c[self.tables.column(entity, field, part).key]

    def target(self, field: Field) -> Entity:
        """The entity a look-up leads to."""
        return self.model.entities[field.target or ""]

    def living(self, table: FromClause, entity: str) -> ColumnElement[bool]:
        return self.column(table, entity, "deleted_at").is_(None)
