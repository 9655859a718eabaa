"""A subscription hears everything again from a time or an event on: in order, marked, never twice what still waits."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from samples.pool_world import Pond
from samples.talk_world import open_talk
from services.listener import Listener
from tenon.clock import FixedClock
from tenon.errors import InvalidInput
from tenon.exchange.hooks import replaying


@pytest.fixture
def world(tmp_path: Path, clock: FixedClock) -> Iterator[Callable[[str], Pond]]:
    opened: list[Pond] = []

    def build(url: str) -> Pond:
        talk = open_talk(tmp_path / "talk", url, clock, PRIVATE_ADDRESSES="yes")
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
    given = {"name": "Sink", "url": f"{listener.url}/sink", "entities": ["x_client"], "events": ["changed"], **values}
    return talk.create("webhook", "boss", **given)


def resize(talk: Pond, client: str, *sizes: int) -> None:
    for size in sizes:
        talk.change("x_client", talk.ids[client], "sam" if client == "Acme" else "sol", size=size)


def heard(listener: Listener) -> list[tuple[str, int, bool]]:
    """Record, new size, and whether it came again."""
    found = []
    for each in listener.heard:
        data = json.loads(each.body)["data"]
        found.append((data["id"], data["changed"]["size"]["new"], "x-tenon-replay" in each.headers))
    return found


def test_everything_since_a_time_comes_again_in_order_marked_and_the_same(
    world: Callable[[str], Pond], database_url: str, listener: Listener, clock: FixedClock
) -> None:
    talk = world(database_url)
    hook = subscribe(talk, listener)
    resize(talk, "Acme", 2)
    clock.advance(minutes=5)
    since = clock.now()
    resize(talk, "Acme", 3, 4)
    resize(talk, "Bolt", 7)
    run(talk)
    first = [each.body for each in listener.heard]
    listener.heard.clear()
    clock.advance(minutes=5)
    replay = talk.create("webhook_replay", "boss", webhook=hook, since=since.isoformat())
    run(talk)
    acme, bolt = talk.ids["Acme"], talk.ids["Bolt"]
    assert sorted(heard(listener)) == sorted([(acme, 3, True), (acme, 4, True), (bolt, 7, True)])
    assert [size for record, size, _again in heard(listener) if record == acme] == [3, 4]
    assert {each.body for each in listener.heard} == set(first[1:])
    assert {each.headers["x-tenon-replay"] for each in listener.heard} == {replay}
    told = talk.read("webhook_replay", replay)
    assert (told["status"], told["sent"], told["note"]) == ("done", 3, None)
    resize(talk, "Acme", 5)
    run(talk)
    assert heard(listener)[-1] == (acme, 5, False)


def test_it_begins_after_the_event_that_arrived_last(talk: Pond, listener: Listener) -> None:
    hook = subscribe(talk, listener)
    resize(talk, "Acme", 2, 3, 4)
    run(talk)
    last = json.loads(listener.heard[1].body)["id"]
    talk.create("webhook_replay", "boss", webhook=hook, after=last)
    run(talk)
    assert [size for _record, size, again in heard(listener) if again] == [4]


def test_what_still_waits_is_moved_to_its_place_and_comes_once(
    talk: Pond, listener: Listener, clock: FixedClock
) -> None:
    """The first call arrived, the second was refused for good, the third waits: all come in the order they happened."""
    hook = subscribe(talk, listener)
    since = clock.now()
    listener.answers = [(200, ""), (404, "no"), (503, "down")]
    resize(talk, "Acme", 2, 3, 4)
    run(talk)
    listener.heard.clear()
    talk.create("webhook_replay", "boss", webhook=hook, since=since.isoformat())
    run(talk)
    assert [(size, again) for _record, size, again in heard(listener)] == [(2, True), (3, True), (4, False)]
    clock.advance(hours=1)
    run(talk)
    assert len(listener.heard) == 3


def test_what_happens_meanwhile_comes_after_it_and_once(
    talk: Pond, listener: Listener, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replay waits until the other system has taken some of it; a change in between waits for the replay."""
    monkeypatch.setattr(replaying, "PORTION", 3)
    monkeypatch.setattr(replaying, "MOST_WAITING", 2)
    hook = subscribe(talk, listener)
    since = clock.now()
    resize(talk, "Acme", *range(2, 8))
    run(talk)
    listener.heard.clear()
    listener.answers = [(503, "down")]
    replay = talk.create("webhook_replay", "boss", webhook=hook, since=since.isoformat())
    run(talk)
    assert talk.read("webhook_replay", replay)["status"] == "running"
    resize(talk, "Acme", 8)
    run(talk)
    for _minute in range(6):
        clock.advance(minutes=2)
        run(talk)
    assert [size for _record, size, _again in heard(listener)] == [2, *range(2, 9)]
    assert talk.read("webhook_replay", replay)["status"] == "done"
    assert all(each["status"] == "delivered" for each in talk.find("webhook_delivery"))


