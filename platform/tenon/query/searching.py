"""In charge of finding records by words: in the fields an entity is searched by, as far as each may be read."""

from typing import Any

import sqlalchemy as sa

from tenon.access import Access, AccessShape
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.expressions import Expression
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled, written
from tenon.query.names import find
from tenon.query.outputs import title_column
from tenon.query.refusals import check_limit
from tenon.query.requests import Record
from tenon.query.selection import chosen, filtered, main_row, storable
from tenon.query.statement import Statement

_MOST = 50
_LONGEST = 200
_ASKABLE = ("text", "choice")


def search(door: Door, unit: UnitOfWork, access: Access, text: str, limit: int) -> list[Record]:
    """Nothing for a blank text. Only entities with search fields are looked into; one statement for all of them."""
    check_limit(limit, _MOST)
    if not text.strip():
        return []
    wheres = _wheres(door, access.shape)
    if not wheres:
        return []
    plan = door.plan(("search", limit), access, lambda statement: _plan(statement, wheres, limit))
    values = {name: value for where in wheres.values() for name, value in term_values(where, text).items()}
    return plan.read(plan.rows(unit, access, values))


def finding(door: Door, access: AccessShape, entity: str, text: str) -> Expression | None:
    """The condition "found by `text`" over title and search fields he may read; None for a blank text."""
    if not text.strip():
        return None
    names = _readable_names(access, entity)
    condition = " or ".join(f'contains({name}, "?")' for name in names) or "false"
    return door.understanding.expression(access, entity, condition)


def term_values(where: Expression | None, text: str) -> dict[str, Any]:
    """Every literal of a condition made by `finding` is the text itself."""
    if where is None:
        return {}
    term = storable(text.strip()[:_LONGEST])
    return {f"w{index}": term for index, _literal in enumerate(where.literals)}


def _wheres(door: Door, access: AccessShape) -> dict[str, Expression]:
    found = {}
    for name in access.readable_entities:
        if door.model.entities[name].search and _readable_names(access, name):
            where = finding(door, access, name, "?")
            if where is not None:
                found[name] = where
    return found


def _readable_names(access: AccessShape, entity: str) -> list[str]:
    definition = access.model.entities[entity]
    paths = dict.fromkeys(((definition.title,), *definition.search))
    return [".".join(path) for path in paths if _searchable(access, entity, ".".join(path))]


def _searchable(access: AccessShape, entity: str, name: str) -> bool:
    try:
        named = find(access, entity, name, where="search")
    except UnknownName:
        return False
    return named.field.target is None and named.field.type.expression_type().kind in _ASKABLE


def _plan(statement: Statement, wheres: dict[str, Expression], limit: int) -> Plan:
    parts = [_part(statement, entity, where, limit) for entity, where in wheres.items()]
    query = parts[0] if len(parts) == 1 else sa.union_all(*parts)

    def read(rows: Any) -> list[Record]:
        return [{"entity": found[0], "id": found[1], "title": found[2]} for found in rows]

    return finished(statement, query, read)


def _part(statement: Statement, entity: str, where: Expression, limit: int) -> sa.Select[Any]:
    row = main_row(statement, entity)
    title, _shown = title_column(row)
    conditions = [*chosen(row, ("read",)), *filtered(row, where)]
    name = sa.literal_column(f"'{entity}'", sa.Text()).label("entity")
    columns = labelled([row.identity(), sa.cast(title, sa.Text())])
    found = sa.select(name, *columns).select_from(row.source.clause).where(*conditions)
    inner = found.order_by(row.identity().desc()).limit(written(limit)).subquery()
    return sa.select(*inner.c)
