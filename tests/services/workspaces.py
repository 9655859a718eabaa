"""In charge of trial workspaces: the standard modules with demonstration data, published once a run and copied."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samples import workspaces
from tenon.clock import FixedClock
from tenon.workspace import Workspace


@pytest.fixture(scope="session")
def trial_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published on SQLite, never written to: take `workspace`, which is a copy."""
    folder = tmp_path_factory.mktemp("published") / "trial"
    workspaces.build(folder, FixedClock(datetime(2026, 3, 14, 9, 0, tzinfo=UTC)))
    return folder


@pytest.fixture
def workspace(trial_folder: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Workspace]:
    opened = workspaces.copy(trial_folder, tmp_path / "trial", clock)
    yield opened
    opened.close()
