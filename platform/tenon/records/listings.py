"""In charge of lists of records that callers send: what is put in must be there, what they cannot see stays in.

A list holds ids. Those of records in the recycle bin, or not the caller's to read, are nothing he could have left
out: they stay where they are, whatever he sends.
"""

from collections.abc import Collection, Sequence

from tenon.fields.multi_lookup import ListChange
from tenon.model import Field
from tenon.records.drafts import NO_SUCH_RECORD, Draft, Work
from tenon.records.facts import RecordFacts
from tenon.records.listing import listed
from tenon.texts import say


def apply_list_changes(work: Work, draft: Draft) -> None:
    """The step: what was sent as a change of a list becomes the whole list."""
    for field in work.plan.lists:
        change = draft.sent.get(field.name)
        if isinstance(change, ListChange):
            draft.sent[field.name] = draft.values[field.name] = change.on(_stored(draft, field))


def check_lists(work: Work) -> None:
    """One statement for each list that was sent, whatever the number of drafts."""
    for field in work.plan.lists:
        changing = [draft for draft in work if field.name in draft.sent and _changes(draft, field)]
        if changing:
            _check_field(work, field, changing)


def _stored(draft: Draft, field: Field) -> Sequence[str]:
    return () if draft.old is None else draft.old[field.name] or ()


def _changes(draft: Draft, field: Field) -> bool:
    return (draft.sent[field.name] or []) != list(_stored(draft, field))


def _check_field(work: Work, field: Field, drafts: list[Draft]) -> None:
    seen = _seen(work, field, drafts)
    for draft in drafts:
        before, wanted = _stored(draft, field), draft.sent[field.name] or []
        for identity in wanted:
            if identity not in before:
                _check_entry(work, field, draft, seen.get(identity))
        _put(field, draft, _merged(before, wanted, seen.keys()))


def _seen(work: Work, field: Field, drafts: list[Draft]) -> dict[str, RecordFacts]:
    """Living records of all lists, old and new, that the actor may read; kept from being deleted meanwhile."""
    plan = work.plans[str(field.members)]
    ids = listed(each for draft in drafts for each in (*_stored(draft, field), *(draft.sent[field.name] or ())))
    group = work.facts.group(plan, ())
    for row in work.unit.connection.run(plan.load_to_point_at, {"ids": ids}):
        values = plan.read_row(row)
        work.facts.learn(plan, values)
        group.add(values["id"], values)
    permit = work.access.permit(plan.name, "read")
    return {identity: record for identity, record in group.members.items() if work.facts.holds(permit, record)}


def _check_entry(work: Work, field: Field, draft: Draft, target: RecordFacts | None) -> None:
    if target is None:
        message = say("“{label}” names a record that does not exist.", "“{label}”所指的记录不存在。", label=field.label)
        draft.problem(field.name, NO_SUCH_RECORD, message, say("Choose one from the list.", "请从列表中选择。"))
    elif field.where is not None and not work.facts.holds(field.where, target):
        message = say("“{label}” cannot hold this record.", "“{label}”不能包含这条记录。", label=field.label)
        hint = say("It must meet: {condition}", "须满足：{condition}", condition=field.where.text)
        draft.problem(field.name, "not_selectable", message, hint)


def _merged(before: Sequence[str], wanted: Sequence[str], seen: Collection[str]) -> list[str]:
    """What was sent, and what could not be seen; in the old order when the rest is as it was."""
    kept = [each for each in before if each not in seen and each not in wanted]
    shown = [each for each in before if each in seen]
    return list(before) if list(wanted) == shown else [*wanted, *kept]


def _put(field: Field, draft: Draft, entries: list[str]) -> None:
    most = field.type.options["max"]
    if len(entries) > most:
        message = say("At most {most} records are allowed.", "最多允许 {most} 条记录。", most=most)
        draft.problem(field.name, "too_many", message)
    draft.sent[field.name] = draft.values[field.name] = entries or None
