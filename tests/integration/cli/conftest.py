"""In charge of a workspace made and run from the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samples.commands import PASSWORD, Run
from tenon.cli.main import tenon


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A call in the folder `acme` of the test, in English."""

    def call(*arguments: str, given: str = "") -> Result:
        line = ["-w", str(tmp_path / "acme"), *arguments]
        return CliRunner(env={"LANG": "en_GB.UTF-8", "LC_ALL": "en_GB.UTF-8"}).invoke(tenon, line, input=given)

    return call


@pytest.fixture
def acme(tmp_path: Path, run: Run) -> Path:
    folder = tmp_path / "acme"
    options = ("--demo", "--admin-email", "ann@example.com", "--admin-password-stdin")
    result = run("init", str(folder), *options, given=PASSWORD)
    assert result.exit_code == 0, result.output
    return folder
