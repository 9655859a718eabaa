"""In charge of the workspace each test of writing gets for itself, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from samples.records_world import World, build_world


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    world = build_world(database_url)
    yield world
    world.database.close()
