"""In charge of the talk with an IMAP server: what is new in a folder, by its numbers (UID) alone.

No search by words or dates is asked for, so no server can misunderstand one; nothing is changed on the server.
"""

import imaplib
import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from tenon.jobs import GiveUp
from tenon.texts import say

TIMEOUT = 30
PORTION = 50
"""Mails of one call."""
LARGEST = 25_000_000
"""Bytes of a mail that is fetched."""
_SIZE = re.compile(rb"UID (\d+)[^)]*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)[^)]*?UID (\d+)")
_UID = re.compile(rb"UID (\d+)")


@dataclass(frozen=True, kw_only=True)
class Place:
    """`server` is imap://host:port or imaps://…; `after` the last number seen while the folder was in `validity`."""

    server: str
    username: str
    password: str
    folder: str
    validity: str = ""
    after: int = 0


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """`mails`: number → bytes, None when it is too large. `more`: there are others. `trouble` broke it off."""

    validity: str
    mails: tuple[tuple[int, bytes | None], ...] = ()
    more: bool = False
    trouble: str = ""


def fetch(place: Place) -> Fetched:
    """What was read before the connection broke is kept. Raises GiveUp when the server does not let us in."""
    server = _connected(place)
    validity = ""
    mails: list[tuple[int, bytes | None]] = []
    try:
        _sign_in(server, place)
        answer, _found = server.select(_quoted(place.folder), readonly=True)
        if answer != "OK":
            raise GiveUp(say("There is no folder “{folder}”.", "没有文件夹“{folder}”。", folder=place.folder))
        validity = _validity(server)
        after = place.after if validity == place.validity else 0
        numbers = _numbers(server, after)
        sizes = _sizes(server, numbers[:PORTION])
        for number in numbers[:PORTION]:
            mails.append((number, _one(server, number) if sizes.get(number, 0) <= LARGEST else None))
        return Fetched(validity=validity, mails=tuple(mails), more=len(numbers) > PORTION)
    except (OSError, imaplib.IMAP4.error) as error:
        if not validity:
            raise
        return Fetched(validity=validity, mails=tuple(mails), trouble=f"{type(error).__name__}: {error}")
    finally:
        _leave(server)


def _connected(place: Place) -> imaplib.IMAP4:
    address = urlsplit(place.server if "://" in place.server else f"imaps://{place.server}")
    host = address.hostname or ""
    if address.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, address.port or 993, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    return imaplib.IMAP4(host, address.port or 143, timeout=TIMEOUT)


def _sign_in(server: imaplib.IMAP4, place: Place) -> None:
    try:
        server.login(place.username, place.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        told = str(error)[:200]
        raise GiveUp(
            say("The mail server does not let us in: {told}", "邮件服务器拒绝登录：{told}", told=told)
        ) from error


def _validity(server: imaplib.IMAP4) -> str:
    _name, found = server.response("UIDVALIDITY")
    value = found[0] if found else None
    return value.decode("ascii", "replace") if isinstance(value, bytes) else "0"


def _numbers(server: imaplib.IMAP4, after: int) -> list[int]:
    """“n:*” always names the last mail, too: what was seen is left out here."""
    _answer, found = server.uid("SEARCH", f"UID {after + 1}:*")
    words = b" ".join(each for each in found if isinstance(each, bytes)).split()
    return sorted(number for number in map(int, words) if number > after)


def _sizes(server: imaplib.IMAP4, numbers: list[int]) -> dict[int, int]:
    if not numbers:
        return {}
    _answer, found = server.uid("FETCH", ",".join(map(str, numbers)), "(UID RFC822.SIZE)")
    sizes = {}
    for each in found:
        match = _SIZE.search(each if isinstance(each, bytes) else b"")
        if match is not None:
            sizes[int(match[1] or match[4])] = int(match[2] or match[3])
    return sizes


def _one(server: imaplib.IMAP4, number: int) -> bytes:
    """The whole mail, which stays unread on the server. One that is gone meanwhile is empty."""
    _answer, found = server.uid("FETCH", str(number), "(UID BODY.PEEK[])")
    for each in found:
        if isinstance(each, tuple) and len(each) > 1 and isinstance(each[1], bytes):
            return each[1]
    return b""


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (OSError, imaplib.IMAP4.error):
        server.shutdown()


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
