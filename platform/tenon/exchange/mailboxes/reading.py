"""In charge of what a raw mail says: who wrote to whom, about what, in answer to what; its text and what is attached.

However broken a mail is, something comes of it; the raw bytes are kept besides.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from tenon.exchange.mailboxes.texts import clean, header_of, text_of
from tenon.exchange.messages.rendering import without_tags

MOST_PARTS = 200
_ID = re.compile(r"<([^<>\s]{1,400})>")
_FAILED = re.compile(r"^action:\s*failed", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"^status:\s*(\d\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(
    r"^(?:final|original)-recipient:\s*(?:rfc822;)?\s*<?([^\s<>]+@[^\s<>]+)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, kw_only=True)
class Attached:
    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """`original` is the id of the mail that did not arrive; `address` whom it was for. `final`: it never will."""

    original: str
    address: str
    status: str
    final: bool


@dataclass(frozen=True, kw_only=True)
class Mail:
    message_id: str
    subject: str
    sender: str
    """With the name, if there is one."""
    addresses: tuple[str, ...]
    """Of the sender and then of the recipients, in lower case."""
    recipients: tuple[str, ...]
    answers: tuple[str, ...] = ()
    """Ids of the mails it answers, the nearest first."""
    at: datetime | None = None
    text: str = ""
    attached: tuple[Attached, ...] = field(default=(), repr=False)
    bounce: Bounce | None = None


def read_mail(raw: bytes) -> Mail:
    mail = message_from_bytes(raw)
    senders, recipients = _addresses(mail, "from", "sender"), _addresses(mail, "to", "cc")
    text, attached = _content(mail)
    own = _ID.search(_raw_header(mail, "message-id"))
    known = [*_ids(mail, "in-reply-to"), *reversed(_ids(mail, "references"))]
    return Mail(
        message_id=own[1] if own is not None else f"sha256-{hashlib.sha256(raw).hexdigest()[:40]}@no-id.invalid",
        subject=header_of(_raw_header(mail, "subject"))[:500],
        sender=_shown(senders[0])[:500] if senders else "",
        addresses=tuple(dict.fromkeys(address.casefold() for _name, address in (*senders, *recipients))),
        recipients=tuple(_shown(each) for each in recipients),
        answers=tuple(dict.fromkeys(known)),
        at=_date(mail),
        text=text[:100_000],
        attached=tuple(attached),
        bounce=_bounce(mail),
    )


def _raw_header(mail: Message, name: str) -> str:
    """As it stands, with bytes that are no ASCII escaped; the first one when there are several."""
    return next((str(value) for known, value in mail.raw_items() if known.lower() == name), "")


def _ids(mail: Message, name: str) -> list[str]:
    return _ID.findall(_raw_header(mail, name))


def _addresses(mail: Message, *names: str) -> list[tuple[str, str]]:
    found = getaddresses([header_of(_raw_header(mail, name)) for name in names])
    return [(clean(name), clean(address)[:320]) for name, address in found if "@" in address]


def _shown(one: tuple[str, str]) -> str:
    name, address = one
    return f"{name} <{address}>" if name else address


def _date(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_raw_header(mail, "date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except OverflowError:
        return None


def _content(mail: Message) -> tuple[str, list[Attached]]:
    """The plain text, else that of the HTML; everything else is attached."""
    plain: list[str] = []
    html: list[str] = []
    attached: list[Attached] = []
    for part in _parts(mail):
        name = header_of(_file_name(part))
        kind = part.get_content_type()
        content = _payload(part)
        if kind in ("text/plain", "text/html") and not name:
            words = text_of(content, _charset(part))
            (plain if kind == "text/plain" else html).append(words)
        elif content:
            shown = (name or f"part.{kind.partition('/')[2]}")[:255]
            attached.append(Attached(name=shown, mime_type=kind[:120], content=content))
    text = "\n\n".join(filter(None, plain)) or without_tags("\n".join(html))
    return text.strip(), attached


def _parts(mail: Message) -> Iterator[Message]:
    """Leaves, in order; a mail within a mail is one of them."""
    waiting, count = [mail], 0
    while waiting and count < MOST_PARTS:
        part = waiting.pop(0)
        count += 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [each for each in inner if isinstance(each, Message)]
        else:
            yield part


def _payload(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, AssertionError, LookupError):
        content = None
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    return str(inner or "").encode("utf-8", "surrogateescape")


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError):
        return None


def _file_name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""


def _bounce(mail: Message) -> Bounce | None:
    """Of a report that says a mail of ours did not arrive (RFC 3464)."""
    if mail.get_content_type() != "multipart/report":
        return None
    whole = "\n".join(text_of(_payload(part)) for part in _parts(mail) if part.get_content_type() != "text/html")
    status, address = _STATUS.search(whole), _FINAL.search(whole)
    original = re.search(r"^message-id:\s*<([^<>\s]+)>", whole, re.IGNORECASE | re.MULTILINE)
    if _FAILED.search(whole) is None or original is None:
        return None
    code = status[1] if status is not None else ""
    return Bounce(
        original=original[1],
        address=address[1].casefold() if address is not None else "",
        status=code,
        final=code.startswith("5"),
    )
