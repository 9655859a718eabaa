"""In charge of events on their way: written with the change, handed on after it, at least once, in order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import Cause, Database, UnitOfWork
from tenon.ids import new_id
from tenon.jobs import Event, Relay, outbox
from tenon.schema import SYSTEM_TABLES, install

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
OUTBOX = SYSTEM_TABLES["outbox"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    with database.writing() as connection:
        install(connection)
    yield database
    database.close()


def _event(name: str, cause: Cause | None = None) -> Event:
    return Event(
        kind="record.created",
        entity="account",
        record_id=new_id(),
        version=1,
        at=NOW,
        actor_id=None,
        data={"name": name},
        cause=cause,
    )


def _emit(database: Database, *events: Event) -> None:
    with database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=NOW)
        for event in events:
            unit.emit(event)
        outbox.write(unit)
        assert unit.events == []


def _states(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return connection.execute(sa.select(OUTBOX.c.status, OUTBOX.c.attempts, OUTBOX.c.error).order_by(OUTBOX.c.id))


def test_events_are_told_to_everyone_in_order_and_once(database: Database) -> None:
    events = [_event(str(number)) for number in range(120)]
    _emit(database, *events)
    first: list[Event] = []
    second: list[Event] = []
    relay = Relay(database, FixedClock(NOW), [first.append, second.append])
    assert relay.run_once() == 120
    assert relay.run_once() == 0
    assert first == second == events
    assert {state[0] for state in _states(database)} == {"done"}


def test_the_chain_of_causes_travels_along(database: Database) -> None:
    event = _event("x", Cause(new_id(), 3))
    _emit(database, event)
    told: list[Event] = []
    Relay(database, FixedClock(NOW), [told.append]).run_once()
    assert told == [event]
    assert told[0].cause == event.cause


def test_what_was_rolled_back_is_never_told(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=NOW)
            unit.emit(_event("x"))
            outbox.write(unit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    told: list[Event] = []
    assert Relay(database, FixedClock(NOW), [told.append]).run_once() == 0
    assert told == []


def test_a_failing_subscriber_hears_again_later_and_then_rests(database: Database) -> None:
    _emit(database, _event("x"))
    clock, heard = FixedClock(NOW), []

    def fail(event: Event) -> None:
        heard.append(event)
        raise ValueError("no")

    relay = Relay(database, clock, [fail])
    relay.run_once()
    relay.run_once()
    assert len(heard) == 1
    assert _states(database) == [("waiting", 1, "ValueError: no")]
    for _attempt in range(10):
        clock.advance(hours=4)
        relay.run_once()
    assert len(heard) == 6
    assert _states(database) == [("dead", 6, "ValueError: no")]


def test_a_failure_does_not_hold_up_the_others(database: Database) -> None:
    _emit(database, _event("bad"), _event("good"))
    told: list[str] = []

    def tell(event: Event) -> None:
        if event.data["name"] == "bad":
            raise ValueError
        told.append(event.data["name"])

    Relay(database, FixedClock(NOW), [tell]).run_once()
    assert told == ["good"]


def test_what_a_dead_process_took_is_told_by_another(database: Database) -> None:
    _emit(database, _event("x"))
    clock, told = FixedClock(NOW), []

    class Killed(BaseException):
        pass

    def die(event: Event) -> None:
        raise Killed

    with pytest.raises(Killed):
        Relay(database, clock, [die]).run_once()
    survivor = Relay(database, clock, [told.append])
    assert survivor.run_once() == 0
    clock.advance(minutes=6)
    assert survivor.run_once() == 1
    assert len(told) == 1


def test_a_woken_relay_works_in_its_own_thread(database: Database) -> None:
    from threading import Event as Signal

    done = Signal()
    relay = Relay(database, FixedClock(NOW), [lambda event: done.set()]).start(every=600)
    try:
        _emit(database, _event("x"))
        relay.wake()
        assert done.wait(30)
    finally:
        relay.stop()
    assert _states(database) == [("done", 1, None)]
