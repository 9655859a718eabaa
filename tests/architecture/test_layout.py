"""In charge of the promises about where things are and how big they get."""

import ast
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

NOT_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
LONGEST = 400


@pytest.fixture(scope="session")
def modules(project: Path) -> list[Path]:
    found = sorted((project / "platform" / "tenon").rglob("*.py"))
    assert found
    return found


def test_platform_is_a_source_root_and_not_a_package(project: Path) -> None:
    assert not (project / "platform" / "__init__.py").exists()


def test_the_standard_library_keeps_its_own_platform_module(project: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": "platform"}
    command = [sys.executable, "-c", "import platform, tenon; print(platform.system(), tenon.__version__)"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(os.uname().sysname)


def test_no_module_is_too_long_to_read(modules: list[Path]) -> None:
    lengths = {str(path): len(path.read_text().splitlines()) for path in modules}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_it_is_in_charge_of(modules: list[Path], project: Path) -> None:
    product = project / "platform" / "tenon" / "__init__.py"  # says what the product is instead
    docstrings = {path: ast.get_docstring(ast.parse(path.read_text())) or "" for path in modules if path != product}
    assert [str(path) for path, text in docstrings.items() if not text.startswith("In charge of ")] == []


def test_no_module_is_named_after_nothing(modules: list[Path]) -> None:
    assert [str(path) for path in modules if NOT_NAMES & {path.stem.strip("_"), path.parent.name.strip("_")}] == []


def test_there_are_no_packages_under_tests(project: Path) -> None:
    assert list((project / "tests").rglob("__init__.py")) == []


def test_no_two_test_files_have_the_same_name(project: Path) -> None:
    names = Counter(path.name for path in (project / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_readme_is_short(project: Path) -> None:
    assert len((project / "README.md").read_text().splitlines()) < 100
