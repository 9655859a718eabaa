"""In charge of how filled fields are: in how many records they hold a value, and when such a record last changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.model import Entity, Field
from tenon.query import Aggregate, Reader

_ALWAYS_KEPT = "changed_at"
_AT_ONCE = 9
"""Fields of one statement: two measures each, and the number of records."""


@dataclass(frozen=True, kw_only=True)
class Fullness:
    """`filled` of `rows` living records hold a value; `last` is the latest change of one that does."""

    rows: int
    filled: int
    last: datetime | None


def fullness(
    reader: Reader, unit: UnitOfWork, access: Access, entity: Entity, fields: Sequence[str]
) -> dict[str, Fullness]:
    """Of stored fields, several in one statement; computed and unknown ones are left out."""
    asked = [name for name in fields if name in entity.fields and entity.fields[name].stored]
    found: dict[str, Fullness] = {}
    for start in range(0, len(asked), _AT_ONCE):
        found.update(_asked(reader, unit, access, entity, asked[start : start + _AT_ONCE]))
    return found


def _asked(
    reader: Reader, unit: UnitOfWork, access: Access, entity: Entity, asked: Sequence[str]
) -> dict[str, Fullness]:
    request = Aggregate(
        entity=entity.name,
        measures=("count()", *(measure for name in asked for measure in _measures(entity.fields[name]))),
        form="values",
    )
    (found,) = reader.aggregate(unit, access, request)
    return {name: _fullness(found, entity.fields[name]) for name in asked}


def _measures(field: Field) -> tuple[str, str]:
    return f"sum(0 if {field.is_blank} else 1)", f"max(null if {field.is_blank} else {_ALWAYS_KEPT})"


def _fullness(found: dict[str, Any], field: Field) -> Fullness:
    filled, last = (found[measure] for measure in _measures(field))
    return Fullness(rows=int(found["count()"]), filled=int(filled or 0), last=last)
