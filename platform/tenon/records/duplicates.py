"""In charge of rules that refuse a second record of the same: one answer by page, API, import, automation and web form.

Only rules whose action is “refuse” stand here; the others are for people to look at. Values that did not change are not
compared again, so that what was there before a rule stays changeable.
"""

from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.errors import Conflict, Detail
from tenon.model.duplicates import Duplicate
from tenon.query import Reader
from tenon.query.duplicates import find_duplicates, key_of
from tenon.records.drafts import Draft, Work
from tenon.records.meeting import may_read


def check_duplicates(work: Work, reader: Reader) -> None:
    """One statement for each draft and rule; none for entities without such rules."""
    for rule in work.plan.entity.duplicates.values():
        if rule.action == "refuse":
            _check(work, reader, rule)


def _check(work: Work, reader: Reader, rule: Duplicate) -> None:
    names = frozenset(match.field for match in rule.match)
    alike: set[Any] = set()
    for draft in work:
        if not draft.touches(names) or (rule.when is not None and not work.evaluate(draft, rule.when)):
            continue
        key = key_of(reader.model, rule, draft.values)
        if key is None:
            continue
        others = [found for found in _found(work, reader, rule, draft) if found != draft.id]
        if others or (key in alike and rule.against == work.plan.name):
            work.refuse(draft, _refusal(work, rule, others))
        alike.add(key)


def _found(work: Work, reader: Reader, rule: Duplicate, draft: Draft) -> list[str]:
    """Among all records: whether there is one must not depend on who asks."""
    access = Access.of(work.access.model, Actor.system("duplicate rules", timezone=work.unit.actor.timezone))
    return find_duplicates(reader, work.unit, access, rule, draft.values)


def _refusal(work: Work, rule: Duplicate, others: list[str]) -> Conflict:
    """It names the other record only to those who may read it."""
    details = [Detail(path=match.field, code="duplicate", message=rule.message) for match in rule.match]
    extra: dict[str, Any] = {}
    if others and may_read(work.facts, work.access, rule.against, others[0]):
        extra = {"other": {"entity": rule.against, "id": others[0]}}
    return Conflict(rule.message, details=details, extra=extra)
