"""In charge of which conversation an e-mail belongs to: what it answers, and how mail programs recognise that."""

from collections.abc import Sequence
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.exchange.messages.letters import Letter
from tenon.ids import new_id
from tenon.query import Query, Reader

MOST_REFERENCES = 10


def threading(reader: Reader, unit: UnitOfWork, access: Access, letter: Letter, to: Sequence[str]) -> dict[str, Any]:
    """The values `message_id` (without <>), `thread`, `in_reply_to`, `references` of a new message."""
    if letter.channel != "email":
        return {}
    domain = domain_of(letter.sender)
    found = {"message_id": f"{new_id()}@{domain}", "thread": new_id()}
    if letter.thread == "new" or letter.record_id is None:
        return found
    thread = f"{letter.entity}:{letter.record_id}" if letter.thread == "record" else None
    before = _latest(reader, unit, access, letter, to, thread)
    if before is None:
        return {**found, "thread": thread or found["thread"]}
    known = [*(before["references"] or "").split(), before["message_id"]]
    return {
        **found,
        "thread": thread or before["thread"] or found["thread"],
        "in_reply_to": before["message_id"],
        "references": " ".join(known[-MOST_REFERENCES:]),
    }


def domain_of(sender: str) -> str:
    """What stands behind the @ of an address, perhaps with a name around it."""
    domain = sender.rpartition("@")[2].strip(" >")
    return domain if domain and all(letter.isalnum() or letter in ".-" for letter in domain) else "tenon.invalid"


def _latest(
    reader: Reader, unit: UnitOfWork, access: Access, letter: Letter, to: Sequence[str], thread: str | None
) -> dict[str, Any] | None:
    """The last e-mail of the thread, or of the conversation with the recipient about this record."""
    where = f'channel == "email" and not is_blank(message_id) and record_id == "{letter.record_id}"'
    if thread is not None:
        where += f' and thread == "{thread}"'
    elif to:
        quoted = to[0].replace("\\", "\\\\").replace('"', '\\"')
        where += f' and (contains(sender, "{quoted}") or contains(recipients, "{quoted}"))'
    query = Query(
        entity="message",
        select=("message_id", "references", "thread"),
        where=where,
        sort=("-created_at", "-id"),
        limit=1,
    )
    records = reader.list(unit, access, query).records
    return records[0] if records else None
