"""In charge of calling other systems by HTTP: never into the own network unless allowed, not for long, not for much.

The name is resolved here and the connection goes to the very address that was looked at, so that a name that changes
its mind in between leads nowhere. Redirects are not followed: their target was never allowed.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tenon.errors import BadRequest
from tenon.texts import say

TIMEOUT = 15.0
"""Seconds for each step of a call."""
MOST_ANSWER = 64_000
"""Bytes of an answer that are read."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Unreachable(Exception):
    """Nobody answered, or not in time. `sent`: the request may have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


def call(
    url: str,
    *,
    method: str = "POST",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    private: bool = False,
    timeout: float = TIMEOUT,
) -> Answer:
    """Raises BadRequest for an address that must not be called, Unreachable."""
    address = urlsplit(url)
    host = address.hostname
    if address.scheme not in ("http", "https") or host is None or address.username is not None:
        raise _refused(url)
    port = address.port or (443 if address.scheme == "https" else 80)
    connection = _connection(address.scheme, host, _place(host, port, private=private), port, timeout)
    path = (address.path or "/") + (f"?{address.query}" if address.query else "")
    sent = False
    try:
        connection.connect()
        sent = True
        connection.request(method, path, body=body or None, headers={"User-Agent": "Tenon", **(headers or {})})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(status=answer.status, headers=found, body=answer.read(MOST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{type(error).__name__}: {error}", sent=sent) from error
    finally:
        connection.close()


def _place(host: str, port: int, *, private: bool) -> str:
    """The network address to connect to: every one the name stands for must be allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: {error}", sent=False) from error
    places = [str(entry[4][0]) for entry in found]
    if not places:
        raise Unreachable(f"{host} has no address", sent=False)
    if not private and not all(_is_public(place) for place in places):
        raise _refused(host)
    return places[0]


def _is_public(place: str) -> bool:
    address = ipaddress.ip_address(place.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (inner is None or inner.is_global)


class _Pinned(http.client.HTTPConnection):
    """Connects to an address that was looked up before."""

    def __init__(self, host: str, place: str, port: int, timeout: float, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=timeout)
        self._place = place
        self._context = context

    def connect(self) -> None:
        plain = socket.create_connection((self._place, self.port), self.timeout)
        self.sock = plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.host)


def _connection(scheme: str, host: str, place: str, port: int, timeout: float) -> http.client.HTTPConnection:
    context = ssl.create_default_context() if scheme == "https" else None
    return _Pinned(host, place, port, timeout, context)


def _refused(url: str) -> BadRequest:
    return BadRequest(
        say("This address may not be called: {url}.", "不允许访问此地址：{url}。", url=url[:200]),
        hint=say(
            "Addresses inside the own network need the setting TENON_PRIVATE_ADDRESSES.",
            "访问内网地址需要开启设置 TENON_PRIVATE_ADDRESSES。",
        ),
    )
