"""In charge of values that only one living record may have: clear answers first, the database's as the last word."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from tenon.database import IntegrityFailure, Prepared, prepare
from tenon.errors import Conflict, Detail
from tenon.model import Unique
from tenon.records.drafts import Draft, Work
from tenon.records.plans import EntityPlan
from tenon.records.stages import listed_labels
from tenon.texts import Text, say

Key = tuple[Any, ...]


def check_uniqueness(work: Work) -> None:
    """One statement for each unique combination that was touched, whatever the number of drafts."""
    for unique in work.plan.uniques:
        touching = {
            draft: key_of(work.plan, unique, draft.values) for draft in work if draft.touches(frozenset(unique.fields))
        }
        wanted = {draft: key for draft, key in touching.items() if None not in key}
        if wanted:
            _compare(work, unique, wanted)


def find_others(work: Work, unique: Unique, keys: Iterable[Key]) -> dict[Key, str]:
    """Living records that have one of `keys`: key → id."""
    plan, wanted = work.plan, set(keys)
    if len(wanted) == 1:
        (key,) = wanted
        parameters = {f"k{place}": value for place, value in enumerate(key)}
        rows = work.unit.connection.run(_same(plan, unique), parameters)
        return {key: rows[0][0]} if rows else {}
    columns = [plan.column(name) for name in unique.fields]
    query = sa.select(plan.column("id"), *columns).where(plan.deleted_at.is_(None))
    query = query.where(*(column.in_({key[place] for key in wanted}) for place, column in enumerate(columns)))
    found = {tuple(row[1:]): row[0] for row in work.unit.connection.execute(query)}
    return {key: record_id for key, record_id in found.items() if key in wanted}


def _same(plan: EntityPlan, unique: Unique) -> Prepared:
    def make() -> Prepared:
        columns = [plan.column(name) for name in unique.fields]
        equal = (column == sa.bindparam(f"k{place}", type_=column.type) for place, column in enumerate(columns))
        return prepare(sa.select(plan.column("id")).where(plan.deleted_at.is_(None), *equal), plan.dialect)

    return plan.kept(("same", unique.fields), make)


def taken(work: Work, unique: Unique, other: str) -> Conflict:
    """The refusal; it names the other record only to those who may read it."""
    labels = [work.plan.entity.fields[name].label for name in unique.fields]
    general = say(
        "Another record has the same {names}.", "已有其他记录使用相同的{names}。", names=listed_labels(labels)
    )
    message = unique.message or general
    extra, hint = _other(work, other)
    details = [Detail(path=name, code="duplicate", message=message, hint=hint) for name in unique.fields]
    return Conflict(message, hint=hint, details=details, extra=extra)


def broken_promise(work: Work, failure: IntegrityFailure) -> Conflict:
    """What the database refused, in the words of the entity."""
    promise = work.plans.tables.broken_promise(failure)
    known = work.plan.entity.fields if promise is not None and promise.entity == work.plan.name else {}
    named = [known[name] for name in promise.fields if name in known] if promise is not None else []
    if not named:
        return failure
    code = "duplicate" if failure.kind == "unique" else "invalid"
    return Conflict(
        failure.message, details=[Detail(path=field.name, code=code, message=failure.message) for field in named]
    )


def _compare(work: Work, unique: Unique, wanted: dict[Draft, Key]) -> None:
    others = find_others(work, unique, wanted.values())
    seen: dict[Key, Draft] = {}
    for draft, key in wanted.items():
        other = others.get(key)
        if other is not None and other != draft.id:
            work.refuse(draft, taken(work, unique, other))
        elif key in seen:
            work.refuse(draft, _twice(work, unique, seen[key]))
        else:
            seen[key] = draft


def _twice(work: Work, unique: Unique, first: Draft) -> Conflict:
    labels = [work.plan.entity.fields[name].label for name in unique.fields]
    message = say(
        "Row {row} of the same call has the same {names}.",
        "同一次提交的第 {row} 行有相同的{names}。",
        row=first.position + 1,
        names=listed_labels(labels),
    )
    return Conflict(message, details=[Detail(path=name, code="duplicate", message=message) for name in unique.fields])


def key_of(plan: EntityPlan, unique: Unique, values: dict[str, Any]) -> Key:
    """What the main columns of the fields will hold."""
    return tuple(plan.slots[name].field.type.to_columns(values[name])[0] for name in unique.fields)


def _other(work: Work, other: str) -> tuple[dict[str, Any], Text | None]:
    record = work.facts.group(work.plan, [other]).members[other]
    if not work.facts.holds(work.access.permit(work.plan.name, "read"), record):
        return {}, None
    title = record[work.plan.entity.title] if _may_read_title(work) else None
    shown = str(title) if title is not None else work.plan.entity.label
    extra = {"other": {"entity": work.plan.name, "id": other, "title": None if title is None else str(title)}}
    return extra, say("It is “{title}”.", "即“{title}”。", title=shown)


def _may_read_title(work: Work) -> bool:
    entity = work.plan.entity
    return entity.title in entity.fields and work.access.field_permit(entity.name, entity.title, "read") is True
