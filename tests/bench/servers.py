"""In charge of a PostgreSQL server for the bench: the tests' own, private and ended with the process."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from services import postgres
from services.postgres import fresh_database
from services.run import Run, held


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database of this kind."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite'}"
        return
    with _server() as address:
        server = make_url(address).set(drivername="postgresql+psycopg")
        with fresh_database(server, "tenon_bench") as url:
            yield url


@contextmanager
def _server() -> Iterator[str]:
    """`TENON_TEST_POSTGRES_URL`, else a private one whose keeper stops it when this process ends, however it ends."""
    given = os.environ.get("TENON_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="tenon-bench-"))
    folder.chmod(0o711)  # PostgreSQL may run as another user below it
    with (folder / "alive").open("w") as life_line:
        fcntl.lockf(life_line, fcntl.LOCK_EX)
        yield Run(folder, "gw0").start_once("postgres", postgres.start)
    if (folder / "keeper.started").exists():
        with held(folder / "keeper.working"):
            pass  # the keeper has stopped the server and let go
    shutil.rmtree(folder, ignore_errors=True)
