"""A field that is renamed keeps its values, also when another one comes under its old name in the same change."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from factories.model_factory import entity, field, make_model
from factories.schema_bench import Bench
from tenon.clock import FixedClock
from tenon.model import Field, Model

OWN, VENDOR = "workspace", "sales"


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    yield made
    made.database.close()


def brought(module: str, made: Field) -> Field:
    return replace(made, module=module)


def model(*fields: Field) -> Model:
    return make_model(entity("deal", field("name"), *fields))


LEGACY = model(brought(OWN, field("size")))
UPGRADED = model(brought(OWN, field("x_size", was=("size",))), brought(VENDOR, field("size")))


def kinds(bench: Bench, to: Model) -> list[tuple[str, str]]:
    made = bench.publish(to, {})
    return [(step.kind, step.subject.rpartition(".")[2]) for step in made.operations]


def test_the_companys_values_go_with_its_field(bench: Bench) -> None:
    bench.publish(LEGACY)
    first = bench.insert("deal", size="ours")
    assert sorted(kinds(bench, UPGRADED)) == [("add_field", "size"), ("rename_field", "x_size")]
    assert (bench.by_id("deal", "x_size"), bench.by_id("deal", "size")) == ({first: "ours"}, {first: None})
    assert bench.problems() == []
    bench.update("deal", first, size="theirs")
    assert kinds(bench, UPGRADED) == []
    assert bench.by_id("deal", "x_size") == {first: "ours"}


def test_the_companys_values_are_converted_when_its_field_changes_its_type_as_well(bench: Bench) -> None:
    bench.publish(LEGACY)
    first = bench.insert("deal", size="12")
    bench.publish(model(brought(OWN, field("x_size", "integer", was=("size",))), brought(VENDOR, field("size"))))
    assert (bench.by_id("deal", "x_size"), bench.by_id("deal", "size")) == ({first: 12}, {first: None})
    assert bench.problems() == []


def test_going_back_and_forth_loses_nothing_of_either(bench: Bench) -> None:
    bench.publish(LEGACY)
    first = bench.insert("deal", size="ours")
    bench.publish(UPGRADED)
    bench.update("deal", first, size="theirs", x_size="ours again")
    bench.publish(LEGACY)
    assert bench.by_id("deal", "size") == {first: "ours again"}
    bench.publish(UPGRADED)
    assert (bench.by_id("deal", "x_size"), bench.by_id("deal", "size")) == ({first: "ours again"}, {first: "theirs"})
    assert bench.problems() == []


def test_a_field_of_the_company_that_goes_leaves_the_modules_field_alone(bench: Bench) -> None:
    bench.publish(LEGACY)
    first = bench.insert("deal", size="ours")
    bench.publish(UPGRADED)
    bench.update("deal", first, size="theirs")
    assert ("retire_field", "x_size") in kinds(bench, model(brought(VENDOR, field("size"))))
    assert bench.by_id("deal", "size") == {first: "theirs"}


def test_a_retired_field_that_returns_takes_nothing_from_others(bench: Bench) -> None:
    bench.publish(UPGRADED)
    first = bench.insert("deal", size="theirs", x_size="ours")
    bench.publish(model(brought(VENDOR, field("size"))))
    bench.publish(UPGRADED)
    assert (bench.by_id("deal", "x_size"), bench.by_id("deal", "size")) == ({first: "ours"}, {first: "theirs"})
