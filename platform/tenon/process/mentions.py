"""In charge of “@Name” in a text: which people it means, among those the writer may see."""

import re

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.query import Query, Reader

MOST = 10
LONGEST = 24
_PLACE = re.compile(r"(?<![\w.])@(?=\S)")


def mentioned(reader: Reader, unit: UnitOfWork, access: Access, text: str) -> list[str]:
    """Ids of users, in order, each once: the longest name that stands after each “@”. At most one statement."""
    places = [text[found.end() : found.end() + LONGEST] for found in _PLACE.finditer(text)][:MOST]
    if not places or not access.can("user", "read"):
        return []
    parts = {each[:end].strip() for each in places for end in range(1, len(each) + 1)}
    names = ", ".join(f'"{_quoted(part)}"' for part in sorted(parts) if part)
    active = " and active" if "active" in access.readable_fields("user") else ""
    query = Query(entity="user", select=("id", "name"), where=f"name in [{names}]{active}", limit=500)
    known = {each["name"]: each["id"] for each in reader.list(unit, access, query).records}
    found = (
        next((known[each[:end]] for end in range(len(each), 0, -1) if each[:end] in known), None) for each in places
    )
    return [identity for identity in dict.fromkeys(found) if identity is not None]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
