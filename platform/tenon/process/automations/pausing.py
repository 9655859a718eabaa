"""In charge of automations that rest: by somebody's word, or because a run of theirs failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tenon.database import DialectName, Prepared, UnitOfWork, prepare
from tenon.schema import SYSTEM_TABLES

TABLE = SYSTEM_TABLES["paused_automation"]
_DIALECTS: tuple[DialectName, ...] = ("sqlite", "postgresql")
_ALL: Mapping[DialectName, Prepared] = {
    dialect: prepare(sa.select(TABLE.c.name, TABLE.c.at, TABLE.c.by, TABLE.c.reason), dialect) for dialect in _DIALECTS
}


@dataclass(frozen=True, kw_only=True)
class Paused:
    """`by` is None when the system paused it."""

    name: str
    at: datetime
    by: str | None
    reason: str


def pause(unit: UnitOfWork, name: str, *, by: str | None, reason: str) -> None:
    """Does nothing when it rests already."""
    if name in paused(unit):
        return
    unit.connection.write(sa.insert(TABLE).values(name=name, at=unit.now, by=by, reason=reason[:2000]))


def resume(unit: UnitOfWork, name: str) -> bool:
    """Whether it rested."""
    return unit.connection.write(sa.delete(TABLE).where(TABLE.c.name == name)) > 0


def resting(unit: UnitOfWork, name: str) -> Paused | None:
    """As `paused`; asked once in a unit of work."""
    return unit.remembered(TABLE.name, lambda: paused(unit)).get(name)


def paused(unit: UnitOfWork) -> dict[str, Paused]:
    """All that rest, by name."""
    rows = unit.connection.run(_ALL[unit.connection.dialect])
    return {row[0]: Paused(name=row[0], at=row[1], by=row[2], reason=row[3]) for row in rows}
