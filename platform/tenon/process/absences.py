"""In charge of who is away now, and who stands in: the records of the entity `absence`, where a workspace has it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.process.pages import every_record
from tenon.query import Query, Reader

ENTITY, WHO, FIRST, LAST, DELEGATE = "absence", "who", "first_day", "last_day", "delegate"


class Absences:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        entity = reader.model.entities.get(ENTITY)
        self._known = entity is not None and {WHO, FIRST, LAST} <= set(entity.fields)
        self._zone = ZoneInfo(reader.model.workspace.timezone)
        self._access = Access.of(reader.model, Actor.system("who is away", timezone=reader.model.workspace.timezone))

    def delegates(self, unit: UnitOfWork, people: Iterable[str]) -> dict[str, str | None]:
        """Those among `people` who are away now → who stands in, None for nobody. Read once in a unit."""
        if not self._known:
            return {}
        away = unit.remembered(self, lambda: self._read(unit))
        return {person: away[person] for person in people if person in away}

    def _read(self, unit: UnitOfWork) -> dict[str, str | None]:
        fields = self._reader.model.entities[ENTITY].fields
        dated = fields[LAST].type.expression_type().kind == "date"
        select = (f"{WHO}.id", FIRST, LAST, *((f"{DELEGATE}.id",) if DELEGATE in fields else ()))
        query = Query(
            entity=ENTITY,
            select=select,
            where=f"is_blank({LAST}) or {LAST} >= {'today()' if dated else 'now()'}",
            form="values",
        )
        here = unit.now.astimezone(self._zone).date()
        found: dict[str, str | None] = {}
        for record in every_record(self._reader, unit, self._access, query):
            if record[f"{WHO}.id"] is not None and _begun(record[FIRST], unit.now, here):
                found[record[f"{WHO}.id"]] = record.get(f"{DELEGATE}.id")
        return found


def _begun(first: Any, now: datetime, today: date) -> bool:
    if first is None:
        return True
    return bool(first <= now) if isinstance(first, datetime) else bool(first <= today)
