"""In charge of whether a workspace's keys open what lies encrypted in it: looked at before anybody relies on it."""

from pathlib import Path

import sqlalchemy as sa

from tenon.database import Connection
from tenon.errors import Unavailable
from tenon.schema import Ledger
from tenon.schema.resealing import sealed_columns
from tenon.workspace.keys import key_ring

_SOME = 5
"""Values of each column, the first and the last ones."""


def lost_secrets(connection: Connection, ring: Path) -> bool:
    """Whether there are encrypted values that these keys do not open."""
    found: list[tuple[str, str]] = []
    for place in sealed_columns(Ledger.load(connection)):
        table, identity, value = place.parts()
        query = sa.select(identity, value).select_from(table).where(value.is_not(None)).limit(_SOME)
        for ordered in (query.order_by(identity), query.order_by(identity.desc())):
            found += [(str(record_id), sealed) for record_id, sealed in connection.execute(ordered)]
    if not found:
        return False
    if not ring.is_file():  # it would be made, and hide that it is missing
        return True
    try:
        vault = key_ring(ring)
        for record_id, sealed in found:
            vault.open(sealed, record_id)
    except Unavailable:
        return True
    return False
