"""Other systems set automations off at an address nobody can guess, signed where a secret is agreed, once a call."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samples.pool_world import Pond
from samples.talk_world import open_talk
from tenon.application import application
from tenon.clock import FixedClock
from tenon.exchange.hooks.incoming import token_of
from tenon.exchange.hooks.signing import signature

FILES: Mapping[str, str] = {
    "connectors/x_shop.yaml": """
label: Shop
system: webhook
auth: {kind: hmac, secret: X_SHOP_KEY}
""",
    "automations/x_paid.yaml": """
label: Paid
on: {webhook: {data: {client: text, amount: number}, entity: x_client, match: {name: trigger.client}}}
run_as: system
do: {note: {set: {size: trigger.amount}}}
""",
    "automations/x_shop_paid.yaml": """
label: Paid in the shop
on: {webhook: {connector: x_shop, data: {client: text}, entity: x_client, match: {name: trigger.client}}}
run_as: system
do: {note: {set: {signed: "true"}}}
""",
}


@pytest.fixture
def talk(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_talk(tmp_path / "talk", sqlite_url, clock, FILES)
    yield opened
    opened.workspace.close()


@pytest.fixture
def client(talk: Pond) -> FlaskClient:
    return application(talk.workspace).test_client()


def address(talk: Pond, automation: str) -> str:
    return f"/hooks/{automation}/{token_of(talk.workspace.secret, automation)}"


def test_a_call_starts_one_run_with_its_data(talk: Pond, client: FlaskClient) -> None:
    headers = {"X-Tenon-Delivery": "d1"}
    first = client.post(address(talk, "x_paid"), json={"client": "Acme", "amount": 12}, headers=headers)
    assert first.status_code == 202
    client.post(address(talk, "x_paid"), json={"client": "Acme", "amount": 12}, headers=headers)
    talk.workspace.background.run_due()
    assert talk.read("x_client", talk.ids["Acme"], "size")["size"] == 12
    assert len(talk.find("automation_run", 'automation == "automation:x_paid"')) == 1


def test_a_wrong_address_is_none(talk: Pond, client: FlaskClient) -> None:
    right = address(talk, "x_paid")
    for wrong in (
        right[:-1] + ("1" if right.endswith("0") else "0"),
        right.replace("x_paid", "x_shop_paid"),
        "/hooks/no_such/abc",
    ):
        assert client.post(wrong, json={}).status_code == 404
    assert client.get(right).status_code in (404, 405)
    assert client.post(right, data="no json").status_code == 400
    assert client.post(right, json=["no object"]).status_code == 400


def test_where_a_secret_is_agreed_the_signature_must_be_right_and_fresh(
    talk: Pond, client: FlaskClient, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = json.dumps({"client": "Acme"}).encode()
    at = address(talk, "x_shop_paid")
    assert client.post(at, data=body).status_code == 403  # the secret is not there at all: nobody gets in
    monkeypatch.setenv("X_SHOP_KEY", "shop key")
    right = signature("shop key", body, clock.now())
    for wrong in ("", "t=1,v1=00", right.replace("v1=", "v1=0"), signature("other key", body, clock.now())):
        assert client.post(at, data=body, headers={"X-Tenon-Signature": wrong}).status_code == 403
    assert client.post(at, data=body + b" ", headers={"X-Tenon-Signature": right}).status_code == 403
    assert client.post(at, data=body, headers={"X-Tenon-Signature": right}).status_code == 202
    clock.advance(minutes=6)
    assert client.post(at, data=body, headers={"X-Tenon-Signature": right}).status_code == 403
    talk.workspace.background.run_due()
    assert talk.read("x_client", talk.ids["Acme"], "signed")["signed"] is True
