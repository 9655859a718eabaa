"""In charge of values nobody sent: system fields, declared defaults, the owner, numbers drawn from counters."""

from typing import Any

from tenon.fields.auto_number import AutoNumberField
from tenon.model import Field
from tenon.records.counters import draw
from tenon.records.drafts import Draft, Work
from tenon.records.plans import first_names


def begin_new(work: Work, draft: Draft) -> None:
    """Every stored field is there from the start, so that expressions find a value or null."""
    now, actor = work.unit.now, work.unit.actor
    system = {
        "id": draft.id,
        "version": 1,
        "created_at": now,
        "changed_at": now,
        "created_by": actor.id,
        "changed_by": actor.id,
        "stage_since": now,
    }
    draft.values.update(
        {name: system.get(name) if slot.field.system else None for name, slot in work.plan.slots.items()}
    )
    draft.values.update(draft.sent)


def begin_change(work: Work, draft: Draft) -> None:
    draft.values.update(draft.old or {})
    draft.values.update(draft.sent)


def give_choosing_defaults(work: Work, draft: Draft) -> None:
    """Those that decide which of several pipelines the record goes through, before it has a stage."""
    if len(work.plan.entity.pipelines) > 1:
        _give_all(work, draft, work.plan.choosing_defaults)


def give_defaults(work: Work, draft: Draft) -> None:
    """A field that was sent, even as null, keeps what was sent."""
    _give_all(work, draft, work.plan.defaulted)
    if work.plan.entity.owned and draft.values["owner"] is None:
        draft.values["owner"] = work.unit.actor.id
        draft.given.add("owner")


def give_stage_defaults(work: Work, draft: Draft) -> None:
    """A default that reads the stage follows the stage, unless the same call says otherwise."""
    if draft.entering is None or draft.is_new:
        return
    for field in work.plan.stage_defaults:
        if field.name not in draft.sent:
            _give(work, draft, field)


def give_numbers(work: Work) -> None:
    """Draw numbers for all new records at once; a refused record has drawn none."""
    for field in work.plan.numbered:
        waiting = [draft for draft in work if draft.is_new and draft.values[field.name] is None]
        if not waiting or not isinstance(field.type, AutoNumberField):
            continue
        for draft, number in zip(waiting, draw(work, field, field.type, len(waiting)), strict=True):
            draft.values[field.name] = number
            draft.given.add(field.name)


def _give_all(work: Work, draft: Draft, fields: tuple[Field, ...]) -> None:
    for field in fields:
        if field.name not in draft.sent and draft.values.get(field.name) is None:
            _give(work, draft, field)


def _give(work: Work, draft: Draft, field: Field) -> None:
    if field.default is None:
        return
    if field.name in work.plan.fixed_defaults:
        draft.values[field.name] = work.plan.fixed_defaults[field.name]
        draft.given.add(field.name)
        return
    if draft.failed and not draft.failed.isdisjoint(first_names(field.default.dependencies)):
        return
    result: Any = work.evaluate(draft, field.default)
    draft.values[field.name] = None if result is None else field.type.from_expression(result)
    draft.given.add(field.name)
