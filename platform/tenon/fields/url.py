"""In charge of web addresses that are safe to show as links."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

from tenon.expressions import TEXT, Type
from tenon.fields.base import FIELD_TYPES, FieldType, InvalidValue, StoredColumn
from tenon.fields.operators import WORDS
from tenon.fields.storage import ShortText
from tenon.fields.wording import line
from tenon.texts import say

MOST = 2000
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:(?!\d)|[a-z]+://)", re.IGNORECASE)
_HOST = re.compile(r"(?:[^\s.:/?#\[\]@\\<>\"'`]+\.)*[^\s.:/?#\[\]@\\<>\"'`]+\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_UNSAFE = re.compile(r"[\s\\<>\"`{}|^]")
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@FIELD_TYPES.register("url")
class UrlField(FieldType):
    key = "url"
    label = say("Web address", "网址")
    help = say("A link: http, https or mailto.", "链接：http、https 或 mailto。")
    icon = "world"
    widget = "url"
    operators = WORDS

    def columns(self) -> tuple[StoredColumn, ...]:
        return (StoredColumn(type=ShortText()),)

    def expression_type(self) -> Type:
        return TEXT

    def parse(self, raw: Any) -> str | None:
        """A bare `www.example.com` becomes https; other schemes and addresses with a password are refused."""
        text = "" if raw is None else line(raw, most=MOST)
        if not text:
            return None
        if _UNSAFE.search(text):
            raise _not_an_address()
        if not _SCHEME.match(text):
            text = "https://" + text
        return _checked(text)

    def openapi(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MOST, "examples": ["https://example.com"]}

    def examples(self) -> Sequence[Any]:
        return (
            "https://example.com/a?b=1#c",
            "www.example.com",
            "HTTP://Example.COM/Path",
            "example.com:8080/x",
            "https://例子.公司/路径",
            "mailto:li@example.com",
            "http://[::1]:80/",
        )

    def bad_examples(self) -> Sequence[Any]:
        return (
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "ftp://example.com",
            "https://",
            "https://a:b@example.com",
            "https://exa mple.com",
            "http://example.com:99999",
            "//",
            "nothing",
            "mailto:nobody",
            5,
            "https://" + "x" * MOST,
        )


def _checked(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _not_an_address() from None
    if parts.scheme == "mailto" and _MAILBOX.fullmatch(parts.path):
        return urlunsplit(parts)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _plausible(host, text):
        raise _not_an_address()
    return urlunsplit(parts._replace(netloc=_place(parts, port)))


def _plausible(host: str, text: str) -> bool:
    shown = f"[{host}]" if ":" in host else host
    return _HOST.fullmatch(shown) is not None and ("." in host or ":" in host or host == "localhost")


def _place(parts: SplitResult, port: int | None) -> str:
    host = parts.hostname or ""
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def _not_an_address() -> InvalidValue:
    return InvalidValue(
        "not_a_url",
        say("This is not a web address that can be used here.", "这不是可用的网址。"),
        say("Write it like https://example.com.", "请写成 https://example.com。"),
    )
