"""In charge of the engines that the tests of the expression language compare."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.expressions.expression_world import NodeWorld, SqlWorld


@pytest.fixture(scope="session")
def sqlite_world() -> Iterator[SqlWorld]:
    world = SqlWorld("sqlite://")
    yield world
    world.close()


@pytest.fixture(scope="session")
def postgres_world(postgres_url: str) -> Iterator[SqlWorld]:
    """In a schema of its own, because other tests may use the same database."""
    admin = sa.create_engine(postgres_url)
    with admin.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA IF EXISTS expressions CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA expressions"))
    url = sa.make_url(postgres_url).update_query_dict({"options": "-csearch_path=expressions"})
    world = SqlWorld(url)
    yield world
    world.close()
    with admin.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA expressions CASCADE"))
    admin.dispose()


@pytest.fixture(scope="session")
def node_world(node_path: Path) -> Iterator[NodeWorld]:
    world = NodeWorld(node_path)
    yield world
    world.close()
