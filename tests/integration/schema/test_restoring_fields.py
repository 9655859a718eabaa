"""What was removed comes back, also when its name is taken by something else meanwhile."""

from collections.abc import Iterator

import pytest

from factories.model_factory import entity, field, lookup, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def test_a_removed_field_comes_back_under_a_new_name_beside_its_successor(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("note"))))
    bench.insert("deal", note="old")
    bench.publish(make_model(entity("deal")))
    bench.publish(make_model(entity("deal", field("note", "integer"))))
    both = make_model(entity("deal", field("note", "integer"), field("old_note", restores="note")))
    made = bench.publish(both)
    assert [(step.kind, step.rows) for step in made.operations] == [("restore_field", 1)]
    assert bench.values("deal", "old_note") == ["old"]
    assert bench.values("deal", "note") == [None]
    assert bench.plan(both).operations == ()
    assert bench.problems() == []


def test_of_several_that_had_the_name_the_version_tells_which(bench: Bench) -> None:
    for text in ("first", "second"):
        bench.publish(make_model(entity("deal", field("note"))))
        bench.insert("deal", note=text)
        bench.publish(make_model(entity("deal", field("note", "integer"))), {"deal.note": "empty"})
        bench.publish(make_model(entity("deal")))
    made = bench.publish(make_model(entity("deal", field("back", restores="note@5"))))
    assert [step.kind for step in made.operations] == ["restore_field"]
    assert sorted(bench.values("deal", "back")) == ["first", "second"]


def test_where_there_is_nothing_to_restore_the_field_is_new(bench: Bench) -> None:
    made = bench.publish(make_model(entity("deal", field("back", restores="note"))))
    assert "create_table" in [step.kind for step in made.operations]


def test_an_entity_with_links_of_every_kind_goes_with_them_and_comes_back(bench: Bench) -> None:
    tag, link = entity("tag", field("name")), entity("deal_tag", lookup("deal", "deal"), lookup("tag", "tag"))
    line = entity("line", field("name"), lookup("deal", "deal"))
    deal = entity("deal", field("name"), lookup("parent", "deal"), lookup("main_tag", "tag"))
    full = make_model(tag, link, line, deal)
    bench.publish(full)
    one, two = bench.insert("deal", name="d"), bench.insert("tag", name="t")
    bench.insert("deal_tag", deal=one, tag=two)
    bench.insert("line", name="l", deal=one)
    made = bench.publish(make_model(tag, entity("line", field("name"))))
    assert {(step.kind, step.subject) for step in made.removals} == {
        ("retire_entity", "entities.deal"),
        ("retire_entity", "entities.deal_tag"),
        ("retire_field", "entities.line.fields.deal"),
    }
    assert made.decisions == ()
    bench.insert("line", name="still works")
    bench.publish(full)
    assert bench.values("line", "deal") == [one, None] or bench.values("line", "deal") == [None, one]
    assert bench.problems() == []
