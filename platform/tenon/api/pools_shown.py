"""In charge of how pools, their events and assignments look as JSON."""

from datetime import datetime
from typing import Any

from tenon.model import Model, Pool
from tenon.process.assigning import Explanation
from tenon.process.pools import Outcome, Quota, Verdict
from tenon.query import Record


def pool_shown(model: Model, pool: Pool, where: str, quota: Quota, language: str) -> dict[str, Any]:
    """`where` is the filter of the entity's list that shows the pool."""
    options = model.choices[pool.release_reasons].options if pool.release_reasons is not None else ()
    return {
        "name": pool.name,
        "label": pool.label.in_(language),
        "help": None if pool.help is None else pool.help.in_(language),
        "entity": pool.entity,
        "where": where,
        "masked": list(pool.mask_before_claim),
        "reasons": [{"key": one.key, "label": one.label.in_(language)} for one in options if one.active],
        "quota": quota_shown(quota),
    }


def quota_shown(quota: Quota) -> dict[str, Any]:
    return {
        "allowed": quota.allowed,
        "today": quota.today,
        "per_day": quota.per_day,
        "held": quota.held,
        "hold": quota.hold,
        "approve_above": quota.approve_above,
        "asks": quota.asks,
        "left": quota.left,
    }


def claimed_shown(outcome: Outcome, language: str) -> dict[str, Any]:
    if outcome.done is not None:
        return {"record": outcome.record_id, "state": outcome.done.state, "request": outcome.done.request}
    error = outcome.error
    return {
        "record": outcome.record_id,
        "state": "refused",
        "code": None if error is None else error.code,
        "message": None if error is None else error.message.in_(language),
        "hint": None if error is None or error.hint is None else error.hint.in_(language),
    }


def event_shown(event: Record) -> dict[str, Any]:
    return {
        "at": _instant(event["at"]),
        "pool": event["pool"],
        "kind": event["kind"],
        "record": event["record_id"],
        "person": _person(event["person"]),
        "by": _person(event["by"]),
        "reason": event["reason"],
        "note": event["note"],
        "due": _instant(event["due"]),
    }


def verdict_shown(verdict: Verdict) -> dict[str, Any]:
    return {
        "record": verdict.record_id,
        "title": verdict.title,
        "owner": {"id": verdict.owner, "title": verdict.owner_name},
        "action": verdict.action,
        "reason": verdict.reason,
        "since": _instant(verdict.since),
        "due": _instant(verdict.due),
    }


def explained(found: Explanation, language: str) -> dict[str, Any]:
    return {
        "assignment": found.assignment,
        "applies": found.applies,
        "person": found.person,
        "rule": found.rule,
        "waits_until": _instant(found.waits_until),
        "rules": [
            {
                "rule": rule.rule,
                "label": rule.label.in_(language),
                "fits": rule.fits,
                "candidates": list(rule.candidates),
                "passed_over": [
                    {"person": person, "why": why.in_(language)} for person, why in rule.passed_over.items()
                ],
                "chosen": rule.chosen,
            }
            for rule in found.looked
        ],
    }


def _person(person: Any) -> dict[str, Any] | None:
    return None if person is None else {"id": person.id, "title": person.title}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
