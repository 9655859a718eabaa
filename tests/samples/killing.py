"""In charge of worker processes that are killed again and again, and of counting what came of their jobs.

Each job writes one row into a ledger of effects that allows doubles, and every tenth has an effect outside the
database: a line in a file. As a program: `python killing.py <database> <redis or ""> <folder>` is one such worker.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
LINES = 7
RUSH = 60.0
"""The workers' clock runs so many times as fast: a lease of a minute is over after a second."""


class RushingClock:
    """Shared by all processes, since it starts at one instant known to all."""

    def now(self) -> datetime:
        passed = time.time() - _START
        return datetime.fromtimestamp(_START + passed * RUSH, UTC)


_START = 1_790_000_000.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    jobs: int
    kills: int
    seconds: float
    statuses: dict[str, int]
    missing: int
    doubled: int
    sent_twice: int
    out_of_order: int

    @property
    def is_right(self) -> bool:
        wrong = self.missing or self.doubled or self.sent_twice or self.out_of_order
        return not wrong and set(self.statuses) <= {"done", "dead"}


def run(
    database_url: str,
    redis_url: str,
    folder: Path,
    *,
    jobs: int,
    workers: int,
    seed: int,
    pause: tuple[float, float],
    patience: float,
    tell: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """Emit so many jobs, killing a worker after each portion and until all are at rest, and count.

    However fast the machine, there are at least as many kills as portions, each `pause` seconds after its portion.
    """
    office = _office(database_url, redis_url, folder)
    chance, kills = random.Random(seed), 0
    started = time.monotonic()
    try:
        with _nursery(database_url, redis_url, folder, workers) as kill:
            portions = _portions(jobs)
            while time.monotonic() - started < patience:
                if portion := next(portions, ()):
                    office.emit(*portion)
                elif not (left := _unfinished(office)):
                    break
                else:
                    tell(f"{left} left after {time.monotonic() - started:.0f} s")
                time.sleep(chance.uniform(*pause))
                kill(chance.randrange(workers))
                kills += 1
        return _counted(office, folder, jobs, kills, time.monotonic() - started)
    finally:
        office.close()


def _portions(jobs: int) -> Iterator[list[Any]]:
    from samples.jobs import event

    size = min(500, max(1, jobs // 5))
    for start in range(0, jobs, size):
        yield [event(str(number)) for number in range(start, min(jobs, start + size))]


def _office(database_url: str, redis_url: str, folder: Path) -> Any:
    from samples.jobs import Office, note
    from tenon.database import UnitOfWork
    from tenon.jobs import Duty, Event, Job, Outside

    def hear(unit: UnitOfWork, told: Event) -> None:
        number = int(told.data["name"])
        name = "send" if number % 10 == 9 else "write"
        line = f"line {number % LINES}" if number % 2 else None
        unit.emit(Job(name=name, key=told.id, line=line, payload={"number": number}))

    def write(unit: UnitOfWork, job: Job) -> None:
        note(unit, f"write {job.payload['number']}")

    def send(unit: UnitOfWork, job: Job) -> Outside[None]:
        number = job.payload["number"]

        def call() -> None:
            with (folder / "sent").open("a") as letters:
                letters.write(f"{number}\n")

        return Outside(call=call, settle=lambda unit, _: note(unit, f"send {number}"), repeatable=False)

    office = Office(database_url, redis_url, RushingClock())
    office.publish(hear, write=Duty(perform=write, attempts=1000), send=Duty(perform=send, attempts=1000))
    return office


@contextmanager
def _nursery(database_url: str, redis_url: str, folder: Path, workers: int) -> Iterator[Callable[[int], None]]:
    """A process that makes workers and, told a place, kills the worker there and puts a new one into it."""
    path = os.pathsep.join((str(ROOT / "platform"), str(ROOT / "tests")))
    with (
        (folder / "log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, __file__, *map(str, (database_url, redis_url, folder, workers))],
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            bufsize=1,
        ) as nursery,
    ):
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        told, heard = nursery.stdin, nursery.stdout

        def hear() -> None:
            assert heard.readline() == "ready\n", (folder / "log").read_text()

        def kill(place: int) -> None:
            told.write(f"{place}\n")
            hear()

        hear()
        try:
            yield kill
        finally:
            told.close()
            nursery.wait()


def _unfinished(office: Any) -> int:
    from tenon.jobs import health

    with office.database.reading() as connection:
        found = health(connection, office.clock.now())
    return found.waiting + found.running + found.events_waiting


def _counted(office: Any, folder: Path, jobs: int, kills: int, seconds: float) -> Outcome:
    """A letter whose end nobody knows rests as dead: it is no effect that is missing."""
    effects = Counter(office.effects)
    letters = folder / "sent"
    sent = Counter(letters.read_text().split() if letters.exists() else [])
    statuses = Counter(office.statuses())
    rows = office.jobs("status", "payload")
    done = {
        ("send " if row[1]["number"] % 10 == 9 else "write ") + str(row[1]["number"])
        for row in rows
        if row[0] == "done"
    }
    dead = [row[1]["number"] for row in rows if row[0] == "dead"]
    order: dict[int, list[int]] = {}
    for effect in office.effects:
        number = int(effect.split()[1])
        if number % 2:
            order.setdefault(number % LINES, []).append(number)
    return Outcome(
        jobs=jobs,
        kills=kills,
        seconds=seconds,
        statuses=dict(statuses),
        missing=len(done - set(effects)) + (jobs - len(rows)) + sum(number % 10 != 9 for number in dead),
        doubled=sum(count - 1 for count in effects.values()),
        sent_twice=sum(count - 1 for count in sent.values()),
        out_of_order=sum(numbers != sorted(numbers) for numbers in order.values()),
    )


def _nurse() -> None:
    """Everything is loaded once; each worker is a copy of this process, made before it has a thread or connection."""
    import tenon.workspace.background  # noqa: F401

    database_url, redis_url, folder, workers = sys.argv[1:]

    def make() -> int:
        return os.fork() or _work(database_url, redis_url, Path(folder))

    crew = [make() for _number in range(int(workers))]
    _tell_ready()
    for line in sys.stdin:
        _kill(crew[int(line)])
        crew[int(line)] = make()
        _tell_ready()
    for process in crew:
        _kill(process)


def _tell_ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)


def _work(database_url: str, redis_url: str, folder: Path) -> NoReturn:
    office = _office(database_url, redis_url, folder)
    office.background.start("worker", 2)
    while True:
        signal.pause()


if __name__ == "__main__":
    _nurse()
