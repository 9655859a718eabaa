"""In charge of Node for tests: the machine's own, else the one the set-up fetched."""

import os
import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def node_path() -> Path:
    beside_python = str(Path(sys.executable).parent)
    found = shutil.which("node", path=os.pathsep.join([os.environ.get("PATH", os.defpath), beside_python]))
    if found is None:
        pytest.fail("The tests need Node: run “make setup”, which fetches it when it is missing.", pytrace=False)
    return Path(found)
