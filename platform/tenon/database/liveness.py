"""In charge of noticing, without a round trip, that a server hung up on an idle connection."""

import select
from typing import Any

from psycopg.pq import ConnStatus

from tenon.database.dialects import DialectName


def is_alive(driver: Any, dialect: DialectName) -> bool:
    """A server has nothing to say to an idle connection but farewell; a rare mere notice costs one new connection."""
    if dialect == "sqlite":
        return True
    if is_lost(driver, dialect):
        return False
    poll = select.poll()
    poll.register(driver.pgconn.socket, select.POLLIN)
    return not poll.poll(0)


def is_lost(driver: Any, dialect: DialectName) -> bool:
    """Whether a statement has already found the server gone."""
    return dialect != "sqlite" and driver.pgconn.status != ConnStatus.OK
