"""In charge of records whose pipelines change: every one of them stands in a stage that its pipeline knows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from factories.folder_bench import FolderBench
from samples.two_pipelines import ENTITY, FILES, ONE, REASONS, TWO, WHY
from tenon.clock import FixedClock
from tenon.errors import Conflict
from tenon.fields.storage import Instant
from tenon.schema import prepare


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


def test_many_records_get_a_pipeline_in_batches_before_anybody_sees_it(bench: FolderBench) -> None:
    bench.publish({ENTITY: ONE, REASONS: WHY})
    for number in range(5):
        bench.create("x_deal", name=str(number))
    made, told = bench.propose({ENTITY: TWO}), list[tuple[str, int, bool]]()
    prepare(
        made.plan,
        bench.database,
        bench.clock.now() + timedelta(hours=1),
        threshold=5,
        tell=lambda work: told.append((work.subject, work.done, work.filled)),
        batch=2,
    )
    assert told == [("entities.x_deal.pipelines", done, done == 5) for done in (2, 4, 5)]
    assert stands(bench) == [(str(number), "fresh", "talk") for number in range(5)]
    assert bench.rows("SELECT max(number) FROM tenon_version") == [(1,)]
    with bench.database.writing() as connection:  # as whoever works with the version before does meanwhile
        late = {"stage": "offer", "pipeline": "renewal", "changed_at": bench.clock.now() + timedelta(hours=2)}
        names = (sa.column(name) for name in ("name", "stage", "pipeline"))
        moved = sa.table("t_x_deal", *names, sa.column("changed_at", Instant()))
        connection.write(sa.update(moved).where(moved.c.name == "3").values(late))
    bench.create("x_deal", name="5")
    bench.carry_out(made, threshold=5)
    assert stands(bench) == [(str(number), "fresh", "offer" if number == 3 else "talk") for number in range(6)]
    assert not bench.plan().operations
    assert bench.rows("SELECT count(*) FROM tenon_work") == [(0,)]


def test_pipelines_that_were_prepared_and_given_up_leave_nothing_behind(bench: FolderBench) -> None:
    bench.publish({ENTITY: ONE, REASONS: WHY})
    bench.create("x_deal", name="1")
    prepare(bench.propose({ENTITY: TWO}).plan, bench.database, bench.clock.now(), threshold=1)
    assert stands(bench) == [("1", "fresh", "talk")]
    bench.publish({ENTITY: ONE, "entities/x_other.yaml": "label: Other\nfields: {name: {type: text}}\n"})
    with bench.database.reading() as connection:
        columns = {column["name"] for column in sa.inspect(connection.sqlalchemy).get_columns("t_x_deal")}
    assert "pipeline" not in columns
