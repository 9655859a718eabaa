"""In charge of telling of which entity records are where only ids are known: in filters on look-ups of any record."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields import AnyRecord
from tenon.fields.storage import Identifier
from tenon.ids import is_id
from tenon.query.doors import Door
from tenon.query.lists import Plan, finished, labelled
from tenon.query.outputs import title_column
from tenon.query.requests import Record
from tenon.query.selection import chosen, main_row
from tenon.query.statement import Statement


def recognised(
    door: Door, unit: UnitOfWork, access: Access, entities: Sequence[str], identities: Sequence[str]
) -> dict[str, AnyRecord]:
    """The records of these entities with these ids that the actor may see, with titles; one statement for all."""
    met = tuple(name for name in entities if name in door.model.entities and access.can(name, "read"))
    wanted = [identity for identity in dict.fromkeys(identities) if is_id(identity)]
    if not met or not wanted:
        return {}
    plan = door.plan(("recognised", met), access, lambda statement: _plan(statement, met))
    found = plan.read(plan.rows(unit, access, {"ids": wanted}))
    return {record["id"]: AnyRecord(record["id"], record["entity"], record["title"]) for record in found}


def _plan(statement: Statement, entities: Sequence[str]) -> Plan:
    parts = [_part(statement, entity) for entity in entities]
    query = parts[0] if len(parts) == 1 else sa.union_all(*parts)

    def read(rows: Any) -> list[Record]:
        return [{"entity": found[0], "id": found[1], "title": found[2]} for found in rows]

    return finished(statement, query, read)


def _part(statement: Statement, entity: str) -> sa.Select[Any]:
    row = main_row(statement, entity)
    title, _shown = title_column(row)
    name = sa.literal_column(f"'{entity}'", sa.Text()).label("entity")
    among = row.identity().in_(sa.bindparam("ids", required=True, expanding=True, type_=Identifier()))
    columns = labelled([row.identity(), sa.cast(title, sa.Text())])
    return sa.select(name, *columns).select_from(row.source.clause).where(among, *chosen(row, ("read",)))
