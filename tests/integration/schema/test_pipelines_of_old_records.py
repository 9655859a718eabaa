"""In charge of records whose pipelines change: every one of them stands in a stage that its pipeline knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from samples.two_pipelines import ENTITY, FILES, ONE, REASONS, TWO, WHY
from tenon.clock import FixedClock
from tenon.errors import Conflict


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", database_url, clock)
    yield made
    made.close()


def stands(bench: FolderBench) -> list[tuple[object, ...]]:
    return bench.rows("SELECT name, pipeline, stage FROM t_x_deal ORDER BY name")


def test_a_second_pipeline_leaves_the_records_there_are_in_the_first(bench: FolderBench) -> None:
    bench.publish({ENTITY: ONE, REASONS: WHY})
    bench.create("x_deal", name="1")
    bench.create("x_deal", name="2", kind="renewal")
    made = bench.publish({ENTITY: TWO})
    steps = [(step.kind, step.rows, step.risk) for step in made.operations if step.kind == "place_records"]
    assert steps == [("place_records", 2, "safe")]
    assert stands(bench) == [("1", "fresh", "talk"), ("2", "fresh", "talk")]
    assert not bench.plan().operations


def test_the_first_pipeline_gives_a_stage_to_the_records_there_are(bench: FolderBench) -> None:
    bench.publish({ENTITY: ONE.partition("pipelines:")[0].replace("default: stage.probability, ", ""), REASONS: WHY})
    bench.create("x_deal", name="1")
    bench.publish({ENTITY: ONE})
    assert bench.rows("SELECT name, stage FROM t_x_deal") == [("1", "talk")]


def test_records_of_a_pipeline_that_goes_move_to_one_that_knows_their_stage(bench: FolderBench) -> None:
    third = TWO + "  other:\n    stages: {odd: {kind: open}, offer: {kind: open}, won: {kind: won}}\n"
    third = third.replace("  renewal:\n    label", '  renewal:\n    when: kind == "renewal"\n    label')
    bench.publish({ENTITY: third, REASONS: WHY})
    for name, kind, stage in (("1", "renewal", "due"), ("2", "renewal", "offer"), ("3", "new", "talk")):
        bench.create("x_deal", name=name, kind=kind, stage=stage)
    without = third.partition("  renewal:")[0] + "  other:" + third.partition("  other:")[2]
    made = bench.propose({ENTITY: without})
    assert {step.kind for step in made.plan.decisions} == {"orphan_key"}  # nobody knows “due” any more
    mapped = without.replace("  other:\n", "  other:\n    map: {due: odd}\n")
    bench.publish({ENTITY: mapped})
    assert stands(bench) == [("1", "other", "odd"), ("2", "other", "offer"), ("3", "fresh", "talk")]


def test_a_stage_leaves_one_pipeline_only_when_its_records_know_where_to_go(bench: FolderBench) -> None:
    bench.publish(FILES)
    bench.create("x_deal", name="1", kind="renewal", stage="offer")
    bench.create("x_deal", name="2", amount="5", stage="offer")
    line = next(line for line in TWO.splitlines() if "back: false" in line)
    without = TWO.replace(line + "\n", "")
    made = bench.propose({ENTITY: without})
    assert [(step.kind, step.rows) for step in made.plan.decisions] == [("orphan_stage", 1)]
    with pytest.raises(Conflict):
        bench.carry_out(made)
    bench.publish({ENTITY: without.replace("  renewal:\n", "  renewal:\n    map: {offer: due}\n")})
    assert stands(bench) == [("1", "renewal", "due"), ("2", "fresh", "offer")]


def test_back_to_one_pipeline_every_record_keeps_a_stage_that_is_known(bench: FolderBench) -> None:
    bench.publish(FILES)
    bench.create("x_deal", name="1", kind="renewal", stage="due")
    bench.create("x_deal", name="2", kind="renewal", stage="offer")
    assert {step.kind for step in bench.plan({ENTITY: ONE}).decisions} == {"orphan_key"}
    bench.publish({ENTITY: ONE.replace("    stages:\n", "    map: {due: talk}\n    stages:\n")})
    assert bench.rows("SELECT name, stage FROM t_x_deal ORDER BY name") == [("1", "talk"), ("2", "offer")]
    bench.publish({ENTITY: TWO})
    assert stands(bench) == [("1", "fresh", "talk"), ("2", "renewal", "offer")]  # its pipeline was kept, and fits
