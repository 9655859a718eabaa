"""In charge of what every set-up step needs: running a command, saying so, and knowing whether it is due."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Refusal(Exception):
    """The set-up cannot go on; the text says what to do about it."""


def report(sentence: str) -> None:
    print(f"setup: {sentence}", flush=True)


def run(
    *command: str | Path, environment: Mapping[str, str] | None = None, folder: Path = ROOT, quiet: bool = False
) -> bool:
    """True when the command succeeded. `quiet` hides what it prints, unless it fails."""
    text = [str(part) for part in command]
    settings = {**os.environ, **(environment or {})}
    done = subprocess.run(
        text,
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode and quiet:
        print(done.stdout, flush=True)
    return done.returncode == 0


def must_run(
    *command: str | Path, advice: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT
) -> None:
    if not run(*command, environment=environment, folder=folder, quiet=True):
        raise Refusal(advice)


def digest(*files: Path, also: Iterable[str] = ()) -> str:
    """Of the contents and names of files that exist, and of other facts."""
    total = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    for fact in also:
        total.update(fact.encode() + b"\0")
    return total.hexdigest()


def stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def system_package(name: str) -> bool:
    """Installs Debian's package when we may; True when that was done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    return run(ROOT / "tools" / "system-packages", name, quiet=True)
