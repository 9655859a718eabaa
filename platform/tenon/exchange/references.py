"""In charge of finding records by what people call them: a code, an address, a name.

Used wherever rows come from files. Reads through the one door; a word that names several records names none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.ids import is_id
from tenon.model import Entity
from tenon.query import Query, Reader

CHUNK = 200
_NAMING_TYPES = frozenset({"text", "email", "phone", "auto_number", "choice", "url"})


@dataclass(frozen=True)
class Found:
    """`ids`: word → id; `ambiguous`: words that several records bear."""

    ids: Mapping[str, str] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()


def naming_fields(entity: Entity) -> tuple[str, ...]:
    """Fields that identify a record to people: the unique ones, then the title."""
    unique = [item.name for item in entity.fields.values() if item.unique and item.type.key in _NAMING_TYPES]
    title = [entity.title] if entity.fields[entity.title].type.key in _NAMING_TYPES else []
    return tuple(dict.fromkeys([*unique, *title]))


def find_by_words(
    unit: UnitOfWork,
    access: Access,
    reader: Reader,
    entity_name: str,
    words: Iterable[str],
    *,
    by: str | None = None,
    deleted: bool = False,
) -> Found:
    """Ids of the records named by `words`: by the field `by`, else by each naming field in turn.

    A word that is an id stands for itself. One statement per naming field and 200 words. `deleted` looks into the
    recycle bin instead.
    """
    entity = reader.model.entity(entity_name)
    open_words = set(words)
    ids = {word: word for word in open_words if is_id(word)}
    ambiguous: set[str] = set()
    for name in (by,) if by is not None else naming_fields(entity):
        wanted = sorted(open_words - ids.keys() - ambiguous)
        for start in range(0, len(wanted), CHUNK):
            _look(unit, access, reader, entity, name, wanted[start : start + CHUNK], ids, ambiguous, deleted)
    return Found(ids, frozenset(ambiguous))


def find_any(unit: UnitOfWork, access: Access, reader: Reader, words: Iterable[str], *, deleted: bool = False) -> Found:
    """For look-ups of any record: `account:Acme` → `account:0190…`. As `find_by_words`, for each entity named."""
    named: dict[str, dict[str, str]] = {}
    for word in words:
        entity, _colon, key = word.replace("：", ":", 1).partition(":")
        present = reader.model.entities.present(entity.strip())
        if present is not None and access.can(present, "read"):
            named.setdefault(present, {})[key.strip()] = word
    ids: dict[str, str] = {}
    ambiguous: set[str] = set()
    for entity, keys in named.items():
        found = find_by_words(unit, access, reader, entity, keys, deleted=deleted)
        ids |= {keys[key]: f"{entity}:{identity}" for key, identity in found.ids.items()}
        ambiguous |= {keys[key] for key in found.ambiguous}
    return Found(ids, frozenset(ambiguous))


def _look(
    unit: UnitOfWork,
    access: Access,
    reader: Reader,
    entity: Entity,
    name: str,
    words: list[str],
    ids: dict[str, str],
    ambiguous: set[str],
    deleted: bool,
) -> None:
    kind = entity.fields[name].type
    listed = ", ".join(kind.literal(word) for word in words)
    after: str | None = None
    while True:
        page = reader.list(
            unit,
            access,
            Query(
                entity=entity.name,
                select=("id", name),
                where=f"{name} in [{listed}]",
                sort=("id",),
                limit=500,
                after=after,
                deleted=deleted,
            ),
        )
        for record in page.records:
            word = str(record[name])
            if ids.setdefault(word, record["id"]) != record["id"]:
                ambiguous.add(word)
        if page.next is None:
            break
        after = page.next
    for word in ambiguous:
        ids.pop(word, None)
