"""In charge of finding the records that an entity's duplicate rules mean: one answer for whoever asks, by any door.

What is compared as written is compared by the database. For a normal form the database gives those that hold the
core of the words, and the whole form is compared here.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.fields.normal import core_of, normal_form
from tenon.model import Field, Model
from tenon.model.duplicates import Duplicate, Match
from tenon.query.reader import Reader
from tenon.query.requests import Query, Record

MOST_CANDIDATES = 5000
_STORED_NORMAL = ("email", "phone")
"""Types whose values are in normal form already."""


def find_duplicates(
    reader: Reader, unit: UnitOfWork, access: Access, rule: Duplicate, values: Mapping[str, Any]
) -> list[str]:
    """Ids of the living records, oldest first, that match these engine values in everything the rule compares.

    The rule's own `when` is the caller's to judge. A blank value matches nothing.
    """
    entity = reader.model.entities[rule.against]
    if not rule.match or any(values.get(match.field) is None for match in rule.match):
        return []
    conditions = [_condition(entity.fields[match.other], match, values[match.field]) for match in rule.match]
    if None in conditions:
        return []
    loose = [match for match in rule.match if _is_loose(entity.fields[match.other], match)]
    wanted = {match: normal_form(_words(values[match.field])) for match in loose}
    return [
        record["id"]
        for record in _candidates(reader, unit, access, rule, " and ".join(filter(None, conditions)), loose)
        if all(_same(record[match.other], wanted[match]) for match in loose)
    ]


def key_of(model: Model, rule: Duplicate, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """What two sets of values have in common when the rule takes them for the same; None when nothing is compared."""
    entity, parts = model.entities[rule.against], []
    for match in rule.match:
        value, field = values.get(match.field), entity.fields[match.other]
        if value is None:
            return None
        parts.append(normal_form(_words(value)) if _is_loose(field, match) else field.type.literal(value))
    return tuple(parts) if parts and "" not in parts else None


def rules_of(model: Model, entity: str, name: str | None = None) -> list[Duplicate]:
    """The rules that find records of the entity itself; with a name that one alone."""
    rules = model.entities[entity].duplicates.values()
    return [rule for rule in rules if rule.against == entity and name in (None, rule.name)]


def _condition(field: Field, match: Match, value: Any) -> str | None:
    """None when nothing can match."""
    if not _is_loose(field, match):
        return f"{field.name} == {field.type.literal(value)}"
    core = core_of(_words(value))
    if not core or not normal_form(_words(value)):
        return None
    texts = dict.fromkeys((core, core_of(unicodedata.normalize("NFKC", _words(value)))))
    parts = [f"contains({field.name}, {_quoted(text)})" for text in texts]
    return parts[0] if len(parts) == 1 else f"({' or '.join(parts)})"


def _is_loose(field: Field, match: Match) -> bool:
    return match.normal and field.type.key not in _STORED_NORMAL and field.type.expression_type().kind == "text"


def _candidates(
    reader: Reader, unit: UnitOfWork, access: Access, rule: Duplicate, where: str, loose: list[Match]
) -> Iterator[Record]:
    select = ("id", *dict.fromkeys(match.other for match in loose))
    after: str | None = None
    for _page in range(MOST_CANDIDATES // 500):
        query = Query(
            entity=rule.against, select=select, where=where, sort=("id",), limit=500, after=after, form="values"
        )
        page = reader.list(unit, access, query)
        yield from page.records
        after = page.next
        if after is None:
            return


def _same(stored: Any, wanted: str) -> bool:
    return stored is not None and normal_form(_words(stored)) == wanted


def _words(value: Any) -> str:
    return str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
