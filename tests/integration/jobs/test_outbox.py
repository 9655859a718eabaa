"""In charge of events on their way: written with the change, handed on after it, in order, what comes of it once."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from samples.jobs import JOBS, OUTBOX, Killed, Office, event
from tenon.database import Cause, UnitOfWork
from tenon.ids import new_id
from tenon.jobs import Event, Job, Subscriber, managing, outbox


@pytest.fixture
def office(plain_office: Office) -> Office:
    return plain_office


def _states(office: Office) -> list[tuple[Any, ...]]:
    columns = OUTBOX.c
    return office.read(sa.select(columns.status, columns.attempts, columns.error).order_by(columns.id))


def _hearing(hear: Callable[[Event], object]) -> Subscriber:
    def subscriber(unit: UnitOfWork, event: Event) -> None:
        hear(event)

    return subscriber


def test_events_are_told_to_everyone_in_order_and_once(office: Office) -> None:
    events = [event(str(number)) for number in range(250)]
    office.emit(*events)
    first: list[Event] = []
    second: list[Event] = []
    office.publish(_hearing(first.append), _hearing(second.append))
    assert office.relay.run_once() == 250
    assert office.relay.run_once() == 0
    assert first == second == events
    assert {state[0] for state in _states(office)} == {"done"}


def test_the_chain_of_causes_travels_along(office: Office) -> None:
    wanted = event("x", Cause(new_id(), 3))
    office.emit(wanted)
    told: list[Event] = []
    causes: list[Cause | None] = []
    office.publish(lambda unit, event: told.append(event) or causes.append(unit.cause))
    office.relay.run_once()
    assert told == [wanted]
    assert told[0].cause == wanted.cause
    assert causes == [Cause(wanted.id, 4)]


def test_what_was_rolled_back_is_never_told(office: Office) -> None:
    def fail() -> None:
        with office.units.open("test") as unit:
            unit.emit(event("x"))
            outbox.write(unit)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    told: list[Event] = []
    office.publish(_hearing(told.append))
    assert office.relay.run_once() == 0
    assert told == []


def test_a_failing_subscriber_hears_again_later_and_then_rests(office: Office) -> None:
    office.emit(event("x"))
    heard: list[Event] = []

    def fail(event: Event) -> None:
        heard.append(event)
        raise ValueError("no")

    office.publish(_hearing(fail))
    office.relay.run_once()
    first = len(heard)
    office.relay.run_once()
    assert len(heard) == first
    assert _states(office) == [("waiting", 1, "ValueError: no")]
    for _attempt in range(10):
        office.clock.advance(hours=4)
        office.relay.run_once()
    assert _states(office) == [("dead", 6, "ValueError: no")]


def test_a_failure_does_not_hold_up_the_others_nor_leave_anything_behind(office: Office) -> None:
    office.emit(event("bad"), event("good"))

    def tell(unit: UnitOfWork, event: Event) -> None:
        unit.emit(Job(name=event.data["name"]))
        if event.data["name"] == "bad":
            raise ValueError

    office.publish(tell)
    office.relay.run_once()
    assert office.read(sa.select(JOBS.c.name)) == [("good",)]


def test_what_comes_of_an_event_comes_once_though_its_relay_dies(office: Office) -> None:
    def emit(unit: UnitOfWork, told: Event) -> None:
        unit.emit(Job(name="x"))

    def die(unit: UnitOfWork, told: Event) -> None:
        raise Killed

    office.emit(event("x"))
    office.publish(emit, die)
    with pytest.raises(Killed):
        office.relay.run_once()
    office.publish(emit)
    assert office.relay.run_once() == 1
    assert office.relay.run_once() == 0
    assert office.read(sa.select(JOBS.c.name)) == [("x",)]


def test_a_dead_event_is_handed_on_again_when_somebody_replays_it(office: Office) -> None:
    wanted = event("x")
    office.emit(wanted)
    office.publish(_hearing(lambda _event: 1 / 0))
    for _attempt in range(7):
        office.relay.run_once()
        office.clock.advance(hours=4)
    told: list[Event] = []
    office.publish(_hearing(told.append))
    assert office.relay.run_once() == 0
    with office.units.open("test") as unit:
        assert managing.replay_event(unit, wanted.id)
        assert not managing.replay_event(unit, wanted.id)
    assert office.relay.run_once() == 1
    assert told == [wanted]
