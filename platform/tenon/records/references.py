"""In charge of where look-ups point: at records that live, that the actor may read, and that may be chosen.

A target that is missing, deleted or not his to read gets one and the same answer. Targets are kept from being
deleted until the transaction ends. Values the engine chose itself are not the actor's and are not held against him.
"""

from typing import Any

import sqlalchemy as sa

from tenon.fields import AnyRecord
from tenon.model import Field
from tenon.records.drafts import NO_SUCH_RECORD, Draft, Work
from tenon.records.facts import RecordFacts
from tenon.records.listing import listed
from tenon.records.plans import EntityPlan
from tenon.records.trees import Trees
from tenon.texts import say

_ONE_TREE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtext(:tree))")


def check_references(work: Work) -> None:
    """One statement for each look-up field that was sent, whatever the number of drafts; of look-ups of any record
    one for each entity among their values."""
    for field in work.plan.lookups:
        pointing = [draft for draft in work if _points_anew(draft, field)]
        if pointing:
            _check_field(work, field, pointing)
    for field in work.plan.any_lookups:
        pointing = [draft for draft in work if _points_anew(draft, field)]
        if pointing:
            _check_any(work, field, pointing)
    if work.plan.entity.hierarchy is not None:
        _check_tree(work, work.plan.entity.fields[work.plan.entity.hierarchy])


def _points_anew(draft: Draft, field: Field) -> bool:
    value = draft.sent.get(field.name)
    return value is not None and (draft.old is None or draft.old[field.name] != value)


def _check_any(work: Work, field: Field, drafts: list[Draft]) -> None:
    """An entity goes by its name of today from here on."""
    pointing: dict[str, list[Draft]] = {}
    for draft in drafts:
        value = draft.values[field.name]
        name = work.plans.model.entities.present(value.entity)
        if name is None:
            _refuse_missing(draft, field)
        else:
            draft.sent[field.name] = draft.values[field.name] = AnyRecord(value.id, name)
            pointing.setdefault(name, []).append(draft)
    for name, ones in sorted(pointing.items()):
        targets = _targets(work, work.plans[name], [draft.values[field.name].id for draft in ones])
        permit = work.access.permit(name, "read")
        for draft in ones:
            target = targets.get(draft.values[field.name].id)
            if target is None or not work.facts.holds(permit, target):
                _refuse_missing(draft, field)


def _refuse_missing(draft: Draft, field: Field) -> None:
    message = say("“{label}” names a record that does not exist.", "“{label}”所指的记录不存在。", label=field.label)
    draft.problem(field.name, NO_SUCH_RECORD, message, say("Choose one from the list.", "请从列表中选择。"))


def _check_field(work: Work, field: Field, drafts: list[Draft]) -> None:
    targets = _targets(work, work.plans[str(field.target)], [draft.values[field.name] for draft in drafts])
    permit = work.access.permit(str(field.target), "read")
    for draft in drafts:
        target = targets.get(draft.values[field.name])
        if target is None or not work.facts.holds(permit, target):
            _refuse_missing(draft, field)
        elif field.where is not None and not work.facts.holds(field.where, target):
            message = say("“{label}” cannot be this record.", "“{label}”不能选择这条记录。", label=field.label)
            hint = say("It must meet: {condition}", "须满足：{condition}", condition=field.where.text)
            draft.problem(field.name, "not_selectable", message, hint)


def _targets(work: Work, plan: EntityPlan, ids: list[str]) -> dict[str, RecordFacts]:
    """Living targets by id."""
    wanted = listed(ids)
    actor = work.unit.actor
    group = work.facts.group(plan, ())
    if plan.name == "user" and wanted == [actor.id]:
        return {wanted[0]: group.add(wanted[0])}  # he is here, so he exists
    for row in _found(work, plan, wanted):
        values = plan.read_row(row)
        work.facts.learn(plan, values)
        group.add(values["id"], values)
    return group.members


def _found(work: Work, plan: EntityPlan, wanted: list[str]) -> list[tuple[Any, ...]]:
    if len(wanted) == 1:
        return work.unit.connection.run(plan.load_one_to_point_at, {"the_id": wanted[0]})
    return work.unit.connection.run(plan.load_to_point_at, {"ids": wanted})


def _check_tree(work: Work, field: Field) -> None:
    """A record may not come to stand below itself."""
    for draft in work:
        parent: Any = draft.values.get(field.name)
        if draft.is_new or parent is None or not _points_anew(draft, field):
            continue
        if work.unit.connection.dialect == "postgresql":
            work.unit.connection.execute(_ONE_TREE_AT_A_TIME, {"tree": work.plan.name})
        below = Trees(work.plans, work.unit).subtree(work.plan.name, draft.id)  # as it is now that nobody else moves
        if parent in below:
            message = say(
                "“{label}” would put the record below itself.", "“{label}”会使记录成为自己的下级。", label=field.label
            )
            draft.problem(field.name, "cycle", message)
