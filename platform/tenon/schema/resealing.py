"""In charge of a change of keys: every text that lies encrypted in a table is sealed anew, in short transactions.

Also in columns nobody sees at present: they come back with a later version. Nothing of a record changes for anybody:
neither its version nor its history. Stopped at any instant, it goes on with what is left when it is called again.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from tenon.database import Connection, Database
from tenon.errors import Unavailable
from tenon.fields import Vault
from tenon.fields.storage import Identifier, LongText
from tenon.schema.ledger import Ledger

BATCH = 500
MEANING = "encrypted"


class Resealed(NamedTuple):
    """`lost`: values whose key is gone, or that were damaged before; they stay as they are."""

    done: int = 0
    lost: int = 0


class SealedColumn(NamedTuple):
    table: str
    identity: str
    column: str

    def parts(self) -> tuple[sa.TableClause, sa.ColumnClause[Any], sa.ColumnClause[Any]]:
        identity: sa.ColumnClause[Any] = sa.column(self.identity, Identifier())
        value: sa.ColumnClause[Any] = sa.column(self.column, LongText())
        return sa.table(self.table, identity, value), identity, value


def sealed_columns(ledger: Ledger) -> Iterator[SealedColumn]:
    identities = {e.table: e.column for e in ledger.entries if e.kind == "field" and e.path.partition(".")[2] == "id"}
    for entry in ledger.entries:
        if entry.kind == "field" and entry.meaning == MEANING and entry.table in identities:
            yield SealedColumn(entry.table, identities[entry.table], entry.column)


def sealed_with(connection: Connection, prefix: str) -> int:
    """How many texts begin so; "" counts all of them."""
    total = 0
    for place in sealed_columns(Ledger.load(connection)):
        table, _identity, value = place.parts()
        begins = sa.func.substr(value, 1, len(prefix)) == prefix
        query = sa.select(sa.func.count()).select_from(table).where(value.is_not(None), begins)
        total += connection.execute(query)[0][0]
    return total


def reseal(
    database: Database, vault: Vault, tell: Callable[[int], None] = lambda done: None, *, batch: int = BATCH
) -> Resealed:
    """With the key in use now; `tell` hears of each batch when it is committed."""
    with database.reading() as connection:
        places = list(sealed_columns(Ledger.load(connection)))
    done = lost = 0
    for place in places:
        after: str | None = None
        while True:
            with database.writing() as connection:
                after, step = _batch(connection, place, vault, after, batch)
            done, lost = done + step.done, lost + step.lost
            if after is None:
                break
            tell(step.done)
    return Resealed(done, lost)


def _batch(
    connection: Connection, place: SealedColumn, vault: Vault, after: str | None, size: int
) -> tuple[str | None, Resealed]:
    """The id it came to; None when there was nothing left. Who changed a value meanwhile has sealed it himself."""
    table, identity, value = place.parts()
    prefix = vault.prefix
    other = sa.func.substr(value, 1, len(prefix)) != prefix
    query = sa.select(identity, value).select_from(table).where(value.is_not(None), other).order_by(identity)
    if after is not None:
        query = query.where(identity > after)
    rows = connection.execute(query.limit(size).with_for_update())
    done = lost = 0
    for record_id, sealed in rows:
        try:
            anew = vault.seal(vault.open(sealed, str(record_id)), str(record_id))
        except Unavailable:
            lost += 1
            continue
        change = sa.update(table).where(identity == record_id, value == sealed).values({place.column: anew})
        done += connection.write(change)
    return (str(rows[-1][0]) if rows else None), Resealed(done, lost)
