"""In charge of what must be there, and of what must stay as it is.

A record that became incomplete because the rules grew stricter can still be changed in its other fields: a missing
value is the caller's fault only when he took it away, or changed something its condition depends on.
"""

from tenon.errors import Detail
from tenon.model import Field
from tenon.records.drafts import Draft, Work
from tenon.records.plans import first_names
from tenon.texts import say


def check_required(work: Work, draft: Draft) -> None:
    for field in work.plan.conditional:
        if draft.values[field.name] is None and field.name not in draft.failed and _is_missing(work, draft, field):
            draft.problems.append(missing(field))


def check_read_only(work: Work, draft: Draft) -> None:
    """`read_only_when` looks at the record as it was; a new record has nothing to keep."""
    if draft.before is None:
        return
    for name in draft.changed():
        field = work.plan.entity.fields[name]
        if field.read_only_when is None or name in draft.given:
            continue
        if work.facts.evaluate(field.read_only_when, draft.before, old=draft.before):
            message = say("“{label}” cannot be changed now.", "现在不能修改“{label}”。", label=field.label)
            draft.problem(name, "read_only", message)


def missing(field: Field) -> Detail:
    message = say("“{label}” must be filled in.", "“{label}”必须填写。", label=field.label)
    return Detail(path=field.name, code="required", message=message)


def _is_missing(work: Work, draft: Draft, field: Field) -> bool:
    if field.name == "stage":
        return False
    if not draft.is_new and not draft.touches(_reasons(field)):
        return False
    if not field.required and not _is_demanded(work, draft, field):
        return False
    return field.visible_when is None or bool(work.evaluate(draft, field.visible_when))


def _is_demanded(work: Work, draft: Draft, field: Field) -> bool:
    """What a process demands on its way cannot be demanded of records that went another way before they came here."""
    if field.required_when is None or work.options is not None:
        return False
    return bool(work.evaluate(draft, field.required_when))


def _reasons(field: Field) -> frozenset[str]:
    """What, when changed, can make this field's absence a fault."""
    conditions = [part for part in (field.required_when, field.visible_when) if part is not None]
    return frozenset({field.name}).union(*(first_names(condition.dependencies) for condition in conditions))
