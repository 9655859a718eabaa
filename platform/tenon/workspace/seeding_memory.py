"""In charge of what a workspace remembers of its reference data: which row made which record, and with what values.

So a vendor's later change of a row reaches the records, and what the company changed itself is never overwritten.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from tenon.database import Connection
from tenon.schema import SYSTEM_TABLES

_TABLE = SYSTEM_TABLES["seed"]
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """A row that was dealt with. `values` are those the record got from it, as the read door gives them.

    A field that is not among them was the company's from the start. `record_id` is None when nobody knows the record.
    """

    key: str
    digest: str
    record_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def key_of(names: Sequence[str], row: Row) -> str:
    return orjson.dumps([row.get(name) for name in names], default=str).decode()


def digest_of(row: Row) -> str:
    """Equal exactly when the data file says the same."""
    return hashlib.sha256(orjson.dumps(dict(row), option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


def recall(connection: Connection, set_name: str) -> dict[str, Seeded]:
    """By key; nothing for a set that was never seeded."""
    if not sa.inspect(connection.sqlalchemy).has_table(_TABLE.name):
        return {}
    columns = (_TABLE.c.key, _TABLE.c.digest, _TABLE.c.record_id, _TABLE.c["values"])
    rows = connection.execute(sa.select(*columns).where(_TABLE.c.set_name == set_name))
    return {
        key: Seeded(key=key, digest=digest, record_id=record, values=values or {})
        for key, digest, record, values in rows
    }


def remember(connection: Connection, set_name: str, seeded: Iterable[Seeded]) -> None:
    items = list(seeded)
    gone = sa.delete(_TABLE).where(_TABLE.c.set_name == set_name, _TABLE.c.key == sa.bindparam("the_key"))
    connection.many(gone, [{"the_key": item.key} for item in items])
    rows = [
        {
            "set_name": set_name,
            "key": item.key,
            "digest": item.digest,
            "record_id": item.record_id,
            "values": dict(item.values),
        }
        for item in items
    ]
    connection.many(sa.insert(_TABLE), rows)