def test_it_is_stopped_and_goes_on_where_it_stood(
    talk: Pond, listener: Listener, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "PORTION", 2)
    monkeypatch.setattr(replaying, "MOST_WAITING", 1)
    hook = subscribe(talk, listener)
    since = clock.now()
    resize(talk, "Acme", 2, 3, 4)
    run(talk)
    listener.heard.clear()
    listener.answers = [(503, "down")]
    replay = talk.create("webhook_replay", "boss", webhook=hook, since=since.isoformat())
    run(talk)
    talk.change("webhook_replay", replay, "boss", status="stopped")
    for _minute in range(4):
        clock.advance(minutes=2)
        run(talk)
    stopped = talk.read("webhook_replay", replay)
    assert (stopped["status"], stopped["sent"]) == ("stopped", 1)
    resize(talk, "Acme", 9)
    run(talk)
    assert heard(listener)[-1][1:] == (9, False)
    talk.change("webhook_replay", replay, "boss", status="running")
    for _minute in range(6):
        clock.advance(minutes=2)
        run(talk)
    assert [size for _record, size, again in heard(listener) if again] == [2, 2, 3, 4, 9]


def test_what_is_not_kept_any_more_is_said(talk: Pond, listener: Listener, clock: FixedClock) -> None:
    hook = subscribe(talk, listener)
    resize(talk, "Acme", 2)
    run(talk)
    long_ago = clock.now() - timedelta(days=400)
    replay = talk.create("webhook_replay", "boss", webhook=hook, since=long_ago.isoformat())
    run(talk)
    assert "Events are kept for 30 days" in talk.read("webhook_replay", replay)["note"]
    with pytest.raises(InvalidInput):
        talk.create("webhook_replay", "boss", webhook=hook)
    with pytest.raises(InvalidInput):
        talk.create("webhook_replay", "boss", webhook=hook, since=long_ago.isoformat(), after="0" * 36)


def test_the_condition_is_about_the_record_as_it_was_after_the_change(
    world: Callable[[str], Pond], database_url: str, listener: Listener, clock: FixedClock
) -> None:
    """Changed again, moved to somebody else and deleted before the event is handed on; and the same when sent again."""
    talk = world(database_url)
    hook = subscribe(talk, listener, condition='size > 10 and name == "Acme" and owner.name == "Sam"')
    since = clock.now()
    resize(talk, "Acme", 15, 5, 25)
    talk.change("x_client", talk.ids["Acme"], "boss", name="Acme Ltd", owner=talk.ids["sol"])
    talk.change("x_client", talk.ids["Acme"], "boss", size=30)
    with talk.unit("boss") as unit:
        access = talk.workspace.access(unit.actor)
        talk.workspace.writer.delete(unit, access, "x_client", talk.ids["Acme"], version=None)
    run(talk)
    assert [size for _record, size, _again in heard(listener)] == [15, 25]
    talk.create("webhook_replay", "boss", webhook=hook, since=since.isoformat())
    run(talk)
    assert [size for _record, size, again in heard(listener) if again] == [15, 25]
