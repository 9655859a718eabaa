"""Whatever type a field gets, its column holds every value of that type, and all is said in people's words."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, make_model
from factories.schema_bench import NOW, Bench
from samples.field_types import PLAIN, variation
from tenon.clock import FixedClock
from tenon.database import Connection
from tenon.fields import FIELD_TYPES, FieldType
from tenon.ids import new_id
from tenon.model import Entity
from tenon.schema import Tables
from tenon.schema.conversion_operations import ChangeType
from tenon.schema.conversions import Turn, way_between
from tenon.texts import LANGUAGES

LONE = sorted(
    key
    for key in FIELD_TYPES
    if (key not in PLAIN or key == "choice") and variation(key).columns() and not variation(key).target
    if key not in ("stage", "id", "auto_number", "file", "image", "signature", "encrypted", "any_record")
)
"""Types whose values need no other record, and that people fill in."""
PAIRS = {
    old: [new for new in LONE if new != old and way_between(Turn(old=variation(old), new=variation(new)))]
    for old in ("text", "integer", "choice")
}
"""Types that are stored in ways of their own → those they may become."""
NO_DATABASE = re.compile(r"SELECT|UPDATE|CAST|psycopg|sqlite|varchar|column \"|t_thing", re.IGNORECASE)


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def test_after_every_change_of_type_the_extreme_values_of_the_new_one_are_kept(bench: Bench) -> None:
    bench.publish(make_model(*(things(old, old) for old in PAIRS)))
    before = bench.tables()
    records = {old: insert(bench, before, old) for old in PAIRS}
    after = make_model(*(things(old, None) for old in PAIRS))
    changed = bench.plan(after)
    steps = [step for step in changed.operations if isinstance(step, ChangeType)]
    assert len(steps) > 20
    bench.apply(changed.accepting({step.subject: step.answers()[0] for step in changed.decisions}))
    tables = bench.tables()
    for old, identity in records.items():
        with bench.database.writing() as connection:
            for new in PAIRS[old]:
                columns = tables.columns(f"thing_{old}", f"to_{new}")
                keeps(connection, tables[f"thing_{old}"], columns, variation(new), identity)


def test_blank_texts_become_empty_and_refusals_name_the_values_in_words(bench: Bench) -> None:
    numbers = ("integer", "decimal", "percent", "money", "boolean", "date", "datetime", "duration", "time")
    before = make_model(entity("thing", *(field(f"to_{new}") for new in numbers)))
    after = make_model(entity("thing", *(field(f"to_{new}", new) for new in numbers)))
    bench.publish(before)
    for text in ("", "  ", "\t"):
        bench.insert("thing", **{f"to_{new}": text for new in numbers})
    blank = bench.plan(after)
    assert [step for step in blank.operations if step.risk == "needs_decision"] == []
    bad = bench.insert("thing", **{f"to_{new}": "“nothing like it”" for new in numbers})
    refused = bench.plan(after)
    assert len(refused.decisions) == len(numbers)
    for step in refused.decisions:
        shown = step.to_json()
        assert (shown["refused"], shown["convertible"]) == (1, 3), shown
        assert "nothing like it" in str(shown["samples"])
        assert shown["samples"][0]["record"] == bad
        assert not NO_DATABASE.search(" ".join(step.text.in_(language) for language in LANGUAGES))
        assert not NO_DATABASE.search(str(shown["samples"][0]["reason"]))
    decided = refused.accepting({step.subject: "empty" for step in refused.decisions})
    bench.apply(decided)
    for new in numbers:
        assert bench.values("thing", f"to_{new}") == [None] * 4, new


def things(old: str, kind: str | None) -> Entity:
    """A field for every type that `old` may become: still all of the kind, or (None) changed."""
    plain = field("name")
    fields = [replace(plain, name=f"to_{new}", type=variation(kind or new)) for new in PAIRS[old]]
    return entity(f"thing_{old}", *fields)


def insert(bench: Bench, tables: Tables, old: str) -> str:
    """A record with a value of the old type in every field."""
    type_, table = variation(old), tables[f"thing_{old}"]
    value, identity, c = type_.parse(type_.examples()[0]), new_id(), table.c
    row: dict[Any, Any] = {c.id: identity, c.version: 1, c.created_at: NOW, c.changed_at: NOW}
    for new in PAIRS[old]:
        row.update(zip(tables.columns(f"thing_{old}", f"to_{new}"), type_.to_columns(value), strict=True))
    with bench.database.writing() as connection:
        connection.write(sa.insert(table).values(row))
    return identity


def keeps(
    connection: Connection, table: sa.Table, columns: tuple[sa.Column[Any], ...], type_: FieldType, identity: str
) -> None:
    """Every example of the type, its longest and largest among them, is read back as it was written."""
    for raw in type_.examples():
        value = type_.parse(raw)
        parts: dict[Any, Any] = dict(zip(columns, type_.to_columns(value), strict=True))
        connection.write(sa.update(table).where(table.c.id == identity).values(parts))
        (row,) = connection.execute(sa.select(*columns).where(table.c.id == identity))
        assert type_.from_columns(tuple(row)) == value, (columns[0], raw)
