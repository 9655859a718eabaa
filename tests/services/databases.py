"""In charge of an empty database for each test or file of tests, on SQLite and PostgreSQL: the same runs on both."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.postgres import fresh_database
from services.run import Run

NUMBERS = itertools.count(1)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tenon.sqlite'}"


@pytest.fixture
def fresh_postgres_url(request: pytest.FixtureRequest, test_run: Run) -> Iterator[str]:
    name = f"{test_run.folder.name}_{test_run.worker}_{next(NUMBERS)}"
    with fresh_database(request.getfixturevalue("postgres_server"), name) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database nobody else uses."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "fresh_postgres_url")
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run
) -> Iterator[str]:
    """One for all tests of a file, empty at first."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('module') / 'tenon.sqlite'}"
        return
    name = f"{test_run.folder.name}_{test_run.worker}_module{next(NUMBERS)}"
    with fresh_database(request.getfixturevalue("postgres_server"), name) as url:
        yield url
