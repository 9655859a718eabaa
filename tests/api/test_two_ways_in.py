"""An address found quickly is answered as one that Flask looked for: status, headers and body, byte for byte."""

import pytest
from flask.testing import FlaskClient

from samples.api_calls import World
from tenon import api
from tenon.http import create_app

BASE = "/api/v1"


@pytest.fixture(scope="module")
def account(world: World) -> str:
    made = str(world.admin.post("account", {"name": "Two ways"}).body["id"])
    world.admin.post("opportunity", {"name": "Met twice", "account": made})
    return made


def _clients(world: World) -> tuple[FlaskClient, FlaskClient]:
    quick, ordinary = (create_app(world.workspace, parts=(api.part,)) for _ in range(2))
    ordinary.known = None  # type: ignore[attr-defined]
    return quick.test_client(), ordinary.test_client()


def _answer(client: FlaskClient, secret: str | None, method: str, path: str, **options: object) -> tuple[object, ...]:
    headers = {"Authorization": f"Bearer {secret}"} if secret is not None else {}
    headers.update(options.pop("headers", {}))  # type: ignore[call-overload]
    response = client.open(BASE + path, method=method, headers=headers, buffered=True, **options)  # type: ignore[arg-type]
    kept = [(name, value) for name, value in response.headers if name not in ("X-Trace", "RateLimit-Remaining")]
    body = response.get_json(silent=True) if response.mimetype == "application/problem+json" else response.data
    if isinstance(body, dict):
        body.pop("trace")
        kept = [(name, value) for name, value in kept if name != "Content-Length"]
    return response.status, kept, body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/opportunity"),
        ("HEAD", "/opportunity"),
        ("OPTIONS", "/opportunity"),
        ("GET", "/opportunity?where=stage == 'won'&select=name,account.name&sort=-amount"),
        ("GET", "/opportunity?nonsense=1"),
        ("GET", "/opportunity/"),
        ("GET", "//opportunity"),
        ("GET", "/opportunity/count"),
        ("GET", "/opportunity/aggregate?group=stage&measure=count()"),
        ("GET", "/account/{account}"),
        ("GET", "/account/{upper}"),
        ("GET", "/account/00000000-0000-0000-0000-000000000000"),
        ("GET", "/account/not-an-id"),
        ("GET", "/account/{account}/opportunities"),
        ("GET", "/account/{account}/history"),
        ("GET", "/account/{account}/actions"),
        ("GET", "/account/{account}/actions/stage"),
        ("GET", "/account/{account}%0A"),
        ("GET", "/acc%6Funt"),
        ("GET", "/nothing_of_the_kind"),
        ("GET", "/search?q=two"),
        ("GET", "/model"),
        ("DELETE", "/opportunity"),
        ("PUT", "/account/{account}"),
        ("PATCH", "/account/{account}"),
        ("POST", "/account"),
        ("POST", "/account/{account}/restore"),
    ],
)
@pytest.mark.parametrize("who", ["token", "wrong token", "nobody"])
def test_both_ways_in_give_the_same_answer(world: World, account: str, method: str, path: str, who: str) -> None:
    secret = {"token": world.admin.secret, "wrong token": "tenon_nonsense", "nobody": None}[who]
    address = path.format(account=account, upper=account.upper())
    quick, ordinary = _clients(world)
    assert _answer(quick, secret, method, address) == _answer(ordinary, secret, method, address)


def test_both_ways_in_save_alike(world: World, account: str) -> None:
    """The same change, sent twice with one key, is carried out once and told twice."""
    quick, ordinary = _clients(world)
    options = {"json": {"city": "Suzhou"}, "headers": {"If-Match": "*", "Idempotency-Key": "two-ways-in"}}
    first = _answer(quick, world.admin.secret, "PATCH", f"/account/{account}", **options)
    options["headers"] = {"If-Match": "*", "Idempotency-Key": "two-ways-in"}
    again = _answer(ordinary, world.admin.secret, "PATCH", f"/account/{account}", **options)
    assert first[0] == again[0] == "200 OK"
    assert first[2] == again[2]
    assert ("Idempotency-Replayed", "true") in again[1]  # type: ignore[operator]


@pytest.mark.parametrize("host", ["127.0.0.1", "crm.example:8443", "bad host", "a/b", ""])
def test_the_host_is_judged_alike(world: World, host: str) -> None:
    quick, ordinary = _clients(world)
    options = {"environ_overrides": {"HTTP_HOST": host}}
    answers = [_answer(client, world.admin.secret, "GET", "/opportunity", **options) for client in (quick, ordinary)]
    assert answers[0] == answers[1]
