"""In charge of physical names: safe on both databases, at most 60 bytes, never given twice."""

import hashlib
import re
from collections.abc import Container

from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS as POSTGRES_WORDS
from sqlalchemy.dialects.sqlite.base import SQLiteIdentifierPreparer

LONGEST = 60
"""PostgreSQL cuts at 63 bytes without saying so."""

_HIDDEN_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "oid", "rowid", "_rowid_"}
_RESERVED = frozenset(POSTGRES_WORDS) | frozenset(SQLiteIdentifierPreparer.reserved_words) | _HIDDEN_COLUMNS
_UNSAFE = re.compile(r"[^a-z0-9_]")


def physical_name(wanted: str, taken: Container[str]) -> str:
    """`wanted`, made safe and unlike every name in `taken`; names that had to be cut or cleaned carry a digest."""
    name = _UNSAFE.sub("_", wanted.lower())
    if name != wanted or len(name) > LONGEST or not name[:1].isalpha():
        digest = hashlib.sha256(wanted.encode()).hexdigest()[:8]
        name = f"{'' if name[:1].isalpha() else 'n'}{name}"[: LONGEST - 9] + f"_{digest}"
    if name in _RESERVED:
        name += "_"
    return _untaken(name, taken)


def _untaken(name: str, taken: Container[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        suffix = f"_{number}"
        candidate = name[: LONGEST - len(suffix)] + suffix
    return candidate
