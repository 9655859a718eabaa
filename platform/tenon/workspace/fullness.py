"""In charge of how filled fields are: in how many records they hold a value, and when such a record last changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.model import Entity
from tenon.query import Aggregate, Reader

_ALWAYS_KEPT = "changed_at"


@dataclass(frozen=True, kw_only=True)
class Fullness:
    """`filled` of `rows` living records hold a value; `last` is the latest change of one that does."""

    rows: int
    filled: int
    last: datetime | None


def fullness(
    reader: Reader, unit: UnitOfWork, access: Access, entity: Entity, fields: Sequence[str]
) -> dict[str, Fullness]:
    """Of stored fields, in one statement; computed and unknown ones are left out."""
    asked = [name for name in fields if name in entity.fields and entity.fields[name].stored]
    if not asked:
        return {}
    request = Aggregate(
        entity=entity.name,
        measures=("count()", *(measure for name in asked for measure in _measures(name))),
        form="values",
    )
    (found,) = reader.aggregate(unit, access, request)
    return {name: _fullness(found, name) for name in asked}


def _measures(name: str) -> tuple[str, str]:
    return f"count({name})", f"max({_ALWAYS_KEPT} if not is_blank({name}) else null)"


def _fullness(found: dict[str, Any], name: str) -> Fullness:
    filled, last = (found[measure] for measure in _measures(name))
    return Fullness(rows=int(found["count()"]), filled=int(filled), last=last)
