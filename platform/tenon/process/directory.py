"""In charge of who leads, heads and holds what: the people that expressions ask for, as they are today.

Read through the door with the system's own rights, a few levels of a hierarchy in each statement, and remembered
for the unit of work: whoever asks twice gets the answer of the first time. People who left are not among the
answers; a chain of managers goes on above them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tenon.access import Access
from tenon.actors import Actor
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.process.pages import every_record
from tenon.query import Query, Reader, Record

HOPS = 5
"""Levels of a hierarchy in one statement."""
_IN_FORCE = "(is_blank(valid_from) or valid_from <= today()) and (is_blank(valid_to) or valid_to >= today())"


class Directory:
    """The `PeopleReader` of expressions for one unit of work; made by `People.of`."""

    def __init__(self, reader: Reader, unit: UnitOfWork) -> None:
        self._reader = reader
        self._unit = unit
        self._actor = Actor.system("finding people for a process", timezone=reader.model.workspace.timezone)
        self._access = Access.of(reader.model, self._actor)
        self._managers: dict[str, tuple[str, ...]] = {}
        self._departments: dict[str, str | None] = {}
        self._heads: dict[str, str | None] = {}
        self._members: dict[str, tuple[str, ...]] = {}
        self._holders: dict[str, list[Record]] = {}
        self._above: dict[tuple[str, str], tuple[str, ...]] = {}
        self._active: dict[str, bool] = {}

    def managers(self, person: str | None) -> tuple[str, ...]:
        if person is None:
            return ()
        if person not in self._managers:
            chain = self._upward("user", person, "manager", self._if_known("user", "active"))
            found = [each for each in chain if each["id"] != person]
            self._active.update((each["id"], each.get("active") is not False) for each in found)
            self._managers[person] = tuple(each["id"] for each in found if self._active[each["id"]])
        return self._managers[person]

    def department(self, code: str | None) -> str | None:
        if code is None or not self._if_known("department", "code"):
            return None
        if code not in self._departments:
            self._departments[code] = self._reader.trees(self._unit).find("department", code)
        return self._departments[code]

    def head(self, department: str | None) -> str | None:
        if department is None or not self._if_known("department", "head"):
            return None
        if department not in self._heads:
            asked = ("head.id", *(f"head.{name}" for name in self._if_known("user", "active")))
            chain = self._upward("department", department, self._parent("department"), asked)
            heads = (each["head.id"] for each in chain if each["head.id"] and each.get("head.active") is not False)
            self._heads[department] = next(heads, None)
        return self._heads[department]

    def members(self, department: str | None) -> tuple[str, ...]:
        """In the order in which they came."""
        if department is None:
            return ()
        if department not in self._members:
            # Asked as somebody in that department: so one statement serves all departments.
            there = Access.of(self._reader.model, replace(self._actor, department=department))
            where = " and ".join(("department in user.department.subtree", *self._if_known("user", "active")))
            found = every_record(self._reader, self._unit, there, Query(entity="user", select=("id",), where=where))
            self._members[department] = tuple(each["id"] for each in found)
        return self._members[department]

    def holders(self, role: str, region: str | None, department: str | None) -> tuple[str, ...]:
        found = self._holders_of(role)
        if region is not None:
            found = _nearest(found, "person.region.id", self._with_above("region", region))
        if department is not None:
            found = _nearest(found, "person.department.id", self._with_above("department", department))
        return tuple(dict.fromkeys(each["person.id"] for each in found))

    def active(self, people: Iterable[str]) -> frozenset[str]:
        """Those among `people` who work here; one statement for all who were not asked about before."""
        asked = tuple(dict.fromkeys(people))
        unknown = [person for person in asked if person not in self._active]
        if unknown:
            found = self._reader.among(self._unit, self._access, "user", unknown)
            self._active.update(
                (person, person in found and found[person].get("active") is not False) for person in unknown
            )
        return frozenset(person for person in asked if self._active[person])

    def _holders_of(self, role: str) -> list[Record]:
        if role not in self._holders:
            self._holders[role] = self._read_holders(role)
        return self._holders[role]

    def _read_holders(self, role: str) -> list[Record]:
        if "role_assignment" not in self._reader.model.entities or role not in self._reader.model.roles:
            return []
        wanted = [f"person.{name}" for name in self._if_known("user", "active")]
        where = " and ".join((f'role == "{role}"', *wanted, _IN_FORCE))
        places = [f"person.{name}.id" for name in self._if_known("user", "region", "department")]
        query = Query(entity="role_assignment", select=("person.id", *places), where=where, sort=("person.id",))
        found = every_record(self._reader, self._unit, self._access, query)
        return [each for each in found if each["person.id"] is not None]

    def _with_above(self, entity: str, record: str) -> tuple[str, ...]:
        """The record and those above it, nearest first."""
        if (entity, record) not in self._above:
            chain = self._upward(entity, record, self._parent(entity), ())
            self._above[entity, record] = tuple(each["id"] for each in chain)
        return self._above[entity, record]

    def _parent(self, entity: str) -> str | None:
        return self._reader.model.entities[entity].hierarchy

    def _if_known(self, entity: str, *names: str) -> tuple[str, ...]:
        """Those of `names` that the entity has: a small workspace may do without."""
        fields = self._reader.model.entities[entity].fields
        return tuple(name for name in names if name in fields)

    def _upward(self, entity: str, start: str, link: str | None, asked: Sequence[str]) -> list[Record]:
        """The record `start` and those above it, each once, with their id and the values asked for."""
        found: dict[str, Record] = {}
        at: str | None = start
        while at is not None and at not in found:
            level: Record | None = None
            for level in self._levels(entity, at, link, asked):
                if level["id"] in found:
                    return list(found.values())
                found[level["id"]] = level
            at = None if level is None or link is None else level[f"{link}.id"]
        return list(found.values())

    def _levels(self, entity: str, start: str, link: str | None, asked: Sequence[str]) -> Iterator[Record]:
        """Up to HOPS levels from `start` up, in one statement; of each also the id of the one above."""
        names = ("id", *asked) if link is None else ("id", *asked, f"{link}.id")
        prefixes = [f"{link}." * depth for depth in range(1 if link is None else HOPS)]
        select = [prefix + name for prefix in prefixes for name in names]
        try:
            row = self._reader.one(self._unit, self._access, entity, start, select)
        except NotFound:
            return
        for prefix in prefixes:
            if row[f"{prefix}id"] is None:
                return
            yield {name: row[prefix + name] for name in names}


def _nearest(holders: list[Record], place: str, chain: Sequence[str]) -> list[Record]:
    """Those at the first place of the chain where there is anybody."""
    for here in chain:
        found = [each for each in holders if each.get(place) == here]
        if found:
            return found
    return []


def identities(value: Any) -> list[str]:
    """The ids of users in what an expression for people gives: one, several, or nobody."""
    several = value if isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields") else (value,)
    ids = (each.get("id") if hasattr(each, "get") else getattr(each, "id", each) for each in several)
    return [str(each) for each in ids if each is not None]
