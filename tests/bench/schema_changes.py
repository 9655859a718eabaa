"""In charge of measuring changes of metadata on tables with many records: a column more, and another type for one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa

from factories.model_factory import entity, field, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock
from tenon.model import Entity, Field, Model
from tenon.schema import prepare

NOW = datetime(2026, 3, 14, tzinfo=UTC)
BIG, CONVERTED = 1_000_000, 20_000
Times = dict[str, tuple[float, float]]


def column_of_a_big_table(url: str) -> Times:
    """A million records get a column; none of them may be written anew."""
    bench, times = _filled(url, BIG), Times()
    before = _place(bench)
    more = make_model(entity("deal", field("name"), field("size"), field("more", "integer")))
    _change(bench, times, f"add a column to {BIG:,} records", more)
    assert _place(bench) == before, "the table was written anew"
    bench.database.close()
    return times


def type_of_a_column(url: str) -> Times:
    """Text becomes whole numbers and text again, and gets an index."""
    bench, times = _filled(url, CONVERTED), Times()
    many = f"of {CONVERTED:,} records"
    _change(bench, times, f"text to whole numbers {many}", make_model(_deal(field("size", "integer"))))
    _change(bench, times, f"back to text {many}", make_model(_deal(field("size"))))
    _change(bench, times, f"an index {many}", make_model(_deal(field("size", indexed=True))))
    bench.database.close()
    return times


def _deal(size: Field) -> Entity:
    return entity("deal", field("name"), size)


def _filled(url: str, records: int) -> Bench:
    """One record, and copies of it with numbers of their own, made inside the database."""
    bench = Bench(url, FixedClock(NOW))
    bench.publish(make_model(entity("deal", field("name"), field("size"))))
    table = bench.tables()["deal"]
    fixed = {"version": 1, "created_at": NOW, "changed_at": NOW}
    first = {"id": "00000000-0000-4000-8000-000000000000", "name": "Deal", "size": "0", **fixed}
    number = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    number = number.union_all(sa.select(number.c.n + 1).where(number.c.n < records - 1))
    text = sa.cast(number.c.n, sa.Text)
    padded = sa.func.substr(sa.literal("000000000000") + text, sa.func.length(text) + 1)
    key = sa.literal("00000000-0000-4000-8000-") + padded
    copies = sa.select(sa.cast(key, table.c.id.type), text, text, *(table.c[name] for name in fixed))
    with bench.database.writing() as connection:
        connection.write(sa.insert(table).values(first))
        connection.write(sa.insert(table).from_select(list(first), copies.select_from(table).join(number, sa.true())))
    return bench


def _place(bench: Bench) -> int:
    """PostgreSQL gives a rewritten table another file; SQLite's file would grow by all its pages."""
    with bench.database.reading() as connection:
        if bench.database.dialect == "postgresql":
            return int(connection.execute(sa.text("SELECT pg_relation_filenode('t_deal')"))[0][0])
        return int(connection.execute(sa.text("PRAGMA page_count"))[0][0]) // 1000


def _change(bench: Bench, times: Times, what: str, model: Model) -> None:
    with _timed(times, f"plan: {what}"):
        made = bench.plan(model)
    with _timed(times, f"apply: {what}"):
        prepare(made, bench.database, NOW)
        bench.apply(made)


@contextmanager
def _timed(times: Times, what: str) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    times[what] = (time.perf_counter() - wall, time.process_time() - own)
