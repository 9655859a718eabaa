"""In charge of the four ways jobs are done: on SQLite and PostgreSQL, from the database or carried by Redis.

The databases are made once and emptied for each test: most tests take less time than making one.
"""

from collections.abc import Iterator

import pytest

from samples.jobs import Office
from services.postgres import fresh_database
from services.run import Run


@pytest.fixture(scope="session")
def emptied_sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('jobs') / 'jobs.sqlite'}"


@pytest.fixture(scope="session")
def emptied_postgres_url(request: pytest.FixtureRequest, test_run: Run) -> Iterator[str]:
    name = f"{test_run.folder.name}_{test_run.worker}_jobs"
    with fresh_database(request.getfixturevalue("postgres_server"), name) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def emptied_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("emptied_sqlite_url" if request.param == "sqlite" else "emptied_postgres_url")
    return url


@pytest.fixture(params=["database", "redis"])
def office(request: pytest.FixtureRequest, emptied_url: str) -> Iterator[Office]:
    redis_url = request.getfixturevalue("empty_redis_url") if request.param == "redis" else ""
    office = Office(emptied_url, redis_url, empty=True)
    yield office
    office.close()


@pytest.fixture
def plain_office(emptied_url: str) -> Iterator[Office]:
    """Without Redis, for what has nothing to do with how jobs are carried."""
    office = Office(emptied_url, empty=True)
    yield office
    office.close()
