"""In charge of what an expression meets at run time: one record, the actor, the present, the trees."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol


class TreeReader(Protocol):
    """The workspace's hierarchies (regions, departments…)."""

    def subtree(self, entity: str, root: str) -> Set[str]:
        """Ids of the record `root` and all below it; empty when there is no such record."""
        ...

    def find(self, entity: str, key: str) -> str | None:
        """The id of the record with this key."""
        ...


class NoTrees:
    """For callers whose expressions name no tree."""

    def subtree(self, entity: str, root: str) -> Set[str]:
        return frozenset((root,))

    def find(self, entity: str, key: str) -> str | None:
        return None


class PeopleReader(Protocol):
    """Who leads, heads and holds what today; every answer is of ids of users, and None asks for nobody."""

    def managers(self, person: str | None) -> tuple[str, ...]:
        """From the nearest up, each once, whatever circle the data hold."""
        ...

    def department(self, code: str | None) -> str | None:
        """The id of the department with this code."""
        ...

    def head(self, department: str | None) -> str | None:
        """Of the department, else of the nearest above it that has one."""
        ...

    def members(self, department: str | None) -> tuple[str, ...]:
        """Of the department and those below it."""
        ...

    def holders(self, role: str, region: str | None, department: str | None) -> tuple[str, ...]:
        """Of a role; with a region those whose own it is, else those of the nearest above it; likewise department."""
        ...


class NoPeople:
    """For callers whose expressions ask for nobody."""

    def managers(self, person: str | None) -> tuple[str, ...]:
        return ()

    def department(self, code: str | None) -> str | None:
        return None

    def head(self, department: str | None) -> str | None:
        return None

    def members(self, department: str | None) -> tuple[str, ...]:
        return ()

    def holders(self, role: str, region: str | None, department: str | None) -> tuple[str, ...]:
        return ()


def reads_nothing(_entity: str | None, _identity: str | None) -> bool:
    """For callers whose expressions do not ask what somebody may read."""
    return False


@dataclass(kw_only=True)
class Context:
    """Numbers are Decimal, instants aware in UTC, look-ups mappings with "id" (or the id itself) or None.

    Child relationships appear in `record` as lists of mappings. `timezone` is an IANA name: the viewer's.
    """

    record: Mapping[str, Any]
    today: date
    now: datetime
    old: Mapping[str, Any] | None = None
    is_new: bool = False
    user: Mapping[str, Any] | None = None
    timezone: str = "UTC"
    trees: TreeReader = field(default_factory=NoTrees)
    people: PeopleReader = field(default_factory=NoPeople)
    reads: Callable[[str | None, str | None], bool] = reads_nothing
    """Whether whoever acts may read the record of this entity with this id."""
    roots: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
