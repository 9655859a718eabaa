"""In charge of `include`: records of look-ups and relationships that come along with a record.

A look-up's record costs no statement more: its fields are read along the path. A relationship costs one statement
for all records of the answer.
"""

from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.api.parameters import refused
from tenon.database import UnitOfWork
from tenon.errors import UnknownName
from tenon.http import Asking
from tenon.query import Query
from tenon.texts import say

MOST_INCLUDED = 100
"""Records of one relationship that come along; “more” says that there are others."""
MOST_INCLUSIONS = 10
KEY = "included"


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """`lookups` maps a look-up to the fields read through it; `added` are names that only serve this."""

    entity: str
    select: tuple[str, ...]
    added: tuple[str, ...]
    lookups: dict[str, tuple[str, ...]]
    relationships: tuple[str, ...]
    lists: dict[str, str]
    """Fields that hold lists of records → entity."""

    def fill(self, known: Asking, unit: UnitOfWork, records: list[dict[str, Any]]) -> None:
        """Puts what was asked for under `included` of each record."""
        for record in records:
            record[KEY] = {name: self._through(record, name) for name in self.lookups}
        for name in self.lists:
            self._listed(known, unit, name, records)
        for record in records:
            for name in self.added:
                record.pop(name, None)
        for name in self.relationships:
            self._related(known, unit, name, records)

    def _through(self, record: dict[str, Any], name: str) -> dict[str, Any] | None:
        pointer = record[name]
        found = {field: record[f"{name}.{field}"] for field in self.lookups[name]}
        return found if pointer is not None and pointer["id"] is not None else None

    def _listed(self, known: Asking, unit: UnitOfWork, name: str, records: list[dict[str, Any]]) -> None:
        """The whole records of a list, in its order; one statement for all."""
        wanted = [[entry["id"] for entry in record[name] or () if entry["id"] is not None] for record in records]
        first = {identity for ids in wanted for identity in ids[:MOST_INCLUDED]}
        found = known.reader.among(unit, known.access, self.lists[name], sorted(first))
        for record, ids in zip(records, wanted, strict=True):
            members = [found[identity] for identity in ids[:MOST_INCLUDED] if identity in found]
            record[KEY][name] = {"records": members, "more": len(ids) > MOST_INCLUDED}

    def _related(self, known: Asking, unit: UnitOfWork, name: str, records: list[dict[str, Any]]) -> None:
        query = Query(entity="", limit=MOST_INCLUDED + 1)
        ids = [record["id"] for record in records]
        found = known.reader.related_to(unit, known.access, self.entity, ids, name, query)
        for record in records:
            children = found[record["id"]]
            record[KEY][name] = {"records": children[:MOST_INCLUDED], "more": len(children) > MOST_INCLUDED}


def plan_inclusion(access: Access, entity: str, wanted: tuple[str, ...], select: tuple[str, ...]) -> Inclusion:
    """Raises UnknownName for what the caller cannot meet."""
    if len(wanted) > MOST_INCLUSIONS:
        raise refused("include", say("Include at most {most} names.", "最多包含 {most} 项。", most=MOST_INCLUSIONS))
    lookups = lookups_of(access, entity)
    relationships = relationships_of(access, entity)
    shown = tuple(select) or access.readable_fields(entity)
    several = lists_of(access, entity)
    lists: dict[str, str] = {}
    through: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(wanted):
        lookup = access.present_field(entity, name)
        if lookup in lookups:
            through[name] = access.readable_fields(lookups[lookup])
        elif lookup in several:
            lists[name] = several[lookup]
        elif access.present_relationship(entity, name) is None:
            raise UnknownName.among(name[:60], (*lookups, *several, *relationships), where="include")
    paths = [f"{name}.{field}" for name, fields in through.items() for field in fields]
    return Inclusion(
        entity=entity,
        select=tuple(dict.fromkeys((*shown, *through, *lists, *paths))),
        added=tuple(name for name in (*through, *lists, *paths) if name not in shown),
        lookups=through,
        relationships=tuple(name for name in dict.fromkeys(wanted) if name not in through and name not in lists),
        lists=lists,
    )


def lookups_of(access: Access, entity: str) -> dict[str, str]:
    """Readable look-ups to readable entities: field → entity."""
    fields = access.model.entities[entity].fields
    return {
        name: target
        for name in access.readable_fields(entity)
        if not fields[name].type.computed and (target := fields[name].target) is not None and access.can(target, "read")
    }


def lists_of(access: Access, entity: str) -> dict[str, str]:
    """Readable lists of records of readable entities: field → entity."""
    fields = access.model.entities[entity].fields
    readable = ((name, fields[name].members) for name in access.readable_fields(entity))
    return {name: members for name, members in readable if members is not None and access.can(members, "read")}


def relationships_of(access: Access, entity: str) -> tuple[str, ...]:
    """Relationships whose records he may meet."""
    return tuple(
        name for name in access.model.entities[entity].relationships if access.reads_relationship(entity, name)
    )
