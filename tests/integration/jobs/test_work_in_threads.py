"""In charge of the threads that do the work: woken by a commit, interrupted when over time, silent when they leave."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from samples.jobs import LEDGER, NOW, Office, event, note, noting
from tenon.clock import SystemClock
from tenon.database import UnitOfWork
from tenon.jobs import Duty, Holding, Job, Outside, health, purge
from tenon.jobs.holding import WORKERS
from tenon.workspace.crew import Crew

PATIENCE = 60.0


class Told:
    """A duty that tells the test that it was done."""

    def __init__(self, wanted: int = 1) -> None:
        self.left = wanted
        self.done = threading.Event()

    def __call__(self, unit: UnitOfWork, job: Job) -> None:
        unit.after_commit(self.count)

    def count(self) -> None:
        self.left -= 1
        if not self.left:
            self.done.set()


def awaited(holds: Callable[[], bool]) -> bool:
    """As soon as it is so."""
    moment = threading.Event()
    return any(holds() or moment.wait(0.02) for _attempt in range(int(PATIENCE / 0.02)))


def test_a_commit_wakes_relay_and_workers(emptied_url: str, empty_redis_url: str) -> None:
    for redis_url in ("", empty_redis_url):
        office, told = Office(emptied_url, redis_url, SystemClock(), empty=True), Told(20)
        office.publish(
            lambda unit, heard: unit.emit(Job(name="told", line=heard.data["name"])), told=Duty(perform=told)
        )
        office.background.start("worker", 2)
        office.emit(*(event(str(number % 3)) for number in range(20)))
        assert told.done.wait(PATIENCE)
        office.close()


def test_a_server_with_redis_leaves_the_work_to_workers(emptied_url: str, empty_redis_url: str) -> None:
    server, told = Office(emptied_url, empty_redis_url, SystemClock(), empty=True), Told()
    server.publish(told=Duty(perform=told))
    server.background.start("embedded", 2)
    server.emit(Job(name="told"))
    worker = Office(emptied_url, empty_redis_url, SystemClock())
    worker.publish(told=Duty(perform=told))
    assert "worker" not in " ".join(thread.name for thread in threading.enumerate() if thread.name.startswith("tenon"))
    worker.background.start("worker", 1)
    assert told.done.wait(PATIENCE)
    worker.close()
    server.close()


def test_tools_of_rq_see_the_worker_while_it_works(emptied_url: str, empty_redis_url: str) -> None:
    from redis import Redis
    from rq import Queue, Worker

    office, told = Office(emptied_url, empty_redis_url, SystemClock(), empty=True), Told()
    office.publish(told=Duty(perform=told))
    office.background.start("worker", 1)
    with Redis.from_url(empty_redis_url) as client:
        assert awaited(lambda: [one.get_state() for one in Worker.all(connection=client)] == ["idle"])
        (worker,) = Worker.all(connection=client)
        assert {name.rpartition(":")[2] for name in worker.queue_names()} == {"urgent", "usual", "patient"}
        assert worker.last_heartbeat is not None
        office.emit(Job(name="told"))
        assert told.done.wait(PATIENCE)
        assert Queue(worker.queue_names()[0], connection=client).count == 0
        office.close()
        assert Worker.all(connection=client) == []


def test_without_redis_for_a_while_workers_ask_the_database(sqlite_url: str) -> None:
    office = Office(sqlite_url, "unix:///nowhere/redis.sock")
    office.publish(noting=Duty(perform=noting))
    office.emit(Job(name="noting"))
    office.run_due()
    assert office.effects == ["noting"]
    office.close()


def test_what_redis_has_forgotten_is_carried_again(emptied_url: str, empty_redis_url: str) -> None:
    from redis import Redis

    office = Office(emptied_url, empty_redis_url, empty=True)
    office.publish(noting=Duty(perform=noting))
    dispatcher = office.background._dispatcher
    assert dispatcher is not None
    office.emit(*(Job(name="noting") for _number in range(3)))
    assert dispatcher.run_once() == 3
    with Redis.from_url(empty_redis_url) as client:
        assert client.keys("rq:queue:tenon:*")
        client.flushdb()
    assert (office.run_due(), office.effects) == (0, [])
    office.pass_time(seconds=61)
    assert len(office.effects) == 3
    office.close()


def test_a_duty_over_its_time_is_interrupted_and_tried_again(plain_office: Office) -> None:
    office, begun = plain_office, threading.Event()

    def hang(unit: UnitOfWork, job: Job) -> None:
        note(unit, f"attempt {job.attempts}")
        begun.set()
        while job.attempts == 1:
            pass

    office.publish(it=Duty(perform=hang, time_limit=timedelta(seconds=30)))
    office.emit(Job(name="it"))
    stuck: list[int] = []
    thread = threading.Thread(target=office.worker().work_once)
    thread.start()
    assert begun.wait(PATIENCE)
    office.holding._interrupt(office.clock.now() + timedelta(seconds=29))
    assert thread.is_alive()
    stuck += office.holding._interrupt(office.clock.now() + timedelta(seconds=30))
    thread.join(PATIENCE)
    assert stuck == [thread.ident]
    assert office.jobs("status", "reason") == [
        (
            "waiting",
            {"en": "It took longer than the 30 seconds it may take.", "zh-CN": "执行时间超过允许的 30 秒。"},
        )
    ]
    office.pass_time(seconds=5)
    assert office.effects == ["attempt 2"]


def test_a_call_over_its_time_is_unknown_unless_it_may_be_repeated(plain_office: Office) -> None:
    office = plain_office
    begun = threading.Event()

    def call() -> None:
        begun.set()
        while True:
            pass

    def of(repeatable: bool) -> Duty:
        return Duty(perform=lambda unit, job: Outside(call=call, settle=lambda unit, _: None, repeatable=repeatable))

    office.publish(once=of(False), often=of(True))
    for name, status in (("once", "dead"), ("often", "waiting")):
        begun.clear()
        office.emit(Job(name=name))
        thread = threading.Thread(target=office.worker().work_once)
        thread.start()
        assert begun.wait(PATIENCE)
        office.clock.advance(minutes=6)
        office.holding.look()
        thread.join(PATIENCE)
        assert office.statuses()[-1] == status


def test_leases_are_renewed_while_the_work_goes_on(plain_office: Office) -> None:
    office, begun, end = plain_office, threading.Event(), threading.Event()

    def work(unit: UnitOfWork, job: Job) -> Outside[None]:
        return Outside(call=wait, settle=lambda unit, _: note(unit, "settled"), repeatable=False)

    def wait() -> None:
        begun.set()
        assert end.wait(PATIENCE)

    office.publish(it=Duty(perform=work))
    office.emit(Job(name="it"))
    thread = threading.Thread(target=office.worker().work_once)
    thread.start()
    assert begun.wait(PATIENCE)
    for _beat in range(8):
        office.clock.advance(seconds=20)
        office.holding.look()
        assert not office.worker().work_once()
    end.set()
    thread.join(PATIENCE)
    assert (office.effects, office.statuses()) == (["settled"], ["done"])


def test_workers_are_seen_and_take_their_leave(plain_office: Office) -> None:
    office = plain_office
    first, second = (Holding(office.units, name, "worker") for name in ("first", "second"))
    first.look()
    second.look()
    with office.database.reading() as connection:
        assert health(connection, NOW).workers == 2
    office.clock.advance(minutes=3)
    second.look()
    with office.database.reading() as connection:
        assert health(connection, office.clock.now()).workers == 1
    second.leave()
    assert office.read(sa.select(WORKERS.c.name)) == [("first",)]


def test_health_tells_what_is_late_dead_or_stuck(plain_office: Office) -> None:
    office = plain_office

    def healthy() -> tuple[object, ...]:
        now = office.clock.now()
        with office.database.reading() as connection:
            found = health(connection, now)
        return found.waiting, found.dead, found.stuck, found.wait(now), found.needs_care(now)

    assert healthy() == (0, 0, 0, timedelta(), False)
    later = NOW + timedelta(hours=1)
    office.emit(Job(name="it", line="a"), Job(name="it", line="a"), Job(name="it", due=later))
    office.clock.advance(minutes=4)
    assert healthy() == (3, 0, 0, timedelta(minutes=4), False)
    office.clock.advance(minutes=2)
    assert healthy() == (3, 0, 0, timedelta(minutes=6), True)

    def die(unit: UnitOfWork, job: Job) -> None:
        raise SystemExit

    office.publish(it=Duty(perform=die, attempts=1))
    with pytest.raises(SystemExit):
        office.run_due()
    office.clock.advance(seconds=90)
    assert healthy()[2] == 1
    office.publish(it=Duty(perform=noting, attempts=1))
    office.run_due()
    assert healthy() == (1, 1, 0, timedelta(), True)


def test_what_is_finished_is_forgotten_after_a_while_and_the_dead_are_not(plain_office: Office) -> None:
    office = plain_office
    office.publish(noting=Duty(perform=noting), bad=Duty(perform=lambda unit, job: 1 / 0, attempts=1))  # type: ignore[arg-type,return-value]
    office.emit(Job(name="noting"), Job(name="bad"), event("x"), Job(name="noting", due=NOW + timedelta(days=40)))
    office.run_due()
    assert purge(office.units, datetime(2026, 3, 14, tzinfo=UTC)) == 0
    assert purge(office.units, datetime(2026, 3, 15, tzinfo=UTC)) == 2
    assert office.statuses() == ["dead", "waiting"]
    assert len(office.read(sa.select(LEDGER.c.effect))) == 1


def test_a_thread_that_hangs_is_replaced_and_not_waited_for() -> None:
    crew, hanging, working, end = Crew(), threading.Event(), threading.Event(), threading.Event()

    def work() -> bool:
        if not hanging.is_set():
            hanging.set()
            assert end.wait(PATIENCE)
        else:
            working.set()
        return False

    crew.begin("worker", work, replaceable=True)
    assert hanging.wait(PATIENCE)
    (hung,) = [thread for thread in threading.enumerate() if thread.name == "tenon-worker"]
    assert hung.ident is not None
    crew.replace(hung.ident)
    assert working.wait(PATIENCE)
    crew.stop()
    assert hung.is_alive()
    end.set()
    hung.join(PATIENCE)
    assert not hung.is_alive()


def test_what_fails_does_not_end_its_thread_nor_the_others() -> None:
    crew, failed, working = Crew(), threading.Event(), threading.Event()

    def fail() -> bool:
        failed.set()
        raise ValueError("no")

    crew.begin("failing", fail)
    assert failed.wait(PATIENCE)
    crew.begin("working", working.set)
    assert working.wait(PATIENCE)
    assert [thread.name for thread in threading.enumerate() if thread.name == "tenon-failing"]
    crew.stop()
    assert not crew.is_working
