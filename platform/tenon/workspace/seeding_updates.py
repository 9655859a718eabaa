"""In charge of three versions of one record: as it was seeded, as the vendor has it now, as the company has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenon.fields import FieldType

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Update:
    """`changes` are the fields to take over, `kept` those where the company's own value stays."""

    seeded: Values
    changes: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def merge(there: Values, seeded: Values, vendor: Values) -> Update:
    """Field by field: the vendor's new value arrives where the record still holds what was seeded."""
    after = dict(seeded)
    changes, kept = [], []
    for name, value in vendor.items():
        unchanged = name in seeded and there[name] == seeded[name]
        if there[name] == value:
            after[name] = value
        elif unchanged:
            after[name] = value
            changes.append(name)
        elif name not in seeded or seeded[name] != value:
            kept.append(name)
    return Update(seeded=after, changes=tuple(changes), kept=tuple(kept))


def comparable(kind: FieldType | None, value: Any) -> Any:
    """A value as the read door gives it, look-ups by their id alone; with a `kind`, of a value as a file gives it."""
    if kind is not None:
        parsed = kind.parse(value)
        value = None if parsed is None else kind.to_json(parsed)
    if isinstance(value, Mapping) and "id" in value:
        return value["id"]
    return value
