"""In charge of measuring: contenders take turns in small rounds, so that noise of the machine hits all of them."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.calling import Application, send

ROUND = 20
"""Requests of one contender before the next one's turn."""

Requests = Iterator[dict[str, Any]]
Backends = Callable[[], Sequence[int]]


@dataclass
class Figures:
    """Of one contender and one task. Times are in nanoseconds."""

    times: list[int] = field(default_factory=list)
    own: int = 0
    """CPU time of this process; on SQLite the database's work is within."""
    database: int = 0
    """CPU time of the database's processes; 0 where the system does not tell."""

    @property
    def rate(self) -> float:
        """Requests per second, one after the other."""
        return len(self.times) / (sum(self.times) / 1e9)

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] / 1e6

    @property
    def own_each(self) -> float:
        """In microseconds."""
        return self.own / len(self.times) / 1e3

    @property
    def database_each(self) -> float:
        return self.database / len(self.times) / 1e3


def race(
    contenders: Mapping[str, tuple[Application, Requests]], seconds: float, backends: Backends
) -> dict[str, Figures]:
    """Everybody runs his requests for `seconds` of his own time, after a warm-up."""
    for application, requests in contenders.values():
        for _ in range(ROUND):
            send(application, next(requests))
    found = {name: Figures() for name in contenders}
    processes = tuple(backends())
    while min(sum(figures.times) for figures in found.values()) < seconds * 1e9:
        for name, (application, requests) in contenders.items():
            _round(application, [next(requests) for _ in range(ROUND)], found[name], processes)
    return found


def _round(
    application: Application, environs: list[dict[str, Any]], figures: Figures, processes: Sequence[int]
) -> None:
    clock, times = time.perf_counter_ns, figures.times
    own, database = time.process_time_ns(), _cpu(processes)
    for environ in environs:
        started = clock()
        send(application, environ)
        times.append(clock() - started)
    figures.own += time.process_time_ns() - own
    figures.database += _cpu(processes) - database


def _cpu(processes: Sequence[int]) -> int:
    """Nanoseconds on a CPU, as Linux counts them."""
    total = 0
    for process in processes:
        try:
            total += int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
        except OSError:
            return 0
    return total
