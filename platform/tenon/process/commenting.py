"""In charge of who hears of comments on a record and of its changes: the mentioned, the followers, its owner.

Nobody hears of a record he may not read, and of changes only in the fields he may read. Whoever did it is not told.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.jobs import Event, Subscriber
from tenon.process.ground import Ground
from tenon.process.notifying import Notice, Notifying
from tenon.process.pages import every_record
from tenon.process.parts import Part
from tenon.query import Query
from tenon.texts import Text, say

COMMENT, FOLLOWER = "comment", "follower"
MOST_LABELS = 5
"""Changed fields that a notice names."""


class Commenting(Part):
    """The service `commenting`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        entities = ground.model.entities
        self._comments, self._followed = COMMENT in entities, FOLLOWER in entities

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._comments or self._followed else ()

    def following(self, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> str | None:
        """The id of the actor's own `follower` record of this record; None when he does not follow it."""
        if not self._followed or not access.can(FOLLOWER, "read"):
            return None
        where = f'record_id == "{record_id}" and record_entity == "{entity}" and person == user'
        found = self._ground.reader.list(unit, access, Query(entity=FOLLOWER, select=("id",), where=where, limit=1))
        return found.records[0]["id"] if found.records else None

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.kind == "record.created" and event.entity == COMMENT:
            self._commented(unit, event)
        elif event.kind == "record.changed" and self._followed and self._may_be_followed(event.entity):
            self._changed(unit, event)

    def _may_be_followed(self, entity: str) -> bool:
        known = self._ground.model.entities.get(entity)
        return known is not None and not known.of_record

    def _commented(self, unit: UnitOfWork, event: Event) -> None:
        access = self._system(unit)
        try:
            names = ("record_entity", "record_id", "text", "mentions", "created_by")
            comment = self._ground.reader.one(unit, access, COMMENT, event.record_id, names)
        except NotFound:
            return  # taken back before anybody heard of it
        entity, record_id = comment["record_entity"], comment["record_id"]
        author = (comment["created_by"] or {}).get("id")
        mentioned = [person["id"] for person in comment["mentions"] or () if person["id"] is not None]
        words = say("{who} mentioned you", "{who}提到了您", who=self._name(comment["created_by"]))
        told = {
            author,
            *self._tell(unit, event, mentioned, author, entity, record_id, words, comment["text"], "mention"),
        }
        others = [*self._owner(unit, entity, record_id), *self._followers(unit, entity, record_id)]
        words = say("{who} commented", "{who}发表了评论", who=self._name(comment["created_by"]))
        hearing = [person for person in others if person not in told]
        self._tell(unit, event, hearing, author, entity, record_id, words, comment["text"], "comment")

    def _tell(
        self,
        unit: UnitOfWork,
        event: Event,
        people: Iterable[str],
        author: str | None,
        entity: str,
        record_id: str,
        title: Text,
        text: str,
        kind: str,
    ) -> Sequence[str]:
        """Those of `people` who may read the record, but for the author; their ids."""
        hearing = [each for each in people if each != author and self._reader(unit, each, entity, record_id)]
        body = Text.of(text)
        notice = Notice(title=title, body=body, kind=kind, entity=entity, record_id=record_id, sender=author)
        return self._notifying.tell(unit, hearing, notice, cause=event.id)

    def _changed(self, unit: UnitOfWork, event: Event) -> None:
        changed = event.data.get("changed", {})
        fields = [name for name in self._fields(event.entity) if name in changed]
        if not fields:
            return
        for person in self._followers(unit, event.entity, event.record_id, changes=True):
            reader = self._reader(unit, person, event.entity, event.record_id)
            if reader is None or person == event.actor_id:
                continue
            readable = self._ground.access(reader).readable_fields(event.entity)
            labels = [self._label(event.entity, name, reader.language) for name in fields if name in readable]
            if not labels:
                continue
            more = "…" if len(labels) > MOST_LABELS else ""
            title = say(
                "{who} changed: {fields}",
                "{who}修改了：{fields}",
                who=self._actor_name(unit, event.actor_id),
                fields=say(", ".join(labels[:MOST_LABELS]) + more, "、".join(labels[:MOST_LABELS]) + more),
            )
            notice = Notice(
                title=title, kind="change", entity=event.entity, record_id=event.record_id, sender=event.actor_id
            )
            self._notifying.tell(unit, [person], notice, cause=event.id)

    def _fields(self, entity: str) -> Mapping[str, Any]:
        return {name: field for name, field in self._ground.model.entities[entity].fields.items() if not field.system}

    def _label(self, entity: str, name: str, language: str) -> str:
        return self._ground.model.entities[entity].fields[name].label.in_(language)

    def _owner(self, unit: UnitOfWork, entity: str, record_id: str) -> list[str]:
        known = self._ground.model.entities.get(entity)
        if known is None or "owner" not in known.fields:
            return []
        found = self._ground.reader.among(unit, self._system(unit), entity, [record_id]).get(record_id)
        owner = None if found is None else found["owner"]
        return [owner["id"]] if owner and owner["id"] else []

    def _followers(self, unit: UnitOfWork, entity: str, record_id: str, *, changes: bool = False) -> list[str]:
        if not self._followed:
            return []
        where = f'record_id == "{record_id}" and record_entity == "{entity}"'
        if changes and "notify_of_changes" in self._ground.model.entities["user"].fields:
            where += " and person.notify_of_changes"
        query = Query(entity=FOLLOWER, select=("person.id",), where=where, sort=("created_at",))
        found = every_record(self._ground.reader, unit, self._system(unit), query)
        return [each["person.id"] for each in found if each["person.id"] is not None]

    def _reader(self, unit: UnitOfWork, person: str, entity: str, record_id: str) -> Actor | None:
        """The person, when he works here and may read the record."""
        actor = self._ground.actors(unit.connection, person, unit.now)
        if actor is None or self._notifying.title(unit, actor, entity, record_id) is None:
            return None
        return actor

    def _name(self, reference: Mapping[str, Any] | None) -> str:
        return (reference or {}).get("title") or self._ground.model.workspace.label.in_("en")

    def _actor_name(self, unit: UnitOfWork, person: str | None) -> str:
        found = self._ground.reader.titles(unit, self._system(unit), "user", [person]) if person is not None else {}
        return self._name({"title": found.get(person or "")})

    def _system(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("telling followers")))

    @property
    def _notifying(self) -> Notifying:
        found: Notifying = self._ground.service("notifying")
        return found
