"""In charge of a workspace that lives below a path: what comes in loses the prefix, what goes out carries it.

Pages and API speak of their own addresses from the root and know nothing of this. An address that carries the
prefix already is left alone, so no entity may be called like the prefix (`Installation` sees to that).
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ATTRIBUTES = "href|action|formaction|src|poster|hx-(?:get|post|put|patch|delete|push-url|replace-url)|data-[a-z-]+"
_ADDRESS_HEADERS = frozenset({"location", "content-location", "hx-redirect", "hx-push-url", "hx-replace-url"})
_LOCATION_IN_JSON = re.compile(r'("path":\s*")(/)')


def under(prefix: str, application: "WSGIApplication") -> "WSGIApplication":
    """`application` as it answers below `prefix`; the caller has made sure that the path begins with it."""
    name = re.escape(prefix)
    addresses = re.compile(rf'(\s(?:{_ATTRIBUTES})=")(?!{name}(?:[/?"#]))(/(?!/)[^"]*")'.encode())
    replacement = rb"\g<1>" + prefix.encode() + rb"\g<2>"

    def prefixed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        inner = dict(environ)
        inner["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
        inner["PATH_INFO"] = environ.get("PATH_INFO", "").removeprefix(prefix) or "/"
        answer = _Answer(prefix, start_response)
        body = application(inner, answer.start)
        if not answer.is_page:
            return body
        try:
            text = addresses.sub(replacement, b"".join(body))
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        answer.begin(len(text))
        return [text]

    return prefixed


class _Answer:
    """The beginning of an answer. That of a page waits for its body, whose length will change."""

    def __init__(self, prefix: str, start_response: "StartResponse") -> None:
        self._prefix = prefix
        self._start_response = start_response
        self._waiting: tuple[Any, ...] | None = None
        self.is_page = False

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        prefixed = [(name, self._header(name.lower(), value)) for name, value in headers]
        kinds = [value for name, value in headers if name.lower() == "content-type"]
        self.is_page = any(kind.startswith("text/html") for kind in kinds)
        if not self.is_page:
            return self._start_response(status, prefixed, exc_info)
        self._waiting = (status, prefixed, exc_info)
        return lambda _data: None

    def begin(self, length: int) -> None:
        if self._waiting is None:
            return
        status, headers, exc_info = self._waiting
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        self._start_response(status, [*kept, ("Content-Length", str(length))], exc_info)

    def _header(self, name: str, value: str) -> str:
        if name in _ADDRESS_HEADERS:
            return self._address(value)
        if name == "hx-location":
            return _LOCATION_IN_JSON.sub(rf"\g<1>{self._prefix}\g<2>", value)
        if name == "set-cookie":
            return re.sub(r"(?i)(;\s*path=)/(?=;|$)", rf"\g<1>{self._prefix}", value)
        return value

    def _address(self, value: str) -> str:
        mine = value == self._prefix or value.startswith((f"{self._prefix}/", f"{self._prefix}?"))
        return value if mine or not value.startswith("/") or value.startswith("//") else self._prefix + value
