"""Other systems hear of everything once and in order, with old and new values, even when they were down for hours."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from samples.pool_world import Pond
from samples.talk_world import open_talk
from services.listener import Listener
from tenon.clock import FixedClock

FILES: Mapping[str, str] = {
    "connectors/x_erp.yaml": """
label: ERP
system: rest
url: "http://127.0.0.1:{port}/orders"
auth: {kind: token, secret: X_ERP_TOKEN}
""",
    "automations/x_push.yaml": """
label: Push
on: {updated: {entity: x_client, fields: [signed]}}
do:
  push: {webhook: {connector: x_erp, send: {client: name, size: size, owner: owner, when: "now()"}}}
""",
}


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock, listener: Listener) -> Iterator[Callable[[str], Pond]]:
    opened: list[Pond] = []

    def build(url: str, **settings: str) -> Pond:
        files = {path: text.replace("{port}", str(listener.port)) for path, text in FILES.items()}
        talk = open_talk(tmp_path / "talk", url, clock, files, **{"PRIVATE_ADDRESSES": "yes", **settings})
        run(talk)
        opened.append(talk)
        return talk

    yield build
    for talk in opened:
        talk.workspace.close()


@pytest.fixture
def talk(world: Callable[[str], Pond], sqlite_url: str) -> Pond:
    return world(sqlite_url)


def run(talk: Pond) -> None:
    talk.workspace.background.run_due()


def subscribe(talk: Pond, listener: Listener, **values: Any) -> str:
    given = {"name": "Sink", "url": f"{listener.url}/sink", "entities": ["x_client"], **values}
    return talk.create("webhook", "boss", **given)


def told(listener: Listener) -> list[tuple[str, dict[str, Any]]]:
    events = [json.loads(each.body) for each in listener.heard]
    return [(event["type"], event["data"]["changed"]) for event in events]


def test_each_change_is_told_with_old_and_new_values_signed(
    world: Callable[[str], Pond], database_url: str, listener: Listener, clock: FixedClock
) -> None:
    talk = world(database_url)
    subscribe(talk, listener, secret="s3cret")
    client = talk.create("x_client", "sam", name="Coil", size=3)
    talk.change("x_client", client, "sam", size=4, phone="+86 10 6555 0000")
    with talk.unit("sam") as unit:
        talk.workspace.writer.delete(unit, talk.workspace.access(unit.actor), "x_client", client, version=None)
    run(talk)
    created, changed, deleted = told(listener)
    assert created[0] == "tenon.x_client.created"
    assert created[1]["name"] == {"old": None, "new": "Coil"}
    assert changed == (
        "tenon.x_client.changed",
        {"phone": {"old": None, "new": "+861065550000"}, "size": {"old": 3, "new": 4}},
    )
    assert deleted[0] == "tenon.x_client.deleted"
    heard = listener.heard[0]
    stamp = str(int(clock.now().timestamp()))
    digest = hmac.new(b"s3cret", stamp.encode() + b"." + heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-tenon-signature"] == f"t={stamp},v1={digest}"
    assert heard.headers["content-type"].startswith("application/cloudevents+json")
    event = json.loads(heard.body)
    assert (event["specversion"], event["subject"]) == ("1.0", f"x_client/{client}")
    kept = talk.find("webhook_delivery", sort=("created_at", "id"))
    assert [(each["status"], each["attempts"], each["answer_status"]) for each in kept] == [("delivered", 1, 200)] * 3
    assert kept[0]["payload"].encode() == heard.body


def test_a_receiver_that_was_down_for_hours_gets_everything_in_order(
    talk: Pond, listener: Listener, clock: FixedClock
) -> None:
    subscribe(talk, listener)
    listener.answers = [(503, "down")] * 5
    for size in range(2, 6):
        talk.change("x_client", talk.ids["Acme"], "sam", size=size)
    talk.change("x_client", talk.ids["Bolt"], "sol", size=9)
    for _hour in range(30):
        run(talk)
        clock.advance(minutes=10)
    assert len(listener.heard) == 10
    sizes = [json.loads(each.body)["data"]["changed"]["size"]["new"] for each in listener.heard[-5:]]
    acme = [size for size in sizes if size != 9]
    assert acme == [2, 3, 4, 5]
    assert 9 in sizes
    assert {each["status"] for each in talk.find("webhook_delivery")} == {"delivered"}


def test_after_a_day_it_rests_with_its_reason_until_sent_again(
    talk: Pond, listener: Listener, clock: FixedClock
) -> None:
    subscribe(talk, listener)
    listener.answers = [(500, "no")] * 50
    talk.change("x_client", talk.ids["Acme"], "sam", size=7)
    for _step in range(40):
        run(talk)
        clock.advance(hours=1)
    (failed,) = talk.find("webhook_delivery")
    assert (failed["status"], failed["attempts"]) == ("failed", 10)
    assert [each["title"] for each in talk.find("notification", "person == user", "boss")] == [
        "A web hook does not arrive: Sink"
    ]
    listener.answers = []
    talk.change("webhook_delivery", failed["id"], "boss", status="waiting")
    run(talk)
    assert talk.read("webhook_delivery", failed["id"], "status")["status"] == "delivered"
    assert listener.heard[-1].body == listener.heard[0].body


def test_what_is_refused_is_not_tried_again_and_redirects_are_not_followed(talk: Pond, listener: Listener) -> None:
    subscribe(talk, listener)
    for answer in ((404, "gone"), (302, "")):
        listener.answers = [answer]
        talk.change("x_client", talk.ids["Acme"], "sam", size=answer[0])
        run(talk)
    failed = talk.find("webhook_delivery", sort=("created_at", "id"))
    assert [(each["status"], each["attempts"]) for each in failed] == [("failed", 1)] * 2
    assert "404 gone" in failed[0]["error"]
    assert [each.path for each in listener.heard] == ["/sink", "/sink"]


def test_a_subscription_chooses_entities_events_and_records(talk: Pond, listener: Listener) -> None:
    subscribe(talk, listener, events=["changed"], condition="size > 10")
    subscribe(talk, listener, name="Off", active=False)
    subscribe(talk, listener, name="Others", entities=["department"])
    subscribe(talk, listener, name="Odd", condition="no_such_field == 1")
    talk.create("x_client", "sam", name="Big", size=50)
    for size in (5, 15):
        talk.change("x_client", talk.ids["Acme"], "sam", size=size)
        run(talk)
    assert [(kind, changed["size"]["new"]) for kind, changed in told(listener)] == [("tenon.x_client.changed", 15)]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://[::1]:{port}/x", "http://10.0.0.1/x"]
)
def test_the_own_network_is_not_called(
    world: Callable[..., Pond], sqlite_url: str, listener: Listener, url: str
) -> None:
    talk = world(sqlite_url, PRIVATE_ADDRESSES="no")
    subscribe(talk, listener, url=url.format(port=listener.port))
    talk.change("x_client", talk.ids["Acme"], "sam", size=2)
    run(talk)
    (kept,) = talk.find("webhook_delivery")
    assert kept["status"] == "failed"
    assert "may not be called" in kept["error"]
    assert listener.heard == []


def test_an_automation_calls_another_system_with_its_own_values(
    talk: Pond, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X_ERP_TOKEN", "t0ken")
    talk.change("x_client", talk.ids["Acme"], "sam", signed=True)
    run(talk)
    (heard,) = listener.heard
    assert (heard.method, heard.path, heard.headers["authorization"]) == ("POST", "/orders", "Bearer t0ken")
    assert json.loads(heard.body) == {
        "client": "Acme",
        "size": "1",
        "owner": talk.ids["sam"],
        "when": "2026-03-14T09:00:00+00:00",
    }


def test_nobody_but_administrators_sees_subscriptions_and_deliveries(talk: Pond, listener: Listener) -> None:
    subscribe(talk, listener, secret="s3cret")
    for who in ("sam", "chloe"):
        for entity in ("webhook", "webhook_delivery"):
            with pytest.raises(Exception, match="There is no"):
                talk.find(entity, who=who)
    assert "s3cret" not in json.dumps(talk.find("webhook", who="boss"))
