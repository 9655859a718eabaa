"""In charge of who acts: a person behind a session or token, or the system with a stated reason.

An actor is a value; what it may do is decided by `tenon.access` from its roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenon.texts import ENGLISH


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`id` is the user's record id, None for the system. Times are shown in `timezone` (IANA name)."""

    id: str | None
    name: str
    roles: frozenset[str] = frozenset()
    department: str | None = None
    region: str | None = None
    manager: str | None = None
    language: str = ENGLISH
    timezone: str = "UTC"
    reason: str = ""
    scopes: Mapping[str, frozenset[str]] | None = field(default=None, hash=False)
    """Of a token: entity name or "*" → verbs (read, create, update, delete, export); None means all the roles allow."""

    @classmethod
    def system(cls, reason: str, *, timezone: str = "UTC") -> "Actor":
        """The product itself; unrestricted, and `reason` is kept with every change it makes."""
        return cls(id=None, name="system", reason=reason, timezone=timezone)

    @property
    def is_system(self) -> bool:
        return self.id is None
