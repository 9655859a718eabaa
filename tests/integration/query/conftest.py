"""In charge of the small company of the security tests on both databases.

`world` is shared by the tests of a file, which only read it; who writes asks for `fresh_world`.
"""

from collections.abc import Iterator

import pytest

from security.reading_world import World


@pytest.fixture(scope="module")
def world(module_database_url: str) -> Iterator[World]:
    built = World.build(module_database_url)
    yield built
    built.database.close()


@pytest.fixture
def fresh_world(database_url: str) -> Iterator[World]:
    built = World.build(database_url)
    yield built
    built.database.close()
