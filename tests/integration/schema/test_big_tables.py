"""A table of many records is not rewritten when it gets a column."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, lookup, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock


@pytest.fixture
def bench(fresh_postgres_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(fresh_postgres_url, clock)
    yield made
    made.database.close()


def place_on_disk(bench: Bench) -> int:
    """PostgreSQL gives a rewritten table another file."""
    with bench.database.reading() as connection:
        return int(connection.execute(sa.text("SELECT pg_relation_filenode('t_deal')"))[0][0])


def test_new_columns_of_every_kind_rewrite_nothing(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name"))))
    moment = datetime(2026, 3, 14, tzinfo=UTC)
    fixed = {"version": 1, "created_at": moment, "changed_at": moment}
    rows = [{"id": f"00000000-0000-4000-8000-{n:012d}", "name": f"{n}", **fixed} for n in range(1000)]
    clause = sa.insert(bench.tables()["deal"]).values({name: sa.bindparam(name) for name in rows[0]})
    with bench.database.writing() as connection:
        connection.many(clause, rows)
    before = place_on_disk(bench)
    kinds = ("boolean", "date", "datetime", "decimal", "integer", "long_text", "money", "multi_choice", "text", "user")
    added = [field(f"a_{kind}", kind, required=True) for kind in kinds if kind != "multi_choice"]
    bench.publish(make_model(entity("deal", field("name"), *added, lookup("parent", "deal"))))
    assert place_on_disk(bench) == before
    bench.publish(make_model(entity("deal", field("name", "integer"))))
    assert place_on_disk(bench) == before
