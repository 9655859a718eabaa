"""In charge of making a fresh clone ready, with nothing at hand but Python: `setup.py run` or `setup.py test`.

Safe to repeat and safe to interrupt. Each step keeps a stamp, the digest of what it was made from, and is
skipped while nothing of that has changed. Only the standard library is used here.
"""

import fcntl
import os
import sys
import tempfile
import time
from pathlib import Path

import frontend
import python_environment
from steps import ROOT, Refusal, report

CACHE = ROOT / ".cache"


def main(purpose: str) -> None:
    """`purpose` is "run" (what the product needs) or "test" (everything)."""
    began = time.monotonic()
    CACHE.mkdir(exist_ok=True)
    ensure_home()
    with (CACHE / "setup.lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        done = python_environment.prepare(purpose)
        done = frontend.prepare() or done
    if done:
        report(f"ready after {time.monotonic() - began:.0f} s")


def ensure_home() -> None:
    """uv and npm keep caches under HOME; an account without one gets a place in the system's temporary folder."""
    home = Path(os.environ.get("HOME", ""))
    if not home.is_absolute() or not os.access(home, os.W_OK):
        substitute = Path(tempfile.gettempdir()) / f"tenon-home-{os.getuid()}"
        substitute.mkdir(mode=0o700, exist_ok=True)
        os.environ["HOME"] = str(substitute)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Refusal as refusal:
        sys.exit(f"setup: {refusal}")
