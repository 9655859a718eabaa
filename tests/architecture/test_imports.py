"""In charge of the layers: who may import whom is written in `pyproject.toml` and holds."""

import subprocess
import sys
from pathlib import Path


def test_the_contracts_between_layers_hold(project: Path) -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--cache-dir", ".cache/import-linter"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
