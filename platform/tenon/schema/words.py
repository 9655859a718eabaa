"""In charge of what look-ups of any record store for the entity: a word that stays when the entity is renamed.

It is what the entity was called when its table was made; the ledger knows the table for good. So a rename touches no
record, and processes that still run the model before go on reading and writing under the old name.
"""

from collections.abc import Iterable

from tenon.fields import FieldType
from tenon.fields.any_record import AnyRecordField
from tenon.schema.ledger import Ledger

_PREFIX = "t_"

Words = tuple[tuple[str, str], ...]
"""Name of today and word, for each entity of a model."""


def word_of(table: str) -> str:
    return table.removeprefix(_PREFIX)


def words_of(ledger: Ledger, entities: Iterable[str]) -> Words:
    places = ((entity, ledger.table(entity)) for entity in sorted(entities))
    return tuple((entity, word_of(entry.table)) for entity, entry in places if entry is not None)


def bound(kind: FieldType, ledger: Ledger, entities: Iterable[str]) -> FieldType:
    """The type as the columns of this ledger are read; only look-ups of any record differ."""
    return kind.named_by(words_of(ledger, entities)) if isinstance(kind, AnyRecordField) else kind
