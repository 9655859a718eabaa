"""In charge of values that are finished only when they are stored: secrets are sealed, signatures get hand and hour."""

from tenon.fields import InvalidValue
from tenon.fields.base import Occasion
from tenon.records.drafts import Draft, Work


def settle_values(work: Work, draft: Draft) -> None:
    """Those that differ from what is stored."""
    old = draft.old or {}
    for field in work.plan.settling:
        name = field.name
        value, before = draft.values.get(name), old.get(name)
        if value is None or value == before:
            continue
        actor = work.unit.actor
        occasion = Occasion(
            record_id=draft.id, actor_id=actor.id, actor_name=actor.name, now=work.unit.now, vault=work.vault
        )
        try:
            draft.values[name] = field.type.settled(value, before, occasion)
        except InvalidValue as refusal:
            draft.problem(name, refusal.code, refusal.message, refusal.hint)
