"""In charge of whose turn it is: a row for each rule, locked while somebody is chosen, so that two never choose alike.

The same rows serve as locks alone, where people's limits are counted.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tenon.database import UnitOfWork
from tenon.schema import SYSTEM_TABLES

TURNS = SYSTEM_TABLES["turn"]


def locked(unit: UnitOfWork, name: str) -> dict[str, Any]:
    """What was kept under the name, which nobody else gets before the transaction ends."""
    insert = sqlite.insert if unit.connection.dialect == "sqlite" else postgresql.insert
    unit.connection.write(insert(TURNS).values(name=name, at=unit.now, state={}).on_conflict_do_nothing())
    rows = unit.connection.execute(sa.select(TURNS.c.state).where(TURNS.c.name == name).with_for_update())
    return dict(rows[0][0] or {})


def seen(unit: UnitOfWork, name: str) -> dict[str, Any]:
    """As `locked`, only to look at."""
    rows = unit.connection.execute(sa.select(TURNS.c.state).where(TURNS.c.name == name))
    return dict(rows[0][0] or {}) if rows else {}


def keep(unit: UnitOfWork, name: str, state: Mapping[str, Any]) -> None:
    unit.connection.write(sa.update(TURNS).where(TURNS.c.name == name).values(at=unit.now, state=dict(state)))
