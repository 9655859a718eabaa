"""In charge of where the entries of a timeline come from: each source reads the newest of its kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tenon.database import UnitOfWork
from tenon.fields import Reference
from tenon.fields.literals import literal
from tenon.http import Asking
from tenon.model import Entity, Field, Relationship
from tenon.model.moves import stage_of
from tenon.process.commenting import COMMENT
from tenon.query import Query
from tenon.web.evaluation import holds, paths_needed, with_stage
from tenon.web.form_layouts import form_of
from tenon.web.frame import display_of
from tenon.web.happened import Happened, Step, Tag
from tenon.web.related import tied
from tenon.web.steps_ahead import TASK, has_tasks
from tenon.web.titles import title_of
from tenon.web.words import Words

MESSAGE = "message"
LETTERS = 600
_TEXTS = ("long_text", "rich_text")
_DONE = "done"
"""A state that needs no tag: what stands in a timeline is done, unless it says otherwise."""


class Source(Protocol):
    @property
    def name(self) -> str: ...

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        """The newest `limit` that happened until then, newest first; those of one instant always in the same order."""
        ...


def sources_of(known: Asking, entity: Entity) -> list[Source]:
    """Those of which he may see anything."""
    telling = form_of(entity).timeline
    found: list[Source] = []
    for name in () if telling is None else telling.of:
        end = entity.relationships[name]
        if end.through is None and known.access.reads_relationship(entity.name, name):
            found.append(Related(name, end, known.model.entities[end.entity]))
    if has_tasks(known):
        found.append(Tasks())
    if known.access.can(COMMENT, "read"):
        found.append(Comments(entity))
    if MESSAGE in known.model.entities and known.access.can(MESSAGE, "read"):
        found.append(Messages(entity))
    if entity.pipeline is not None and "stage" in known.access.readable_fields(entity.name):
        found.append(Stages(entity))
    return found


@dataclass(frozen=True)
class Related:
    """The records at the other end of a relationship, each at the date at which its calendar shows it."""

    name: str
    end: Relationship
    far: Entity

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        readable = known.access.readable_fields(self.far.name)
        fields = [self.far.fields[name] for name in readable]
        at = self._at(readable)
        kinds = [one for one in fields if one.type.key == "choice" and not one.system]
        texts = [one for one in fields if one.type.key in _TEXTS][:1]
        lists = [one for one in fields if one.type.key == "multi_lookup"]
        telling = form_of(self.far).timeline
        step = (
            []
            if telling is None
            else [name for name in (telling.step, telling.due) if name is not None and name in readable]
        )
        when = None if telling is None else telling.open_when
        needed = [] if when is None else [path[0] for path in when.dependencies if path[0] in readable]
        who = [name for name in ("owner", "created_by") if name in readable][:1]
        names = (self.far.title, *(one.name for one in (*kinds, *texts, *lists)), *step, *needed, *who)
        select = dict.fromkeys(("id", at.name, *(name for name in names if name in readable)))
        query = Query(
            entity=self.far.name,
            select=(*select, *(path for path in paths_needed(known.access, self.far, [when]) if path not in select)),
            where=_until(tied(self.end, record_id), at, until, known),
            sort=(f"-{at.name}", "-id"),
            limit=limit,
            form="values",
        )
        found = []
        for record in known.reader.list(unit, known.access, query).records:
            kind = next((each for one in kinds if (each := _option(one, record, known)).icon), None)
            tags = [_option(one, record, known) for one in kinds if record[one.name] not in (None, _DONE)]
            found.append(
                Happened(
                    source=self.name,
                    at=_instant(record[at.name], known),
                    icon=kind.icon if kind is not None else self.far.icon,
                    color=kind.color if kind is not None else self.far.color,
                    label=kind.text if kind is not None else self.far.label.in_(known.language),
                    title=title_of(self.far, record, known),
                    address=f"/{self.far.name}/{record['id']}",
                    text=next((_plain(one, record, known) for one in texts), ""),
                    people=", ".join(_titles(record[one.name]) for one in lists if record[one.name]),
                    who=next((_titles(record[name]) for name in who), ""),
                    tags=[Tag(text=each.text, color=each.color) for each in tags if each.color and not each.icon],
                    step=self._step(known, unit, record),
                    planned=_instant(record[at.name], known) > unit.now,
                )
            )
        return found

    def _at(self, readable: Sequence[str]) -> Field:
        starts = (view.starts for view in self.far.views.values() if view.type == "calendar")
        named = next((path[0] for path in starts if path is not None and len(path) == 1), None)
        return self.far.fields[named if named is not None and named in readable else "created_at"]

    def _step(self, known: Asking, unit: UnitOfWork, record: Mapping[str, Any]) -> Step | None:
        telling = form_of(self.far).timeline
        if telling is None or telling.step is None or not record.get(telling.step):
            return None
        text = record[telling.step]
        day = record.get(telling.due) if telling.due is not None else None
        is_open = holds(known, unit, telling.open_when, with_stage(self.far, record))
        due = None if telling.due is None else self.far.fields[telling.due].type
        shown = "" if due is None else due.show(day, display_of(known))
        late = is_open and day is not None and _day(day, known) < unit.today
        return Step(text=str(text), day=shown, open=is_open, late=late)


@dataclass(frozen=True)
class _Option:
    text: str
    color: str
    icon: str


def _option(field: Field, record: Mapping[str, Any], known: Asking) -> _Option:
    key = record[field.name]
    found = next((one for one in field.type.settings.options if one.key == key), None)
    if found is None:
        return _Option(str(key or ""), "", "")
    return _Option(found.label.in_(known.language), found.color, found.icon)


@dataclass(frozen=True)
class Tasks:
    """Those that are done, when they were."""

    name: str = TASK

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        entity = known.model.entities[TASK]
        where = f'about == "{record_id}" and done'
        query = Query(
            entity=TASK,
            select=("id", entity.title, "owner", "changed_at"),
            where=_until(where, entity.fields["changed_at"], until, known),
            sort=("-changed_at", "-id"),
            limit=limit,
            form="values",
        )
        word = Words.of(known.model, known.language)
        return [
            Happened(
                source=TASK,
                at=record["changed_at"],
                icon="checkbox",
                color="green",
                label=word("timeline.task_done"),
                title=title_of(entity, record, known),
                address=f"/{TASK}/{record['id']}",
                who=_titles(record["owner"]),
            )
            for record in known.reader.list(unit, known.access, query).records
        ]


@dataclass(frozen=True)
class Comments:
    entity: Entity
    name: str = COMMENT

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        query = _of_record(known, self.entity, COMMENT, ("text", "created_by"), record_id, until, limit)
        label = known.model.entities[COMMENT].label.in_(known.language)
        return [
            Happened(
                source=COMMENT,
                at=record["created_at"],
                icon="message",
                label=label,
                text=_cut(record["text"] or ""),
                who=_titles(record["created_by"]),
            )
            for record in known.reader.list(unit, known.access, query).records
        ]


@dataclass(frozen=True)
class Messages:
    """Mails and the like between the house and people outside; notices to colleagues are not among them."""

    entity: Entity
    name: str = MESSAGE

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        entity = known.model.entities[MESSAGE]
        fields = ("direction", "channel", "status", "sender", "recipients", "subject", "body")
        names = tuple(name for name in fields if name in known.access.readable_fields(MESSAGE))
        query = _of_record(known, self.entity, MESSAGE, names, record_id, until, limit, "is_blank(person)")
        word = Words.of(known.model, known.language)
        found = []
        for record in known.reader.list(unit, known.access, query).records:
            came = record.get("direction") == "in"
            channel = _option(entity.fields["channel"], record, known) if "channel" in names else _Option("", "", "")
            status = _option(entity.fields["status"], record, known) if "status" in names else _Option("", "", "")
            found.append(
                Happened(
                    source=MESSAGE,
                    at=record["created_at"],
                    icon="mail" if record.get("channel") == "email" else "message",
                    color="azure",
                    label=word("timeline.came" if came else "timeline.left", channel=channel.text),
                    title=str(record.get("subject") or ""),
                    address=f"/{MESSAGE}/{record['id']}",
                    text=_cut(record.get("body") or ""),
                    people=_cut((record.get("sender") if came else record.get("recipients")) or "", 120),
                    tags=[Tag(text=status.text, color="red")] if record.get("status") in ("failed", "bounced") else (),
                )
            )
        return found


@dataclass(frozen=True)
class Stages:
    entity: Entity
    name: str = "stage"

    def read(
        self, known: Asking, unit: UnitOfWork, record_id: str, until: datetime | None, limit: int
    ) -> Sequence[Happened]:
        moves = known.reader.stage_history(unit, known.access, self.entity.name, record_id)
        word = Words.of(known.model, known.language)
        found = []
        for move in reversed(moves):
            at = datetime.fromisoformat(move.at)
            if move.from_stage is None or (until is not None and at > until):
                continue
            stage = stage_of(self.entity, {"pipeline": move.pipeline, "stage": move.to_stage})
            label = stage.label.in_(known.language) if stage is not None else move.to_stage
            found.append(
                Happened(
                    source="stage",
                    at=at,
                    icon="flag",
                    label=word("history.stage"),
                    tags=[Tag(text=label, color=stage.color if stage is not None else "")],
                    text=move.reason or "",
                    who=word("history.system") if move.actor is None else str(move.actor.get("title") or ""),
                )
            )
        return found[:limit]


def _of_record(
    known: Asking,
    about: Entity,
    entity: str,
    names: Sequence[str],
    record_id: str,
    until: datetime | None,
    limit: int,
    further: str = "",
) -> Query:
    """Records that name theirs by `record_entity` and `record_id`."""
    where = f'record_id == "{record_id}" and record_entity == "{about.name}"' + (f" and {further}" if further else "")
    return Query(
        entity=entity,
        select=("id", *names, "created_at"),
        where=_until(where, known.model.entities[entity].fields["created_at"], until, known),
        sort=("-created_at", "-id"),
        limit=limit,
        form="values",
    )


def _until(where: str, at: Field, until: datetime | None, known: Asking) -> str:
    if until is None:
        return f"({where}) and not is_blank({at.name})"
    edge = until if at.type.expression_type().kind == "datetime" else until.astimezone(_zone(known)).date()
    return f"({where}) and {at.name} <= {literal(edge)}"


def _instant(value: Any, known: Asking) -> datetime:
    """A day begins where the reader is."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), _zone(known)).astimezone(UTC)


def _day(value: Any, known: Asking) -> Any:
    return value.astimezone(_zone(known)).date() if isinstance(value, datetime) else value


def _zone(known: Asking) -> ZoneInfo:
    return ZoneInfo(known.actor.timezone)


def _plain(field: Field, record: Mapping[str, Any], known: Asking) -> str:
    value = record[field.name]
    return "" if value is None else _cut(field.type.show(value, display_of(known)))


def _titles(value: Any) -> str:
    several = value if isinstance(value, list) else [value]
    return ", ".join(one.title for one in several if isinstance(one, Reference) and one.title)


def _cut(text: str, most: int = LETTERS) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"
