"""Long work is done beforehand, in steps: whoever is stopped on the way goes on, or starts afresh."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock
from tenon.model import Model
from tenon.schema import Plan, Progress, prepare

ROWS = 2_500
TEXT = make_model(entity("deal", field("size"), field("note")))
WHOLE = make_model(entity("deal", field("size", "integer"), field("note")))


class Stopped(Exception):
    """Stands for a crash."""


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    made.publish(TEXT)
    table = made.tables()["deal"]
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    fixed = {"version": 1, "created_at": moment, "changed_at": moment}
    rows = [{"id": identity(n), "size": f" {n:,}", **fixed} for n in range(ROWS)]
    with made.database.writing() as connection:
        connection.many(sa.insert(table).values({name: sa.bindparam(name) for name in rows[0]}), rows)
    yield made
    made.database.close()


def identity(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def work_of(bench: Bench) -> list[tuple[str, int, bool]]:
    with bench.database.reading() as connection:
        return [(work.kind, work.percent, work.filled) for work in Progress.load(connection).works.values()]


def columns(bench: Bench) -> list[str]:
    with bench.database.reading() as connection:
        return [column["name"] for column in sa.inspect(connection.sqlalchemy).get_columns("t_deal")]


def stopped_after(bench: Bench, made: Plan, batches: int) -> None:
    left = [batches]

    def tell(_work: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped

    with pytest.raises(Stopped):
        prepare(made, bench.database, bench.clock.now(), threshold=100, tell=tell, batch=1000)


def prepared(bench: Bench, model: Model) -> Plan:
    made = bench.plan(model)
    prepare(made, bench.database, bench.clock.now(), threshold=100)
    return made


def test_work_that_was_stopped_goes_on_where_it_was(bench: Bench) -> None:
    stopped_after(bench, bench.plan(WHOLE), 2)
    assert work_of(bench) == [("column", 40, False)]
    assert bench.problems() == []
    told: list[int] = []
    again = bench.plan(WHOLE)
    tell = lambda work: told.append(work.done)  # noqa: E731
    prepare(again, bench.database, bench.clock.now(), threshold=100, tell=tell, batch=1000)
    assert told == [2000, 2500]
    assert bench.apply(again) == 2
    assert bench.values("deal", "size") == list(range(ROWS))
    assert work_of(bench) == []
    assert bench.problems() == []


def test_what_is_changed_while_values_are_converted_is_not_lost(bench: Bench) -> None:
    stopped_after(bench, bench.plan(WHOLE), 2)
    bench.update("deal", identity(5), size="5005")
    bench.update("deal", identity(6), size=None)
    made = prepared(bench, WHOLE)
    bench.update("deal", identity(7), size="7007")
    late = bench.insert("deal", size="9")
    bench.apply(made)
    found = bench.by_id("deal", "size")
    assert [found[identity(n)] for n in (4, 5, 6, 7)] == [4, 5005, None, 7007]
    assert found[late] == 9


def test_nobody_sees_anything_of_it_before_the_version_is_published(bench: Bench) -> None:
    before = bench.values("deal", "size"), bench.ledger()
    prepared(bench, WHOLE)
    assert (bench.values("deal", "size"), bench.ledger()) == before


def test_another_change_starts_afresh_and_leaves_nothing_behind(bench: Bench) -> None:
    stopped_after(bench, bench.plan(WHOLE), 1)
    assert "size_2" in columns(bench)
    other = make_model(entity("deal", field("size"), field("note"), field("extra")))
    bench.publish(other)
    assert "size_2" not in columns(bench)
    assert work_of(bench) == []
    assert bench.problems() == []


def test_the_same_column_for_another_type_starts_afresh(bench: Bench) -> None:
    stopped_after(bench, bench.plan(WHOLE), 2)
    made = prepared(bench, make_model(entity("deal", field("size", "decimal"), field("note"))))
    bench.apply(made)
    assert len([value for value in bench.values("deal", "size") if value is not None]) == ROWS
    assert bench.problems() == []


def test_a_long_index_is_built_beforehand_and_again_when_it_was_stopped(bench: Bench) -> None:
    indexed = make_model(entity("deal", field("size", indexed=True), field("note")))
    made = prepared(bench, indexed)
    if bench.database.dialect == "postgresql":
        assert work_of(bench) == [("index", 100, True)]
    bench.apply(made)
    assert bench.problems() == []
    assert work_of(bench) == []


def test_a_long_change_of_type_with_an_index_is_done_whole(bench: Bench) -> None:
    made = prepared(bench, make_model(entity("deal", field("size", "integer", unique=True), field("note"))))
    bench.apply(made)
    assert bench.values("deal", "size") == list(range(ROWS))
    assert bench.problems() == []
