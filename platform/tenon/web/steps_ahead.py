"""In charge of what is still to be done about a record: its open tasks, and its own next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from tenon.database import UnitOfWork
from tenon.fields import Reference
from tenon.fields.locales import locale_of
from tenon.http import Asking
from tenon.model import Entity, Field
from tenon.query import Query
from tenon.web.evaluation import holds, paths_needed, with_stage
from tenon.web.form_layouts import form_of
from tenon.web.frame import display_of
from tenon.web.titles import title_of

TASK = "task"
MOST = 20
_LAST_MINUTE = (23, 59)


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """`id` is that of the task, "" for the record's own step; `late`: the time is over; `mine`: he may tick it off."""

    title: str
    due: str
    late: bool
    id: str = ""
    who: str = ""
    mine: bool = False


def has_tasks(known: Asking) -> bool:
    entity = known.model.entities.get(TASK)
    return entity is not None and {"about", "done", "due"} <= set(known.access.readable_fields(TASK))


def ahead_of(known: Asking, unit: UnitOfWork, entity: Entity, record_id: str) -> list[Ahead]:
    """The record's own step first, then tasks by the time they are due; those without one last."""
    return [*_own(known, unit, entity, record_id), *_tasks(known, unit, record_id)]


def _tasks(known: Asking, unit: UnitOfWork, record_id: str) -> list[Ahead]:
    if not has_tasks(known):
        return []
    task = known.model.entities[TASK]
    query = Query(
        entity=TASK,
        select=("id", task.title, "due", "owner"),
        where=f'about == "{record_id}" and not done',
        sort=("due", "id"),
        limit=MOST,
        form="values",
    )
    ticks = "done" in known.access.writable_fields(TASK)
    return [
        Ahead(
            id=record["id"],
            title=title_of(task, record, known),
            due=due_words(task.fields["due"], record["due"], known),
            late=record["due"] is not None and record["due"] < unit.now,
            who=_name(record["owner"]),
            mine=ticks and isinstance(record["owner"], Reference) and record["owner"].id == known.actor.id,
        )
        for record in known.reader.list(unit, known.access, query).records
    ]


def _own(known: Asking, unit: UnitOfWork, entity: Entity, record_id: str) -> list[Ahead]:
    telling, readable = form_of(entity).timeline, known.access.readable_fields(entity.name)
    if telling is None or telling.due is None or telling.due not in readable:
        return []
    step = [telling.step] if telling.step in readable else []
    when = telling.open_when
    needed = [] if when is None else [path[0] for path in when.dependencies if path[0] in readable]
    further = paths_needed(known.access, entity, [when])
    select = tuple(dict.fromkeys(("id", telling.due, *step, *needed, *further)))
    record = known.reader.one(unit, known.access, entity.name, record_id, select=select, form="values")
    if record[telling.due] is None or not holds(known, unit, when, with_stage(entity, record)):
        return []
    return [_step(known, unit, entity, record, telling.step if step else None, telling.due)]


def _step(
    known: Asking, unit: UnitOfWork, entity: Entity, record: Mapping[str, Any], step: str | None, due: str
) -> Ahead:
    label = entity.fields[due].label.in_(known.language)
    text = record[step] if step is not None else None
    return Ahead(
        title=str(text or label),
        due=due_words(entity.fields[due], record[due], known),
        late=day_of(record[due], known) < unit.today,
    )


def day_of(value: date, known: Asking) -> date:
    return value.astimezone(ZoneInfo(known.actor.timezone)).date() if isinstance(value, datetime) else value


def due_words(field: Field, value: date | None, known: Asking) -> str:
    """What is due by the last minute of a day is due on that day."""
    display = display_of(known)
    if isinstance(value, datetime):
        here = value.astimezone(ZoneInfo(known.actor.timezone))
        if (here.hour, here.minute) == _LAST_MINUTE:
            return str(format_date(here.date(), format="medium", locale=locale_of(display.language)))
    return field.type.show(value, display)


def _name(value: Any) -> str:
    return (value.title or "") if isinstance(value, Reference) else ""
