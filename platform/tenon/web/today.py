"""In charge of what somebody has to do today: his tasks that are due, his next steps, his appointments.

What an entity calls its next step, and what is noted on its records, is said by the timeline of its form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tenon.database import UnitOfWork
from tenon.fields import AnyRecord
from tenon.http import Asking
from tenon.model import Entity, View
from tenon.query import Query, Record
from tenon.web.entities import understands
from tenon.web.form_layouts import form_of
from tenon.web.frame import display_of
from tenon.web.steps_ahead import TASK, day_of, due_words, has_tasks
from tenon.web.titles import title_of

MOST = 8
"""Of each kind; the rest is a click away."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """`about` is the record a task is about, or that has the step."""

    title: str
    address: str
    due: str
    late: bool
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """`kind` is tasks, steps or planned; `all` the address of the whole list, "" when nothing is left out."""

    kind: str
    dues: Sequence[Due]
    all: str = ""


def today_of(known: Asking, unit: UnitOfWork) -> list[Part] | None:
    """None for somebody who has nothing of the kind here. One statement for each kind of record."""
    if known.actor.id is None or not has_tasks(known):
        return None
    tasks, told = _tasks(known, unit)
    steps = [due for entity in _stepping(known) for due in _steps(known, unit, entity, told)]
    planned = [due for entity, view in _planned(known) for due in _appointments(known, unit, entity, view)]
    parts = [tasks, Part(kind="steps", dues=steps), Part(kind="planned", dues=planned)]
    return [part for part in parts if part.dues]


def _tasks(known: Asking, unit: UnitOfWork) -> tuple[Part, set[str]]:
    """And the records they are about: their own steps need not be said again."""
    task, where = known.model.entities[TASK], "owner == user and not done and date(due) <= today()"
    query = Query(
        entity=TASK,
        select=("id", task.title, "due", "about"),
        where=where,
        sort=("due", "id"),
        limit=MOST + 1,
        form="values",
    )
    records = known.reader.list(unit, known.access, query).records
    abouts = [record["about"] for record in records if isinstance(record["about"], AnyRecord)]
    led = known.reader.led_to(unit, known.access, [one for one in abouts if one.id is not None]) if abouts else {}
    dues = [
        Due(
            title=title_of(task, record, known),
            address=f"/{TASK}/{record['id']}",
            due=due_words(task.fields["due"], record["due"], known),
            late=record["due"] < unit.now,
            about=_about(led.get(record["about"]) if record["about"] is not None else None),
        )
        for record in records[:MOST]
    ]
    rest = f"/{TASK}?where={quote(where)}" if len(records) > MOST else ""
    return Part(kind="tasks", dues=dues, all=rest), {str(one.id) for one in abouts}


def _about(led: AnyRecord | None) -> str:
    return "" if led is None else led.title or ""


def _stepping(known: Asking) -> Iterator[Entity]:
    """Entities whose records say themselves until when the next step is; what is noted on others is a task already."""
    for entity in known.model.entities.values():
        telling = form_of(entity).timeline
        if telling is None or telling.due is None or telling.log is None or not entity.owned:
            continue
        if {telling.due, "owner"} <= set(known.access.readable_fields(entity.name)):
            yield entity


def _steps(known: Asking, unit: UnitOfWork, entity: Entity, told: set[str]) -> list[Due]:
    telling = form_of(entity).timeline
    if telling is None or telling.due is None:
        return []
    when = telling.open_when
    if when is not None and not understands(known, entity.name, when.text):
        return []
    where = f"owner == user and {telling.due} <= today()" + ("" if when is None else f" and ({when.text})")
    step = [telling.step] if telling.step in known.access.readable_fields(entity.name) else []
    select = dict.fromkeys(("id", entity.title, telling.due, *step))
    query = Query(
        entity=entity.name, select=tuple(select), where=where, sort=(telling.due, "id"), limit=MOST, form="values"
    )
    return [
        Due(
            title=str((record[telling.step] if step and telling.step else None) or title_of(entity, record, known)),
            address=f"/{entity.name}/{record['id']}",
            due=entity.fields[telling.due].type.show(record[telling.due], display_of(known)),
            late=day_of(record[telling.due], known) < unit.today,
            about=title_of(entity, record, known),
        )
        for record in known.reader.list(unit, known.access, query).records
        if record["id"] not in told
    ]


def _planned(known: Asking) -> Iterator[tuple[Entity, View]]:
    """What is noted on records and stands in a calendar, each once."""
    entities = known.model.entities
    tellings = [(entity, form_of(entity).timeline) for entity in entities.values()]
    ends = [entity.relationships[one.log].entity for entity, one in tellings if one is not None and one.log is not None]
    for name in dict.fromkeys(ends):
        view = next((each for each in entities[name].views.values() if each.type == "calendar"), None)
        starts = view.starts if view is not None else None
        if view is None or starts is None or len(starts) > 1:
            continue
        if {starts[0], "owner"} <= set(known.access.readable_fields(name)):
            yield entities[name], view


def _appointments(known: Asking, unit: UnitOfWork, entity: Entity, view: View) -> list[Due]:
    starts = (view.starts or ("created_at",))[0]
    field = entity.fields[starts]
    exact = field.type.expression_type().kind == "datetime"
    today = f"date({starts}) == today() and {starts} >= now()" if exact else f"{starts} == today()"
    query = Query(
        entity=entity.name,
        select=("id", entity.title, starts),
        where=f"({_mine(known, entity, view)}) and {today}",
        sort=(starts, "id"),
        limit=MOST,
        form="values",
    )
    found: list[Record] = known.reader.list(unit, known.access, query).records
    return [
        Due(
            title=title_of(entity, record, known),
            address=f"/{entity.name}/{record['id']}",
            due=field.type.show(record[starts], display_of(known)),
            late=False,
        )
        for record in found
    ]


def _mine(known: Asking, entity: Entity, view: View) -> str:
    """He owns it, or is one of the people in whose calendar it stands."""
    readable, mine = known.access.readable_fields(entity.name), ["owner == user"]
    for name in view.people:
        if name in readable and name != "owner":
            many = entity.fields[name].members is not None
            mine.append(f"any({name}, id == user.id)" if many else f"{name} == user")
    return " or ".join(mine)
