"""In charge of which record a mail belongs to: that of the mail it answers, else whoever wrote or was written to."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.mailboxes.reading import Mail
from tenon.process.ground import Ground
from tenon.query import Query

FIRST = ("contact", "account", "lead")
"""Entities that are asked first; then all others with a field for an address."""
NEVER = frozenset({"user", "message", "mail_block"})
MOST_ADDRESSES = 20


@dataclass(frozen=True, kw_only=True)
class Belongs:
    entity: str | None = None
    record_id: str | None = None
    thread: str | None = None
    answers: str | None = None


def place(ground: Ground, unit: UnitOfWork, access: Access, mail: Mail) -> Belongs:
    """Nothing when nobody is known: then administrators alone see it."""
    thread = _thread(ground, unit, access, mail)
    if thread.record_id is not None:
        return thread
    for entity, fields in _with_addresses(ground):
        found = _by_address(ground, unit, access, entity, fields, mail.addresses[:MOST_ADDRESSES])
        if found is not None:
            return Belongs(entity=entity, record_id=found, thread=thread.thread, answers=thread.answers)
    return thread


def _thread(ground: Ground, unit: UnitOfWork, access: Access, mail: Mail) -> Belongs:
    known = mail.answers[:MOST_ADDRESSES]
    if not known:
        return Belongs()
    query = Query(
        entity="message",
        select=("message_id", "record_entity", "record_id", "thread"),
        where=f"message_id in [{_listed(known)}]",
        limit=100,
    )
    found = {each["message_id"]: each for each in ground.reader.list(unit, access, query).records}
    nearest = next((found[each] for each in known if each in found), None)
    if nearest is None:
        return Belongs(answers=known[0][:500])
    entity = ground.model.entities.present(nearest["record_entity"] or "")
    return Belongs(
        entity=entity,
        record_id=nearest["record_id"] if entity is not None else None,
        thread=nearest["thread"],
        answers=nearest["message_id"],
    )


def _with_addresses(ground: Ground) -> Iterator[tuple[str, list[str]]]:
    entities = ground.model.entities
    order = [name for name in FIRST if name in entities] + [name for name in entities if name not in FIRST]
    for name in order:
        entity = entities[name]
        fields = [field.name for field in entity.fields.values() if field.type.key == "email" and field.stored]
        if fields and name not in NEVER and not entity.of_record:
            yield name, fields


def _by_address(
    ground: Ground, unit: UnitOfWork, access: Access, entity: str, fields: list[str], addresses: tuple[str, ...]
) -> str | None:
    """The sender before the recipients; of several records of one address the one that changed last."""
    if not addresses:
        return None
    where = " or ".join(f"lower({field}) in [{_listed(addresses)}]" for field in fields)
    query = Query(entity=entity, select=tuple(fields), where=where, sort=("-changed_at",), limit=100)
    records = ground.reader.list(unit, access, query).records
    for address in addresses:
        for record in records:
            if any((record[field] or "").casefold() == address for field in fields):
                return str(record["id"])
    return None


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join('"{}"'.format(each.replace("\\", "\\\\").replace('"', '\\"')) for each in texts)
