"""In charge of measuring the work in the background: events through relay and workers, the wait of a single one, and
workers that are killed all the time."""

import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from samples.jobs import Office, event, noting
from samples.killing import run
from services import redis
from tenon.clock import SystemClock
from tenon.database import UnitOfWork
from tenon.jobs import Duty, Event, Job

EVENTS, SINGLE, KILLED, WORKERS = 5_000, 200, 10_000, 4
Times = dict[str, tuple[float, float]]


def events(url: str, folder: Path) -> Times:
    """Each event makes a job, each job a row: straight from the database, then carried by Redis."""
    times: Times = {}
    with _redis(folder) as redis_url:
        for name, carried in (("from the database", ""), ("carried by Redis", redis_url)):
            times |= _many(url, carried, name) | _single(url, carried, name)
    return times


def killing(url: str, folder: Path) -> str:
    """What came of ten thousand jobs whose workers were killed at random; raises when an effect is lost or doubled."""
    said = []
    with _redis(folder) as redis_url:
        for name, carried in (("from the database", ""), ("carried by Redis", redis_url)):
            (folder / name).mkdir()
            office = Office(url, carried, empty=True)
            office.close()
            outcome = run(
                url, carried, folder / name, jobs=KILLED, workers=WORKERS, seed=11, pause=(0.02, 0.25), patience=1800.0
            )
            assert outcome.is_right, outcome
            said.append(f"{name}: {outcome}")
    return "\n".join(said)


def _many(url: str, redis_url: str, name: str) -> Times:
    office, told = _office(url, redis_url), _Told(EVENTS)
    office.publish(_hear, noting=Duty(perform=told))
    for start in range(0, EVENTS, 500):
        office.emit(*(event(str(number)) for number in range(start, start + 500)))
    began, used = time.perf_counter(), time.process_time()
    office.background.start("worker", 2)
    assert told.done.wait(600)
    took = time.perf_counter() - began, time.process_time() - used
    office.close()
    return {f"{EVENTS:,} events and their jobs, {name} ({EVENTS / took[0]:,.0f} a second)": took}


def _single(url: str, redis_url: str, name: str) -> Times:
    """From the commit of a change to the commit of what came of it; one at a time."""
    office = _office(url, redis_url)
    waits: list[float] = []
    told = _Told(1)
    office.publish(_hear, noting=Duty(perform=told))
    office.background.start("worker", 2)
    used = time.process_time()
    for number in range(SINGLE):
        told.expect(1)
        office.emit(event(str(number)))
        began = time.perf_counter()
        assert told.done.wait(60)
        waits.append(time.perf_counter() - began)
    used = time.process_time() - used
    office.close()
    median, slow = statistics.median(waits) * 1000, statistics.quantiles(waits, n=20)[-1] * 1000
    return {
        f"{SINGLE} single events, {name} (commit to end: median {median:.1f} ms, p95 {slow:.1f} ms)": (sum(waits), used)
    }


class _Told:
    def __init__(self, wanted: int) -> None:
        self.left = wanted
        self.done = threading.Event()
        self._lock = threading.Lock()

    def expect(self, wanted: int) -> None:
        self.left = wanted
        self.done.clear()

    def __call__(self, unit: UnitOfWork, job: Job) -> None:
        noting(unit, job)
        unit.after_commit(self._count)

    def _count(self) -> None:
        with self._lock:
            self.left -= 1
        if not self.left:
            self.done.set()


def _hear(unit: UnitOfWork, told: Event) -> None:
    unit.emit(Job(name="noting", key=told.id, payload={"effect": told.data["name"]}))


def _office(url: str, redis_url: str) -> Office:
    return Office(url, redis_url, SystemClock(), empty=True)


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """A server of its own, which ends with the measurement."""
    place = folder / "redis"
    place.mkdir()
    address = redis.start(place)
    try:
        yield address
    finally:
        os.kill(int((place / "redis.pid").read_text()), signal.SIGTERM)
