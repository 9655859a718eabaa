"""Reference data may hold secrets: they are sealed with the workspace's own keys when the version is published."""

from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.query import Query
from tenon.workspace.keys import ring_of
from tenon.workspace.publishing import propose, publish

FILES = {
    "entities/x_bank.yaml": "label: Bank\nfields: {name: {type: text}, pin: {type: encrypted, sensitive: true}}\n",
    "data/x_bank.yaml": 'key: name\nrows: [{name: First, pin: "1234"}, {name: Second}]\n',
}


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> FolderBench:
    return FolderBench(tmp_path / "small", database_url, clock)


def test_secrets_of_reference_data_are_sealed_and_can_be_revealed(bench: FolderBench) -> None:
    bench.write(FILES)
    system = Actor.system("test")
    made = propose(bench.database, bench.folder)
    publish(bench.database, made, system, clock=bench.clock, ring=ring_of(bench.folder))
    stored = bench.rows("SELECT pin FROM t_x_bank ORDER BY name")
    assert stored[0][0]
    assert "1234" not in stored[0][0]
    assert stored[1] == (None,)
    with bench.open() as workspace, workspace.unit(system) as unit:
        access = Access.of(workspace.model, system)
        query = Query(entity="x_bank", select=("id",), sort=("name",))
        first = workspace.reader.list(unit, access, query).records[0]
        assert workspace.reader.reveal(unit, access, "x_bank", str(first["id"]), "pin") == "1234"
    assert not propose(bench.database, bench.folder).plan.operations
    bench.close()
