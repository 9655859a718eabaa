"""In charge of the promises of a workspace below a path: links, redirects and cookies stay below it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from tenon.hosting.prefix import under

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def answered(body: str, *, mimetype: str = "text/html", path: str = "/acme/account", **headers: str) -> TestResponse:
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        response = Response(body, mimetype=mimetype, headers=given)
        response.headers["X-Seen"] = f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}"
        return response(environ, start_response)

    return Client(under("/acme", application)).get(path)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ('<a href="/account/1">', '<a href="/acme/account/1">'),
        ('<a href="/">', '<a href="/acme/">'),
        ('<form method="post" action="/x">', '<form method="post" action="/acme/x">'),
        ('<b hx-get="/a?b=/c">', '<b hx-get="/acme/a?b=/c">'),
        ('<b data-heads="/a/-/lanes">', '<b data-heads="/acme/a/-/lanes">'),
        ('<html data-root="/acme">', '<html data-root="/acme">'),
        ('<link href="/acme/static/x.css">', '<link href="/acme/static/x.css">'),
        ('<a href="/acmeish">', '<a href="/acme/acmeish">'),
        ('<a href="//elsewhere.example">', '<a href="//elsewhere.example">'),
        ('<a href="https://elsewhere.example/">', '<a href="https://elsewhere.example/">'),
        ("<p>see /account and href=&#34;/x&#34;</p>", "<p>see /account and href=&#34;/x&#34;</p>"),
    ],
)
def test_addresses_in_a_page_carry_the_prefix_once(written: str, sent: str) -> None:
    response = answered(written)
    assert response.text == sent
    assert response.content_length == len(sent)


def test_what_is_no_page_is_not_touched() -> None:
    assert answered('{"x": " href=\\"/a\\""}', mimetype="application/json").text == '{"x": " href=\\"/a\\""}'


def test_the_application_sees_its_own_path_and_where_it_lives() -> None:
    assert answered("").headers["X-Seen"] == "/acme|/account"
    assert answered("", path="/acme").headers["X-Seen"] == "/acme|/"


def test_redirects_and_cookies_stay_below_the_prefix() -> None:
    place = '{"path": "/account", "target": "#page"}'
    headers = answered("", Location="/sign-in", HX_Location=place, Set_Cookie="tenon=1; HttpOnly; Path=/").headers
    assert headers["Location"] == "/acme/sign-in"
    assert headers["HX-Location"] == '{"path": "/acme/account", "target": "#page"}'
    assert headers["Set-Cookie"] == "tenon=1; HttpOnly; Path=/acme"
    assert answered("", Location="/acme/sign-in").headers["Location"] == "/acme/sign-in"
    assert answered("", Location="https://elsewhere.example/").headers["Location"] == "https://elsewhere.example/"
