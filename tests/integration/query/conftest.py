"""In charge of the small company of the security tests on both databases.

`world` is shared by the tests of a file, which only read it; who writes asks for `fresh_world`.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from security.reading_world import World
from services.postgres import fresh_database
from services.run import Run


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run) -> Iterator[World]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('query') / 'world.sqlite'}"
        else:
            name = f"{test_run.folder.name}_{test_run.worker}_{request.path.stem}"
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server"), name))
        built = World.build(url)
        stack.callback(built.database.close)
        yield built


@pytest.fixture
def fresh_world(database_url: str) -> Iterator[World]:
    built = World.build(database_url)
    yield built
    built.database.close()
