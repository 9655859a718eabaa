"""In charge of the recycle bin: what may go in, what goes with it, and what becomes of those who pointed at it.

`restrict` refuses while living records point here; `clear` empties the look-up; `cascade` takes the pointing records
along, and theirs. What went together is written down with the record it went with, so that it comes back together.
The right to delete is asked of the record itself only: parts follow their whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tenon.database import Prepared, prepare
from tenon.errors import Conflict
from tenon.model import Field
from tenon.records.drafts import Work
from tenon.records.facts import Group, RecordFacts
from tenon.records.listing import among, listed
from tenon.records.plans import EntityPlan, Values
from tenon.texts import Text, say

MOST_NAMED = 5


@dataclass(eq=False)
class Doomed:
    """What one deletion does. `taken`: entity → records that go into the bin; `cleared`: look-ups to be emptied."""

    taken: dict[str, dict[str, Values]] = field(default_factory=dict)
    cleared: list[tuple[Field, dict[str, Values]]] = field(default_factory=list)
    blocking: list[tuple[Field, dict[str, Values]]] = field(default_factory=list)

    def ids(self) -> dict[str, list[str]]:
        return {entity: sorted(records) for entity, records in self.taken.items() if records}


def follow(work: Work, plan: EntityPlan, root: Values) -> Doomed:
    """Everything the deletion of `root` reaches: one statement for each look-up that points at a record taken."""
    doomed = Doomed({plan.name: {root["id"]: root}})
    waiting: list[tuple[str, list[str]]] = [(plan.name, [root["id"]])]
    while waiting:
        entity, ids = waiting.pop()
        for pointer in work.plans.pointing.get(entity, ()):
            found = _pointing(work, pointer, entity, ids)
            fresh = {key: row for key, row in found.items() if key not in doomed.taken.get(pointer.entity, {})}
            if fresh:
                waiting.extend(_treat(doomed, pointer, fresh))
        for holder in work.plans.guarding.get(entity, ()):
            holding = _pointing(work, holder, entity, ids)
            if holding:
                doomed.blocking.append((holder, holding))
    _forgive(doomed)
    return doomed


def refuse_if_blocked(work: Work, doomed: Doomed) -> None:
    """Raises Conflict naming the records in the way that the actor may read; of others only that there are some."""
    if not doomed.blocking:
        return
    named: list[dict[str, Any]] = []
    hidden = False
    for pointer, rows in doomed.blocking:
        for record in _readable(work, pointer.entity, rows):
            if record is None:
                hidden = True
            else:
                named.append(record)
    raise Conflict(_in_the_way(named, hidden), hint=_what_to_do(), extra={"referring": named[:50], "others": hidden})


def put_away(work: Work, doomed: Doomed) -> None:
    """Mark what goes: one statement for each entity."""
    unit = work.unit
    for entity, ids in doomed.ids().items():
        unit.connection.write(
            deleting(work.plans[entity]), {"ids": listed(ids), "now": unit.now, "actor": unit.actor.id}
        )


def clear(work: Work, doomed: Doomed) -> Iterator[tuple[EntityPlan, Field, dict[str, Values]]]:
    """Empty the look-ups that point at what goes."""
    unit = work.unit
    for pointer, rows in doomed.cleared:
        plan = work.plans[pointer.entity]
        unit.connection.write(_clearing(plan, pointer), {"ids": listed(rows), "now": unit.now, "actor": unit.actor.id})
        yield plan, pointer, rows


def deleting(plan: EntityPlan) -> Prepared:
    moment, person = plan.column("changed_at").type, plan.column("changed_by").type
    values = {
        plan.deleted_at: sa.bindparam("now", type_=moment),
        plan.deleted_by: sa.bindparam("actor", type_=person),
    }
    return _touching(plan, values)


def undeleting(plan: EntityPlan) -> Prepared:
    return _touching(plan, {plan.deleted_at: sa.null(), plan.deleted_by: sa.null()})


def _clearing(plan: EntityPlan, pointer: Field) -> Prepared:
    return _touching(plan, {column: sa.null() for column in plan.slots[pointer.name].columns})


def _touching(plan: EntityPlan, values: dict[sa.Column[Any], Any]) -> Prepared:
    version, at, by = (plan.column(name) for name in ("version", "changed_at", "changed_by"))
    marks = {
        version: version + 1,
        at: sa.bindparam("now", type_=at.type),
        by: sa.bindparam("actor", type_=by.type),
    }
    change = sa.update(plan.table).where(among(plan.column("id"), "ids", plan.dialect)).values({**marks, **values})
    return prepare(change, plan.dialect)


def _pointing(work: Work, pointer: Field, entity: str, ids: Iterable[str]) -> dict[str, Values]:
    plan = work.plans[pointer.entity]
    if pointer.members is None:
        find = plan.children(pointer.name, entity, locked=True)
    else:
        find = plan.holding(pointer.name, locked=True)
    rows = work.unit.connection.run(find, {"ids": listed(ids)})
    found = (plan.read_row(row[1:]) for row in rows)
    return {values["id"]: values for values in found}


def _treat(doomed: Doomed, pointer: Field, rows: dict[str, Values]) -> list[tuple[str, list[str]]]:
    """What to follow further."""
    if pointer.on_delete == "cascade":
        doomed.taken.setdefault(pointer.entity, {}).update(rows)
        return [(pointer.entity, list(rows))]
    stays = pointer.on_delete == "restrict" or pointer.required
    (doomed.blocking if stays else doomed.cleared).append((pointer, rows))
    return []


def _forgive(doomed: Doomed) -> None:
    """What goes away itself neither blocks nor needs clearing."""

    def staying(entries: list[tuple[Field, dict[str, Values]]]) -> list[tuple[Field, dict[str, Values]]]:
        left = []
        for pointer, rows in entries:
            gone = doomed.taken.get(pointer.entity, {})
            rest = {key: row for key, row in rows.items() if key not in gone}
            if rest:
                left.append((pointer, rest))
        return left

    doomed.blocking = staying(doomed.blocking)
    doomed.cleared = staying(doomed.cleared)


def _readable(work: Work, entity: str, rows: dict[str, Values]) -> Iterator[dict[str, Any] | None]:
    """Each record as shown, None for one the actor may not read."""
    plan = work.plans[entity]
    permit = work.access.permit(entity, "read")
    group = Group(work.facts, plan)
    for record_id, values in rows.items():
        group.add(record_id, values)
    for record_id, record in group.members.items():
        if work.facts.holds(permit, record):
            yield {"entity": entity, "id": record_id, "title": title_of(work, plan, record)}
        else:
            yield None


def title_of(work: Work, plan: EntityPlan, record: RecordFacts) -> str | None:
    """What stands for the record, as far as the actor may read it."""
    title = plan.entity.title
    if title not in plan.entity.fields or work.access.field_permit(plan.name, title, "read") is not True:
        return None
    value = record[title]
    return None if value is None or isinstance(value, RecordFacts) else str(value)


def _in_the_way(named: list[dict[str, Any]], hidden: bool) -> Text:
    if not named:
        return say("Other records still point at this one.", "仍有其他记录引用这条记录。")
    titles = "; ".join(str(record["title"] or record["id"]) for record in named[:MOST_NAMED])
    if hidden or len(named) > MOST_NAMED:
        return say(
            "{count} record(s) point at this one: {titles}; and others.",
            "有 {count} 条记录引用这条记录：{titles}，以及其他记录。",
            count=len(named),
            titles=titles,
        )
    return say(
        "{count} record(s) point at this one: {titles}.",
        "有 {count} 条记录引用这条记录：{titles}。",
        count=len(named),
        titles=titles,
    )


def _what_to_do() -> Text:
    return say("Delete them or point them elsewhere first.", "请先删除这些记录，或将其改为引用其他记录。")
