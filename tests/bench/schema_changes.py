"""In charge of measuring changes of metadata on tables with many records: a column more, and another type for one."""

import hashlib
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
ENTERED = datetime(2026, 3, 1, tzinfo=UTC)
"""When the records came: long before they are changed."""
BIG, CONVERTED, BAD = 1_000_000, 100_000, 100
"""One text in a hundred is no number."""
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
    """Text becomes whole numbers and text again, to the byte, and gets an index."""
    times = _there_and_back(url, CONVERTED)
    bench = _filled(url, 0)
    _change(bench, times, f"an index of {CONVERTED:,} records", make_model(_deal(field("size", indexed=True))))
    bench.database.close()
    return times


def type_of_a_big_column(url: str) -> Times:
    return _there_and_back(url, BIG)


def _there_and_back(url: str, records: int) -> Times:
    bench, times = _filled(url, records), Times()
    before = _values(bench)
    _change(bench, times, f"text to whole numbers of {records:,} records", make_model(_deal(field("size", "integer"))))
    _change(bench, times, f"back to text of {records:,} records", make_model(_deal(field("size"))))
    assert _values(bench) == before, "a value did not return"
    bench.database.close()
    return times


def _values(bench: Bench) -> str:
    """A digest of every text, by id."""
    found = hashlib.sha256()
    table = bench.tables()["deal"]
    with bench.database.reading() as connection:
        for row in connection.sqlalchemy.execute(sa.select(table.c.size).order_by(table.c.id)):
            found.update(f"{row[0]}\n".encode())
    return found.hexdigest()


def _deal(size: Field) -> Entity:
    return entity("deal", field("name"), size)


def _filled(url: str, records: int) -> Bench:
    """One record, and copies of it with numbers of their own, made inside the database; 0: those there are."""
    bench = Bench(url, FixedClock(NOW))
    model = make_model(entity("deal", field("name"), field("size")))
    if not records:
        bench.model = model
        return bench
    bench.publish(model)
    table = bench.tables()["deal"]
    fixed = {"version": 1, "created_at": ENTERED, "changed_at": ENTERED}
    first = {"id": "00000000-0000-4000-8000-000000000000", "name": "Deal", "size": "0", **fixed}
    number = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    number = number.union_all(sa.select(number.c.n + 1).where(number.c.n < records - 1))
    text = sa.cast(number.c.n, sa.Text)
    padded = sa.func.substr(sa.literal("000000000000") + text, sa.func.length(text) + 1)
    key = sa.literal("00000000-0000-4000-8000-") + padded
    size = sa.case((number.c.n % BAD == 0, sa.literal("no ") + text), else_=text)
    copies = sa.select(sa.cast(key, table.c.id.type), text, size, *(table.c[name] for name in fixed))
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
        decided = made.accepting({step.subject: "empty" for step in made.decisions})
        prepare(decided, bench.database, NOW)
        bench.apply(decided)


@contextmanager
def _timed(times: Times, what: str) -> Iterator[None]:
    wall, own = time.perf_counter(), time.process_time()
    yield
    times[what] = (time.perf_counter() - wall, time.process_time() - own)
