"""In charge of one private folder per test run, shared by its workers, and of stopping what was started in it.

The process that leads the run holds a lock on `alive` for as long as it lives. A keeper process, started with
the first service, waits for that lock: it gets it when the run ends, however the run ends, and then stops
the services by their process ids and removes the folder.
"""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

KEEPER = Path(__file__).with_name("keeper.py")
LIFE_LINE = pytest.StashKey[IO[str]]()
FOLDER = pytest.StashKey[Path]()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Only one process at a time is inside, per path."""
    with path.open("w") as handle:
        fcntl.lockf(handle, fcntl.LOCK_EX)
        yield


class Run:
    """What the workers of one run share."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.worker = worker

    def start_once(self, name: str, start: Callable[[Path], str]) -> str:
        """The address that `start` returned to whichever worker came first.

        `start` gets an empty folder; a server writes its process id to `*.pid` in there or below.
        """
        address = self.folder / f"{name}.address"
        with held(self.folder / "starting.lock"):
            if not address.exists():
                self._ensure_keeper()
                folder = self.folder / name
                folder.mkdir()
                address.write_text(start(folder))
        return address.read_text()

    def _ensure_keeper(self) -> None:
        marker = self.folder / "keeper.started"
        if marker.exists():
            return
        command = [sys.executable, str(KEEPER), str(self.folder)]
        keeper = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True)
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == b"watching\n"
        keeper.stdout.close()
        keeper.returncode = 0  # it outlives us on purpose: nobody waits for it, and nobody warns about that
        marker.touch()


def pytest_configure(config: pytest.Config) -> None:
    shared = getattr(config, "workerinput", {}).get("tenon_run")
    if shared:
        config.stash[FOLDER] = Path(shared)
        return
    folder = Path(tempfile.mkdtemp(prefix="tenon-tests-"))
    folder.chmod(0o711)  # PostgreSQL may run as another user below it
    life_line = (folder / "alive").open("w")
    fcntl.lockf(life_line, fcntl.LOCK_EX)
    config.stash[FOLDER] = folder
    config.stash[LIFE_LINE] = life_line


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: pytest.Item) -> None:
    """The leader of a run in parallel tells each worker where the shared folder is."""
    node.workerinput["tenon_run"] = str(node.config.stash[FOLDER])  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    life_line = config.stash.get(LIFE_LINE, None)
    if life_line is None:
        return
    folder = config.stash[FOLDER]
    life_line.close()
    if (folder / "keeper.started").exists():
        with held(folder / "keeper.working"):
            pass  # the keeper has stopped the services and let go
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def test_run(pytestconfig: pytest.Config) -> Run:
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "gw0")
    return Run(pytestconfig.stash[FOLDER], worker)
