"""In charge of what people set for themselves in their own user record: language, time zone, notices."""

from collections.abc import Mapping
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.http import Asking

OWN = frozenset({"language", "timezone", "notify_by_mail", "notify_of_changes", "quiet_from", "quiet_to"})


def change_profile(known: Asking, values: Mapping[str, Any]) -> None:
    """How the product talks to a person is that person's to say, whatever the roles allow of other user fields.

    Where the roles allow it, the change is the person's own; else the product makes it and says for whom.
    """
    assert set(values) <= OWN  # noqa: S101 - the only fields anyone may set so
    actor = known.actor
    may = values.keys() <= set(known.access.writable_fields("user"))
    author = actor if may else Actor.system(f"display settings chosen by {actor.name}", timezone=actor.timezone)
    with known.workspace.unit(author) as unit:
        known.writer.change(unit, Access.of(known.model, author), "user", str(actor.id), dict(values), version=None)
