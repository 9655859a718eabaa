"""In charge of what users install: the wheel carries all that the product needs, and nothing else."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def names(project: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (wheel,) = folder.glob("tenon_crm-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    "beginning",
    [
        "tenon/__init__.py",
        "tenon/py.typed",
        "tenon/_data/metadata/entity.schema.json",
        "tenon/_data/modules/core/",
        "tenon/_data/ui/templates/",
        "tenon/_data/ui/static/dist/manifest.json",
        "tenon/_data/ui/static/dist/style-",
    ],
)
def test_the_wheel_carries_the_product_with_its_built_pages(names: list[str], beginning: str) -> None:
    assert [name for name in names if name.startswith(beginning)]


def test_the_wheel_carries_no_tools_tests_or_sources_of_pages(names: list[str]) -> None:
    foreign = ("node_modules", "/src/", "tests/", "tools/", "build.mjs", "package.json", "package-lock", ".npmrc")
    promises = re.compile(r"tenon/_data/modules/\w+/tests/\w+\.yaml")  # of the modules, run by `tenon check --tests`
    assert [n for n in names if any(part in n for part in foreign) and not promises.fullmatch(n)] == []
