"""In charge of `tenon worker`: what is due is done without a server, for one workspace or an installation of many."""

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from samples import workspaces
from tenon.actors import Actor
from tenon.cli.main import tenon
from tenon.clock import SystemClock
from tenon.database import UnitOfWork
from tenon.jobs import Job, outbox


@pytest.fixture
def acme(trial_folder: Path, tmp_path: Path) -> Path:
    """A copy of the trial workspace, whose events nobody has handed on yet."""
    folder = tmp_path / "all" / "acme"
    shutil.copytree(trial_folder, folder)
    own = folder / "workspace.yaml"
    own.write_text(own.read_text() + "settings: {database_url: 'sqlite:///trial.sqlite'}\n")
    return folder


def _call(folder: Path, *arguments: str) -> str:
    return CliRunner(env={"LANG": "en_GB.UTF-8"}).invoke(tenon, ["-w", str(folder), *arguments]).output


def _emit(folder: Path, *jobs: Job) -> None:
    database = workspaces.database_of(folder)
    with database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=SystemClock().now())
        for job in jobs:
            unit.emit(job)
        outbox.write(unit)
    database.close()


def _waiting_events(folder: Path) -> int:
    database = workspaces.database_of(folder)
    with database.reading() as connection:
        query = sa.select(sa.func.count()).where(outbox.OUTBOX.c.status == "waiting")
        found: int = connection.execute(query)[0][0]
    database.close()
    return found


def test_once_does_what_is_due_and_ends(acme: Path) -> None:
    assert _waiting_events(acme)
    assert "Trial Ltd: " in _call(acme, "worker", "--once")
    assert _waiting_events(acme) == 0


def test_in_an_installation_all_workspaces_are_served_and_one_that_is_broken_does_not_stop_the_others(
    acme: Path,
) -> None:
    (acme.parent / "installation.yaml").write_text("workspaces: {gone: {prefix: /gone}, acme: {prefix: /acme}}")
    assert "Trial Ltd: " in _call(acme.parent, "worker", "--once")
    assert _waiting_events(acme) == 0


def test_the_doctor_tells_of_work_that_rests_or_is_late(acme: Path) -> None:
    _call(acme, "worker", "--once")
    _emit(acme, Job(name="forgotten"))
    found = json.loads(_call(acme, "--json", "doctor"))
    jobs = [finding for finding in found if finding["name"] == "jobs"]
    assert [finding["good"] for finding in jobs] == [True]
    assert "1 job(s) waiting, 0 at rest after failing" in jobs[0]["text"]
    database = workspaces.database_of(acme)
    with database.writing() as connection:
        connection.write(sa.update(outbox.JOBS).where(outbox.JOBS.c.name == "forgotten").values(status="dead"))
    database.close()
    jobs = [finding for finding in json.loads(_call(acme, "--json", "doctor")) if finding["name"] == "jobs"]
    assert [finding["good"] for finding in jobs] == [False]
    assert "/console" in jobs[0]["hint"]


def test_a_redis_that_is_no_address_or_does_not_answer_is_told_of(acme: Path) -> None:
    own = acme / "workspace.yaml"
    text = own.read_text()
    own.write_text(text.replace("settings: {", "settings: {redis_url: 'nowhere', "))
    assert "The address of Redis is not one we can use." in _call(acme, "worker", "--once")
    own.write_text(text.replace("settings: {", "settings: {redis_url: 'unix:///nowhere/redis.sock', "))
    found = json.loads(_call(acme, "--json", "doctor"))
    assert [finding["text"] for finding in found if finding["name"] == "redis"] == [
        "Redis does not answer; jobs are done more slowly without it"
    ]
    assert "Trial Ltd: " in _call(acme, "worker", "--once")
    assert _waiting_events(acme) == 0
