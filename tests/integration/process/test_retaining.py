"""Logs are forgotten after the days their settings say; what somebody counts on, approvals and histories stay."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from samples.pool_world import Pond, open_pond
from services.listener import Listener
from tenon.clock import FixedClock
from tenon.errors import Forbidden
from tenon.process import retaining
from tenon.schema import SYSTEM_TABLES

FILES = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
claim: {cooling: 7d}
""",
    "automations/x_once.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
once: true
do: {note: {notify: {to: owner, title: changed}}}
""",
    "automations/x_each.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
do: {mark: {set: {key_account: "true"}}}
""",
    "automations/x_rest.yaml": """
on: {created: x_client}
do: {rest: {wait: 3000d}}
""",
}
LOGS = ("automation_run", "webhook_delivery", "notification", "pool_event", "message", "mail_entry")


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[Callable[..., Pond]]:
    opened: list[Pond] = []

    def build(url: str, **settings: str) -> Pond:
        pond = open_pond(tmp_path / "pond", url, clock, FILES, PRIVATE_ADDRESSES="yes", **settings)
        pond.workspace.background.run_due()
        opened.append(pond)
        return pond

    yield build
    for pond in opened:
        pond.workspace.close()


def kept(pond: Pond) -> Counter[str]:
    return Counter({entity: len(pond.find(entity)) for entity in LOGS})


def night(pond: Pond, **past: int) -> None:
    pond.clock.advance(**past)
    pond.workspace.background.run_due()


def test_each_kind_of_log_is_forgotten_after_its_days_in_portions(
    world: Callable[..., Pond],
    database_url: str,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retaining, "PORTION", 2)
    pond = world(database_url)
    box = pond.create("mailbox", "boss", name="B", server="imap://x", username="u", password="p", active=False)
    sent = {"channel": "email", "direction": "out", "status": "sent"}
    pond.create("message", **sent, subject="gone")
    stays = pond.create("message", **{**sent, "direction": "in", "status": "received"}, subject="stays")
    pond.create("mail_entry", mailbox=box, validity="1", uid=1, outcome="stored", message=stays)
    pond.create("webhook", "boss", name="Sink", url=f"{listener.url}/sink", entities=["x_client"])
    for name in ("Acme", "Bolt", "Coil"):
        pond.client(name, "sam")
        pond.change("x_client", pond.ids[name], "sam", size=5)
    pond.change("x_client", pond.ids["Acme"], "sam", owner=None)
    pond.workspace.background.run_due()
    pond.change("x_client", pond.ids["Acme"], "boss", owner=pond.ids["sam"])
    pond.workspace.background.run_due()
    before = kept(pond)
    night(pond, days=80)
    assert kept(pond) == before
    night(pond, days=15)  # 95 in all
    runs = Counter(run["automation"] for run in pond.find("automation_run"))
    assert runs == {"automation:x_once": 3, "automation:x_rest": 3}
    assert pond.find("webhook_delivery") == []
    assert kept(pond)["notification"] == before["notification"] > 0
    night(pond, days=100)  # 195
    assert kept(pond)["notification"] == 0
    night(pond, days=1000)  # 1,195
    left = kept(pond)
    assert (left["mail_entry"], left["message"]) == (0, before["message"])
    assert 0 < left["pool_event"] == before["pool_event"]  # the last of each kind
    pond.change("x_client", pond.ids["Bolt"], "sam", size=6)
    pond.workspace.background.run_due()
    again = [run for run in pond.find("automation_run") if run["record_id"] == pond.ids["Bolt"]]
    assert sorted((run["automation"], run["status"]) for run in again) == [
        ("automation:x_each", "done"),
        ("automation:x_once", "done"),
        ("automation:x_once", "skipped"),
        ("automation:x_rest", "waiting"),
    ]


def test_settings_say_how_long_and_for_ever(world: Callable[..., Pond], sqlite_url: str, clock: FixedClock) -> None:
    pond = world(sqlite_url, KEEP_MESSAGES="10", KEEP_RUNS="0")
    sent = {"channel": "email", "direction": "out", "subject": "words"}
    pond.create("message", **sent, status="sent")
    waiting = pond.create("message", **sent, status="failed")
    pond.client("Acme", "sam")
    pond.change("x_client", pond.ids["Acme"], "sam", size=5)
    pond.workspace.background.run_due()
    night(pond, days=9)
    assert len(pond.find("message")) == 2
    pond.change("message", waiting, status="queued")
    with pond.unit() as unit:
        unit.connection.write(sa.delete(SYSTEM_TABLES["job"]))
        unit.connection.write(sa.delete(SYSTEM_TABLES["outbox"]))
    night(pond, days=400)
    assert [each["id"] for each in pond.find("message")] == [waiting]
    assert len(pond.find("automation_run")) == 3
    with pond.workspace.database.reading() as connection:
        history = SYSTEM_TABLES["history"]
        query = sa.select(sa.func.count()).where(history.c.record_id == pond.ids["Acme"])
        assert connection.execute(query)[0][0] > 0


def test_the_last_event_of_a_pool_is_what_its_days_are_counted_from(
    world: Callable[..., Pond], sqlite_url: str
) -> None:
    pond = world(sqlite_url, KEEP_POOL_EVENTS="5")
    pond.client("Acme")
    for _turn in range(3):
        pond.change("x_client", pond.ids["Acme"], "boss", owner=pond.ids["sam"])
        pond.workspace.background.run_due()
        pond.clock.advance(hours=1)
        pond.change("x_client", pond.ids["Acme"], "boss", owner=None)
        pond.workspace.background.run_due()
        pond.clock.advance(hours=1)
    assert Counter(each["kind"] for each in pond.find("pool_event")) == {
        "entered": 1,
        "handed_out": 3,
        "released": 3,
    }
    night(pond, days=6)
    assert Counter(each["kind"] for each in pond.find("pool_event")) == {
        "entered": 1,
        "handed_out": 1,
        "released": 1,
    }


def test_people_and_records_with_a_history_are_refused(world: Callable[..., Pond], sqlite_url: str) -> None:
    pond = world(sqlite_url)
    pond.client("Acme", "sam")
    boss, system = pond.access("boss"), pond.access()
    with pond.unit("boss") as unit, pytest.raises(Forbidden):
        pond.workspace.writer.forget(unit, boss, "notification", [])
    with pond.unit() as unit, pytest.raises(Forbidden):
        pond.workspace.writer.forget(unit, system, "x_client", [pond.ids["Acme"]])
