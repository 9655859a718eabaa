"""The promises about versions that a database has to keep, on each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tenon.actors import Actor
from tenon.compiler import BUILDER
from tenon.database import Database
from tenon.errors import Conflict
from tenon.schema import published, versions
from tenon.workspace.promoting import pack, propose_package
from tenon.workspace.proposals import propose_pull, propose_version
from tenon.workspace.publishing import propose, propose_changes, publish

ACTOR = Actor.system("test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "workspace.yaml").write_text("name: small\nlabel: Small\n")
    return tmp_path


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url)
    yield opened
    opened.close()


def test_builder_pull_rollback_and_promotion_keep_their_digests(database: Database, folder: Path) -> None:
    publish(database, propose(database, folder), ACTOR)
    publish(database, propose_changes(database, folder, {"entities.department.fields.x_a": {"type": "text"}}), ACTOR)
    late = propose_pull(database)
    publish(database, propose_pull(database), ACTOR)
    publish(database, propose_version(database, 1), ACTOR)
    publish(database, propose_version(database, 2), ACTOR)
    with database.reading() as connection:
        known = versions(connection)
        newest = published(connection)
    assert [item.number for item in known] == [5, 4, 3, 2, 1]
    digests = [item.digest for item in reversed(known)]
    assert digests[1] == digests[2] == digests[4] != digests[0] == digests[3]
    assert newest is not None
    assert newest.sources.layer(BUILDER)
    assert propose_package(database, pack(database)).plan.is_empty
    with pytest.raises(Conflict):
        publish(database, late, ACTOR)
