"""The promise about several server processes: what is published is seen by all at once, and nobody is turned away."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from factories.folder_bench import FolderBench, administrator
from samples.api_calls import EVERYTHING
from tenon.clock import SystemClock
from tenon.workspace import tokens

JOB = """
label: Job
title: name
owned: false
fields:
  name: {type: text}
  size: {type: text}
"""
WEIGHT = JOB.replace("size: {type: text}", "weight: {type: integer, was: [size]}")
JOB_FILE, TASK_FILE = "entities/x_job.yaml", "entities/x_task.yaml"
LIFE: list[tuple[dict[str, str | None], set[str]]] = [
    ({JOB_FILE: JOB + "  more: {type: integer}\n"}, {"size", "more"}),
    ({JOB_FILE: WEIGHT.replace("integer", "text")}, {"weight"}),
    ({JOB_FILE: WEIGHT}, {"weight"}),
    ({JOB_FILE: None, TASK_FILE: "was: [x_job]" + WEIGHT}, {"weight"}),
    ({TASK_FILE: "was: [x_job]" + JOB.replace("  size: {type: text}\n", "")}, set()),
]
"""The files of each change, and the fields there are afterwards.

A new field that goes again with the renaming of another, a type, the entity's own name, a removal.
"""


@dataclass
class Server:
    """A `tenon serve` of its own process."""

    port: int
    secret: str

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
            connection.request(
                method, f"/api/v1/{path}", body=None if body is None else json.dumps(body), headers=headers
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def fields(self) -> set[str]:
        """Of the one record everybody knows, without what every job has."""
        status, body = self.ask("GET", "x_job?where=" + quote('name == "first"'))
        assert status == 200, body
        system = {"id", "version", "created_at", "created_by", "changed_at", "changed_by", "deleted_at"}
        return {name for name in body["records"][0] if name not in system | {"name"}}


@dataclass
class Load:
    """Callers who read and write without a pause until they are told to stop; `failed` is what went wrong."""

    servers: list[Server]
    failed: list[Any] = field(default_factory=list)
    done: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, server: Server) -> None:
        while not self.over.is_set():
            for method, path, body in (
                ("POST", "x_job", {"name": "another"}),
                ("GET", "x_job?select=name&limit=5", None),
            ):
                status, answer = server.ask(method, path, body)
                self.done += 1
                if status not in (200, 201):
                    self.failed.append((method, path, status, answer))

    @contextmanager
    def through(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.run, args=(server,)) for server in self.servers]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join()


@contextmanager
def served(bench: FolderBench, secret: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "tenon.cli", "-w", str(bench.folder), "serve", "--port", "0", "--threads", "4"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TENON_DATABASE_URL": bench.url, "COLUMNS": "200", "LANG": "en_GB.UTF-8"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
        assert found, line + process.stdout.read()
        yield Server(int(found.group(1)), secret)
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture
def bench(tmp_path: Path, fresh_postgres_url: str) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", fresh_postgres_url, SystemClock())
    made.publish({"entities/x_job.yaml": JOB})
    made.create("x_job", name="first", size="17")
    yield made
    made.close()


@pytest.fixture
def secret(bench: FolderBench) -> str:
    with bench.open() as workspace:
        person, now = administrator(workspace), workspace.now()
        with workspace.database.writing() as connection:
            return tokens.create_token(connection, person, "load", EVERYTHING, now, now + timedelta(days=1))[1]


def test_a_change_is_seen_by_both_servers_at_their_next_request_and_no_request_fails(
    bench: FolderBench, secret: str
) -> None:
    with served(bench, secret) as one, served(bench, secret) as two:
        assert one.fields() == two.fields() == {"size"}
        load = Load([one, two])
        with load.through():
            for files, fields in LIFE:
                bench.publish(files)
                assert (one.fields(), two.fields()) == (fields, fields)
        assert load.failed == []
        assert load.done >= len(LIFE)
