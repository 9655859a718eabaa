import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tenon.cli.main import tenon

EXAMPLES = Path(__file__).parents[3] / "examples"
PASSWORD = "long enough, this one\n"


@pytest.fixture
def b2b(tmp_path: Path) -> Path:
    folder = tmp_path / "b2b-sales"
    shutil.copytree(EXAMPLES / "b2b-sales", folder, ignore=shutil.ignore_patterns(".tenon"))
    return folder


def call(folder: Path, *arguments: str, given: str = "") -> str:
    result = CliRunner(env={"LANG": "en"}).invoke(tenon, ["-w", str(folder), *arguments], input=given)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_files_of_the_old_system_come_in_whole_and_the_sums_agree(b2b: Path) -> None:
    call(b2b, "apply", "--yes")
    call(b2b, "user", "add", "admin@example.com", "--role", "administrator", "--password-stdin", given=PASSWORD)
    output = call(b2b, "import", str(b2b / "import" / "plan.yaml"))
    assert "≠" not in output
    assert "✗" not in output
    assert "10,005,534" in output
    assert "8800 rows, 8800 created" in output
