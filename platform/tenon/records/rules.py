"""In charge of the promises an entity makes about every record that is saved.

A rule is asked when something it reads has changed; one that reads child records or nothing of the record is
always asked. So a rule added later does not hold up changes that have nothing to do with it.
"""

from tenon.expressions import Expression
from tenon.model import Entity, Rule
from tenon.records.drafts import Draft, Work
from tenon.records.plans import CHILDREN, stored_names


def check_rules(work: Work, draft: Draft) -> None:
    """Assumes that the values are readable and complete."""
    for rule in work.plan.entity.rules.values():
        if _concerns(work.plan.entity, rule.check, draft) and not work.evaluate(draft, rule.check):
            _complain(draft, rule)


def _complain(draft: Draft, rule: Rule) -> None:
    for path in rule.on or ("",):
        draft.problem(path, f"rule.{rule.name}", rule.message)


def _concerns(entity: Entity, check: Expression, draft: Draft) -> bool:
    if draft.is_new:
        return True
    stored = stored_names(entity, check.dependencies)
    return not stored or CHILDREN in stored or draft.touches(stored)
