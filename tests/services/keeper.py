"""In charge of outliving a test run just long enough to stop its services; started by `services.run`.

Waits for the lock on `alive`, then ends every process named in a `*.pid` file below the folder.
"""

import fcntl
import os
import shutil
import signal
import sys
import time
from pathlib import Path

PATIENCE = 10.0  # seconds a server has to end by itself


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def process_ids(folder: Path) -> list[int]:
    """From PostgreSQL's and Redis' own files: the first line is the process id."""
    lines = [file.read_text().split("\n")[0].strip() for file in folder.glob("**/*.pid")]
    return [int(line) for line in lines if line.isdigit()]


def stop(pids: list[int]) -> None:
    """SIGINT asks both servers to end at once, without waiting for their clients."""
    for pid in filter(alive, pids):
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in filter(alive, pids):
        os.kill(pid, signal.SIGKILL)


def main(folder: Path) -> None:
    working = (folder / "keeper.working").open("w")
    fcntl.lockf(working, fcntl.LOCK_EX)
    sys.stdout.write("watching\n")
    sys.stdout.flush()
    os.close(sys.stdout.fileno())
    with (folder / "alive").open("w") as life_line:
        fcntl.lockf(life_line, fcntl.LOCK_EX)
        stop(process_ids(folder))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
