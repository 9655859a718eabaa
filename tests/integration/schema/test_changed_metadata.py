"""A plan never says “nothing” when something is different, and names the thing and what differs in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.query import Query
from tenon.schema import Operation, Plan
from tenon.schema.metadata_operations import ChangeMetadata

DEAL = """
label: Deal
title: name
fields:
  name: {type: text, required: true}
  size: {type: text, max: 100}
  closes: {type: date}
views:
  list: {type: table, columns: [name, size]}
"""
ROLE = "label: {en: Guest, zh-CN: 访客}\ngrants: {x_deal: {read: all}}\n"


@pytest.fixture
def bench(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", sqlite_url, clock)
    made.publish({"entities/x_deal.yaml": DEAL, "roles/x_guest.yaml": ROLE})
    yield made
    made.close()


def metadata(made: Plan) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(step.path, step.change, step.properties) for step in made.operations if isinstance(step, ChangeMetadata)]


def step_of(made: Plan, kind: str) -> Operation:
    (found,) = [step for step in made.operations if step.kind == kind]
    return found


def test_a_changed_label_names_the_field_and_the_property(bench: FolderBench) -> None:
    made = bench.plan({"entities/x_deal.yaml": DEAL.replace("{type: date}", "{type: date, label: Ends}")})
    assert metadata(made) == [("entities.x_deal.fields.closes", "changed", ("label",))]
    assert (
        step_of(made, "change_metadata").text.in_("zh-CN")
        == "字段“Ends”（entities.x_deal.fields.closes）已更改：label。"
    )


def test_things_that_come_go_and_change_are_told_one_by_one(bench: FolderBench) -> None:
    grown = DEAL.replace("[name, size]", "[name]") + "  small: {type: table, columns: [name]}\n"
    made = bench.plan({"entities/x_deal.yaml": grown, "roles/x_guest.yaml": None, "roles/x_other.yaml": ROLE})
    assert sorted(metadata(made)) == [
        ("entities.x_deal.views.list", "changed", ("columns",)),
        ("entities.x_deal.views.small", "added", ()),
        ("roles.x_guest", "removed", ()),
        ("roles.x_other", "added", ()),
    ]
    assert {step.risk for step in made.removals} == {"removes"}


def test_another_order_is_told(bench: FolderBench) -> None:
    lines = "  size: {type: text, max: 100}\n  closes: {type: date}\n"
    turned = "  closes: {type: date}\n  size: {type: text, max: 100}\n"
    made = bench.plan({"entities/x_deal.yaml": DEAL.replace(lines, turned)})
    assert metadata(made) == [("entities.x_deal.fields", "reordered", ())]


def test_a_new_or_renamed_thing_is_not_told_twice(bench: FolderBench) -> None:
    renamed = DEAL.replace("size: {type: text, max: 100}", "volume: {type: text, max: 100, was: [size]}")
    renamed = renamed.replace("[name, size]", "[name, volume]")
    made = bench.plan({"entities/x_deal.yaml": renamed, "entities/x_more.yaml": DEAL})
    assert step_of(made, "rename_field").subject == "entities.x_deal.fields.volume"
    assert metadata(made) == [("entities.x_deal.views.list", "changed", ("columns",))]


def test_a_field_of_another_name_and_type_is_not_told_to_go(bench: FolderBench) -> None:
    other = DEAL.replace("size: {type: text, max: 100}", "volume: {type: decimal, was: [size]}")
    made = bench.plan({"entities/x_deal.yaml": other.replace("[name, size]", "[name, volume]")})
    assert metadata(made) == [
        ("entities.x_deal.fields.volume", "changed", ("max",)),
        ("entities.x_deal.views.list", "changed", ("columns",)),
    ]


def test_whatever_moves_the_digest_is_in_the_plan(bench: FolderBench) -> None:
    changes: list[dict[str, str | None]] = [
        {"workspace.yaml": "name: small\nlabel: {en: Tiny}\nmodules: [core]\n"},
        {"navigation.yaml": "x_work: {label: Work, items: {deals: {entity: x_deal}}}\n"},
        {"translations/zh-CN.yaml": "words: {}\nentities: {x_deal: {label: 商机}}\n"},
        {"roles/x_guest.yaml": ROLE.replace("all", "own")},
    ]
    for files in changes:
        before = bench.plan().model.digest
        made = bench.plan(files)
        if made.model.digest != before:
            assert made.operations, files
            assert all("{" not in step.text.in_("en") for step in made.operations)
        bench.publish()


def test_tighter_limits_are_counted_and_wait_for_an_answer(bench: FolderBench) -> None:
    bench.create("x_deal", name="a", size="x" * 60)
    bench.create("x_deal", name="b", size="short")
    tighter = {"entities/x_deal.yaml": DEAL.replace("max: 100", "max: 50")}
    step = step_of(bench.plan(tighter), "tighten_limits")
    assert (step.rows, step.to_json()["refused"], step.risk, step.answers()) == (2, 1, "needs_decision", ("keep",))
    made = bench.propose()
    decided = made.plan.accepting({"x_deal.size": "keep"})
    assert decided.decisions == ()
    assert decided.seal != made.plan.seal


def test_a_field_that_becomes_required_tells_its_gaps_and_how_to_find_them(bench: FolderBench) -> None:
    bench.create("x_deal", name="a")
    made = bench.publish({"entities/x_deal.yaml": DEAL.replace("{type: date}", "{type: date, required: true}")})
    step = step_of(made, "require_field")
    assert (step.rows, step.risk, step.to_json()["filter"]) == (1, "safe", "is_blank(closes)")


def test_gaps_of_a_list_of_records_are_found_by_counting(bench: FolderBench) -> None:
    bench.create("x_deal", name="a")
    wanted = "{name: {type: text, required: true}, friends: {type: multi_lookup, to: x_deal, required: true},"
    made = bench.publish({"entities/x_deal.yaml": "label: Deal\ntitle: name\nfields: " + wanted + _REST})
    step = next(step for step in made.operations if step.kind == "add_field")
    condition = step.to_json()["filter"]
    assert condition == "count(friends) == 0"
    with bench.open() as workspace, workspace.reading(Actor.system("test")) as unit:
        access = workspace.access(unit.actor)
        found = workspace.reader.list(unit, access, Query(entity="x_deal", select=("name",), where=condition))
    assert [record["name"] for record in found.records] == ["a"]


_REST = " size: {type: text, max: 100}, closes: {type: date}}\n"


def test_values_that_occur_twice_are_listed_before_they_must_be_unique(bench: FolderBench) -> None:
    for name in ("a", "a", "b"):
        bench.create("x_deal", name=name)
    made = bench.plan({"entities/x_deal.yaml": DEAL.replace("required: true", "required: true, unique: true")})
    assert "a ×2" in str(step_of(made, "add_unique").text)
