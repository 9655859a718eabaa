"""In charge of one workspace for all API tests of a run, on SQLite and on PostgreSQL, and of those who call it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from samples import api_calls
from samples.api_calls import World
from samples.workspaces import fixed_clock
from services.postgres import fresh_database
from services.run import Run


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run) -> Iterator[World]:
    """Shared: each test makes the records it is about."""
    folder, clock = tmp_path_factory.mktemp("api") / "trial", fixed_clock()
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'trial.sqlite'}"
        if request.param == "postgresql":
            name = f"{test_run.folder.name}_{test_run.worker}_api"
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server"), name))
        yield World.of(stack.enter_context(api_calls.build(folder, url, clock)), clock)
