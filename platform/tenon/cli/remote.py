"""In charge of another installation's API as a target of promotion: the package goes there, the plan comes back.

The token travels over TLS, or within one machine; never to where an answer redirects.
"""

import http.client
import secrets
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import orjson

from tenon.errors import (
    BadRequest,
    Conflict,
    Detail,
    Forbidden,
    InvalidInput,
    NotFound,
    TenonError,
    Unauthenticated,
    Unavailable,
)
from tenon.texts import Text, say

SCHEMES = ("https://", "http://")
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_SECONDS = 900
"""How long one answer may take; the work there goes on, and goes on where it stopped when it is asked for again."""
_KINDS: dict[int, type[TenonError]] = {
    400: BadRequest,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: BadRequest,
    422: InvalidInput,
}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        """Answered as the error it is then."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """`address` is where its pages begin, `token` one with the scope configuration."""

    address: str
    token: str
    language: str

    @classmethod
    def of(cls, address: str, token: str, language: str) -> "Server":
        """Raises BadRequest for an address the token must not be sent to, or when there is no token."""
        parts = urlsplit(address)
        local = parts.hostname in _LOOPBACK
        if not parts.hostname or parts.username or parts.query or (parts.scheme != "https" and not local):
            raise BadRequest(
                say("“{address}” is no address to promote to.", "“{address}”不是可用的目标地址。", address=address),
                hint=say("Give one that begins with https://.", "请提供以 https:// 开头的地址。"),
            )
        if not token:
            raise BadRequest(
                say("There is no token for {address}.", "没有用于 {address} 的令牌。", address=address),
                hint=say(
                    "Make one there with “tenon token create … --scope configuration”, and put it into "
                    "TENON_PROMOTE_TOKEN.",
                    "请在目标处用“tenon token create … --scope configuration”创建，并放入 TENON_PROMOTE_TOKEN。",
                ),
            )
        return cls(address=address.rstrip("/"), token=token, language=language)

    def plan(self, package: bytes, *, rebase: bool) -> dict[str, Any]:
        """What publishing the package would change there. Raises what the server refuses."""
        return self._send("plan", package, {"rebase": rebase})

    def apply(self, package: bytes, decided: dict[str, Any]) -> dict[str, Any]:
        """`decided` has the seal, the reason and the decisions."""
        return self._send("apply", package, decided, key=f"promote-{decided['seal']}")

    def _send(self, action: str, package: bytes, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        boundary = secrets.token_hex(16)
        request = urllib.request.Request(  # noqa: S310 - `of` has let pass these schemes only
            f"{self.address}/api/v1/changes/{action}",
            data=_form(boundary, package, orjson.dumps(body)),
            method="POST",
            headers={
                "Authorization": f"Bearer {self.token}",
                "Accept-Language": self.language,
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with self._opener().open(request, timeout=_SECONDS) as answer:
                document = orjson.loads(answer.read())
        except HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (TimeoutError, URLError, http.client.HTTPException, ConnectionError, orjson.JSONDecodeError) as error:
            raise Unavailable(
                say("{address} does not answer as it should.", "{address} 没有正常应答。", address=self.address),
                hint=say(
                    "Try again: what was begun there goes on, and nothing is done twice.",
                    "请重试：已开始的工作会继续，不会重复执行。",
                ),
            ) from error
        if not isinstance(document, dict):
            raise Unavailable(
                say("{address} is no Tenon server.", "{address} 不是 Tenon 服务器。", address=self.address)
            )
        return document

    def _opener(self) -> urllib.request.OpenerDirector:
        """Within one machine no proxy is asked."""
        local = urlsplit(self.address).hostname in _LOOPBACK
        proxies = [urllib.request.ProxyHandler({})] if local else []
        return urllib.request.build_opener(_NoRedirects, *proxies)


def _form(boundary: str, package: bytes, request: bytes) -> bytes:
    parts = (
        (b'name="request"', b"application/json", request),
        (b'name="package"; filename="package.tenon"', b"application/octet-stream", package),
    )
    line = b"--" + boundary.encode()
    body = b"".join(
        line
        + b"\r\nContent-Disposition: form-data; "
        + name
        + b"\r\nContent-Type: "
        + kind
        + b"\r\n\r\n"
        + data
        + b"\r\n"
        for name, kind, data in parts
    )
    return body + line + b"--\r\n"


def _refusal(error: HTTPError) -> TenonError:
    """What the server said, as if it had been said here."""
    try:
        problem = orjson.loads(error.read())
        message, hint = Text.of(problem["detail"]), problem.get("hint")
        details = [
            Detail(path=item["path"], code=item["code"], message=Text.of(item["message"]))
            for item in problem.get("errors", ())
        ]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        message, hint, details = (
            say("The server answered {status}.", "服务器返回 {status}。", status=error.code),
            None,
            [],
        )
    kind = _KINDS.get(error.code, Unavailable)
    return kind(message, hint=Text.of(hint) if hint else None, details=details)
