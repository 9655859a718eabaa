"""The other end of a list of records is found by an index, where the database has one for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from tenon.access import Access
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.errors import Conflict
from tenon.query import Query
from tenon.schema import Ledger, drift
from tenon.workspace import Workspace

RIVAL = "label: Rival\nfields: {name: {type: text}}\n"
DEAL = """
label: Deal
fields:
  name: {type: text}
  rivals: {type: multi_lookup, to: x_rival, on_delete: restrict}
"""
PLAIN = "label: Deal\nfields: {name: {type: text}, words: {type: tags, indexed: true}}\n"
FILES = {"entities/x_rival.yaml": RIVAL, "entities/x_deal.yaml": DEAL}
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 't_x_deal' AND indexdef LIKE '% gin %'"


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", database_url, clock)
    made.publish(dict(FILES))
    yield made
    made.close()


@pytest.fixture
def workspace(bench: FolderBench) -> Iterator[Workspace]:
    with bench.open() as opened:
        yield opened


def on_postgresql(bench: FolderBench) -> bool:
    return bench.database.dialect == "postgresql"


def problems(bench: FolderBench) -> list[str]:
    with bench.open() as opened, bench.database.reading() as connection:
        return [found.code for found in drift(opened.model, Ledger.load(connection), connection)]


def test_a_list_of_records_gets_an_index(bench: FolderBench) -> None:
    if on_postgresql(bench):
        assert [row[0].partition(" USING ")[2] for row in bench.rows(INDEXES)] == ["gin (rivals)"]
    assert problems(bench) == []
    assert not bench.plan().operations


def test_an_index_of_lists_comes_and_goes_with_the_field(bench: FolderBench) -> None:
    made = bench.publish({"entities/x_deal.yaml": PLAIN})
    kinds = [step.kind for step in made.operations if step.kind.endswith("_index")]
    assert kinds == (["remove_index", "add_index"] if on_postgresql(bench) else [])
    if on_postgresql(bench):
        assert [row[0].partition(" USING ")[2] for row in bench.rows(INDEXES)] == ["gin (words)"]
    assert problems(bench) == []
    bench.publish(dict(FILES))
    assert problems(bench) == []


def test_a_long_index_of_lists_is_built_beforehand(bench: FolderBench) -> None:
    bench.publish({"entities/x_deal.yaml": PLAIN.replace(", indexed: true", "")})
    bench.create("x_deal", name="One", words=["a", "b"])
    bench.publish({"entities/x_deal.yaml": PLAIN}, threshold=1)
    if on_postgresql(bench):
        assert len(bench.rows(INDEXES)) == 1
    assert problems(bench) == []


def test_the_other_end_is_asked_in_words_the_index_serves(bench: FolderBench, workspace: Workspace) -> None:
    rivals = [bench.create("x_rival", name=name) for name in ("A", "B", "C")]
    for name, listed in (("One", rivals[:2]), ("Two", rivals[1:2]), ("None", [])):
        bench.create("x_deal", name=name, rivals=listed)
    relationship = next(name for name, end in workspace.model.entities["x_rival"].relationships.items() if end.entity)
    reader, asked = workspace.reader, Query(entity="x_deal", select=("name",))
    with workspace.unit(Actor.system("test")) as unit, count_statements(workspace.database) as watched:
        access = Access.of(workspace.model, unit.actor)
        one = reader.related(unit, access, "x_rival", rivals[1], relationship, asked).records
        many = reader.related_to(unit, access, "x_rival", rivals, relationship, asked)
        with pytest.raises(Conflict):
            workspace.writer.delete(unit, access, "x_rival", rivals[0], version=None)
        workspace.writer.delete(unit, access, "x_rival", rivals[2], version=None)
    assert sorted(record["name"] for record in one) == ["One", "Two"]
    found = [sorted(record["name"] for record in many[rival]) for rival in rivals]
    assert found == [["One"], ["One", "Two"], []]
    if on_postgresql(bench):
        assert any("@> jsonb_build_array" in text for text in watched.texts)
        assert sum("?| CAST" in text for text in watched.texts) >= 2
