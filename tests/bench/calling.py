"""In charge of calling a WSGI application in this process, with as little of our own time as can be."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

_SAME = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1",
    "HTTP_ACCEPT": "application/json",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


@dataclass(frozen=True)
class Call:
    """One request; `headers` are named as WSGI names them."""

    method: str
    path: str
    query: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    def environ(self) -> dict[str, Any]:
        environ = {**_SAME, "REQUEST_METHOD": self.method, "PATH_INFO": self.path, "QUERY_STRING": self.query}
        environ.update(self.headers)
        environ["wsgi.input"] = BytesIO(self.body)
        if self.body:
            environ["CONTENT_TYPE"] = "application/json"
            environ["CONTENT_LENGTH"] = str(len(self.body))
        return environ


def query(**parameters: str) -> str:
    return urlencode(parameters, quote_via=quote)


class Refused(Exception):
    """The application did not answer as it should: the figures would mean nothing."""


def send(application: Application, environ: dict[str, Any]) -> bytes:
    """The answer's body. Raises Refused unless the status begins with 2."""
    status = ""

    def start(line: str, _headers: Any, _error: Any = None) -> None:
        nonlocal status
        status = line

    answer = application(environ, start)
    body = b"".join(answer)
    close = getattr(answer, "close", None)
    if close is not None:
        close()
    if not status.startswith("2"):
        raise Refused(f"{status} {environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {body[:500].decode()}")
    return body
