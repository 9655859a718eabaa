"""In charge of the bell in the frame: whether there is one, and how many notices wait behind it."""

from tenon.http import Asking
from tenon.process.notifying import ENTITY
from tenon.query import Query

CAP = 99
UNREAD = "person == user and is_blank(read_at)"


def has_bell(known: Asking) -> bool:
    return known.person is not None and not known.must_change_password and known.access.can(ENTITY, "read")


def unread(known: Asking) -> int:
    """Of the person who asks, at most CAP + 1; one statement."""
    with known.reading() as unit:
        found = known.reader.count(unit, known.access, Query(entity=ENTITY, where=UNREAD), cap=CAP)
    return found.value + int(found.capped)
