"""Who a visitor is to us: his address behind proxies, and the site he comes by."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from tenon.http.visiting import address_of, is_declared, own_origins
from tenon.settings import Settings

SITES = ("https://www.example.com", "https://*.example.org:8443", "http://127.0.0.1:*")


def asked(forwarded: str | None = None, remote: str = "10.0.0.9") -> Request:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return Request(EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": remote}).get_environ())


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "1.1.1.1", "10.0.0.9"),
        (1, None, "10.0.0.9"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (3, "1.1.1.1", "1.1.1.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_what_proxies_say_is_believed_of_as_many_as_there_are(proxies: int, forwarded: str | None, found: str) -> None:
    assert address_of(asked(forwarded), Settings(trusted_proxies=proxies)) == found


@pytest.mark.parametrize(
    ("origin", "declared"),
    [
        ("https://www.example.com", True),
        ("https://www.example.com:444", False),
        ("http://www.example.com", False),
        ("https://wwwxexample.com", False),
        ("https://www.example.com.evil.net", False),
        ("https://a.b.example.org:8443", True),
        ("https://example.org:8443", False),
        ("https://evil-example.org:8443", False),
        ("http://127.0.0.1:5173", True),
        ("http://127.0.0.1", True),
        ("null", False),
    ],
)
def test_a_site_is_one_of_those_declared_or_it_is_not(origin: str, declared: bool) -> None:
    assert is_declared(origin, SITES) is declared


def test_our_own_pages_are_where_we_are_asked_and_where_we_are_reached() -> None:
    settings = Settings(public_url="https://crm.example.com/crm")
    assert own_origins(asked(), settings) == {"http://localhost", "https://crm.example.com"}
