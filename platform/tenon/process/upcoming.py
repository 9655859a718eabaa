"""In charge of telling people of what begins or is due soon: entities say of which moment, and how long before.

One job waits for each moment of a record. When it comes, the record is asked again: what was moved, done or taken
away meanwhile is not told of.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields import Display
from tenon.jobs import Duty, Event, Job, Subscriber
from tenon.model import Entity, Remind
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.parts import Part
from tenon.query import Query, Record
from tenon.texts import Text, say

TELL = "upcoming.tell"
MORNING = time(9)
"""When a day counts as begun."""


class Upcoming(Part):
    """The service `upcoming`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entities = {name: one for name, one in ground.model.entities.items() if one.remind is not None}

    def duties(self) -> Mapping[str, Duty]:
        return {TELL: Duty(perform=self._tell)}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._entities else ()

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        """The same moment gives the same key, so it is told of once, however often the record changes."""
        entity = self._entities.get(event.entity)
        if entity is None or entity.remind is None or not _concerns(entity.remind, event):
            return
        record = self._read(unit, entity, entity.remind, event.record_id)
        moments = None if record is None else self._moments(entity.remind, record)
        if moments is None or moments[1] <= unit.now:
            return
        tell, at = moments
        payload = {"entity": entity.name, "id": event.record_id, "at": at.isoformat(), "tell": tell.isoformat()}
        key = f"{TELL}:{event.record_id}:{at.isoformat()}:{tell.isoformat()}"
        unit.emit(Job(name=TELL, payload=payload, key=key, due=max(tell, unit.now)))

    def _tell(self, unit: UnitOfWork, job: Job) -> None:
        entity = self._entities.get(job.payload["entity"])
        if entity is None or entity.remind is None:
            return
        record = self._read(unit, entity, entity.remind, job.payload["id"])
        moments = None if record is None else self._moments(entity.remind, record)
        asked = tuple(datetime.fromisoformat(job.payload[name]) for name in ("tell", "at"))
        if record is None or moments != asked:
            return
        for person in self._people(entity.remind, record):
            notice = Notice(
                title=self._title(unit, entity, record, person, asked[1]),
                kind="reminder",
                entity=entity.name,
                record_id=job.payload["id"],
            )
            self._ground.service("notifying").tell(unit, [person], notice, cause=str(job.key))

    def _read(self, unit: UnitOfWork, entity: Entity, remind: Remind, record_id: str) -> Record | None:
        """The record, while there is something to be told of it."""
        select = tuple(dict.fromkeys(("id", entity.title, remind.at, remind.before, *remind.people)))
        where = f'id == "{record_id}" and not is_blank({remind.before}) and not is_blank({remind.at})'
        where += "" if remind.when is None else f" and ({remind.when.text})"
        query = Query(entity=entity.name, select=select, where=where, limit=1, form="values")
        found = self._ground.reader.list(unit, self._access(unit), query).records
        return found[0] if found else None

    def _moments(self, remind: Remind, record: Record) -> tuple[datetime, datetime]:
        """When to tell, and what of."""
        value: date = record[remind.at]
        at = value
        if not isinstance(at, datetime):
            at = datetime.combine(value, MORNING, ZoneInfo(self._ground.model.workspace.timezone)).astimezone(UTC)
        before: timedelta = record[remind.before]
        return at - before, at

    def _people(self, remind: Remind, record: Record) -> list[str]:
        found: dict[str, None] = {}
        for name in remind.people:
            value = record[name]
            several = value if isinstance(value, list) else [value]
            found |= dict.fromkeys(one.id for one in several if one is not None and one.id is not None)
        return list(found)

    def _title(self, unit: UnitOfWork, entity: Entity, record: Record, person: str, at: datetime) -> Text:
        """With the hour where the person is."""
        actor = self._ground.actors(unit.connection, person, unit.now)
        zone = self._ground.model.workspace.timezone if actor is None else actor.timezone
        shown: dict[str, Any] = {}
        for language in ("en", "zh-CN"):
            kind = entity.fields[entity.remind.at if entity.remind is not None else entity.title].type
            value = at if kind.key == "datetime" else at.astimezone(ZoneInfo(zone)).date()
            shown[language] = kind.show(value, Display(language=language, timezone=zone))
        when = say(shown["en"], shown["zh-CN"])
        title = entity.fields[entity.title].type.show(record[entity.title], self._ground.display)
        return say("Soon: {title}, {when}", "即将开始：{title}，{when}", title=title or entity.label, when=when)

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("reminding people")))


def _concerns(remind: Remind, event: Event) -> bool:
    if event.kind in ("record.created", "record.restored"):
        return True
    changed = event.data.get("changed", {})
    return event.kind == "record.changed" and (remind.at in changed or remind.before in changed)
