"""Keys that records hold never become unknown: they are renamed, mapped, or the change waits for an answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from tenon.clock import FixedClock
from tenon.errors import Conflict, MetadataError

DEAL = """
label: Deal
fields:
  name: {type: text, required: true}
  kind: {type: choice, from: kind}
  kinds: {type: multi_choice, from: kind}
pipelines:
  main:
    stages: {open: {kind: open}, talk: {kind: open}, won: {kind: won}}
"""
KIND = "options: {a: {}, b: {}, c: {}}\n"
FILES = {
    "entities/x_deal.yaml": DEAL.replace("label: Deal\n", "label: Deal\ntitle: name\n"),
    "choices/x_kind.yaml": KIND,
}


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    made = FolderBench(tmp_path / "small", database_url, clock)
    files = {path: text.replace("from: kind", "from: x_kind") for path, text in FILES.items()}
    made.publish(files)
    yield made
    made.close()


def kinds(bench: FolderBench) -> list[tuple[object, ...]]:
    return bench.rows("SELECT name, kind FROM t_x_deal ORDER BY name")


def test_a_renamed_option_takes_its_records_along(bench: FolderBench) -> None:
    bench.create("x_deal", name="1", kind="a", kinds=["a", "b"])
    made = bench.publish({"choices/x_kind.yaml": "options: {alpha: {was: [a]}, b: {}, c: {}}\n"})
    steps = {(step.kind, step.rows, step.risk) for step in made.operations if step.kind == "replace_key"}
    assert steps == {("replace_key", 1, "safe")}
    assert kinds(bench) == [("1", "alpha")]
    workspace = bench.open()
    assert [option.key for option in workspace.model.choices["x_kind"].options] == ["alpha", "b", "c"]
    workspace.close()
    assert "alpha" in str(bench.rows("SELECT kinds FROM t_x_deal"))
    bench.publish({"choices/x_kind.yaml": KIND})
    assert kinds(bench) == [("1", "a")]


def test_a_used_option_cannot_go_before_somebody_says_what_its_records_get(bench: FolderBench) -> None:
    bench.create("x_deal", name="1", kind="a", kinds=["a", "b"])
    made = bench.propose({"choices/x_kind.yaml": "options: {b: {}, c: {}}\n"})
    assert {(step.kind, step.subject) for step in made.plan.decisions} == {
        ("orphan_key", "entities.x_deal.fields.kind"),
        ("orphan_key", "entities.x_deal.fields.kinds"),
    }
    with pytest.raises(Conflict):
        bench.carry_out(made)
    bench.publish({"choices/x_kind.yaml": "options: {b: {}, c: {}}\nmap: {a: b}\n"})
    assert kinds(bench) == [("1", "b")]
    assert bench.rows("SELECT kinds FROM t_x_deal") in ([('["b"]',)], [(["b"],)])


def test_an_unused_option_may_go(bench: FolderBench) -> None:
    bench.create("x_deal", name="1", kind="a")
    made = bench.publish({"choices/x_kind.yaml": "options: {a: {}, b: {}}\n"})
    assert made.decisions == ()
    assert [(step.kind, step.subject) for step in made.operations] == [("change_metadata", "choices.x_kind")]


def test_an_option_may_be_replaced_by_nothing(bench: FolderBench) -> None:
    bench.create("x_deal", name="1", kind="a", kinds=["a"])
    bench.publish({"choices/x_kind.yaml": 'options: {b: {}}\nmap: {a: ""}\n'})
    assert bench.rows("SELECT kind, kinds FROM t_x_deal") == [(None, None)]


def test_a_map_to_a_key_that_is_not_there_does_not_compile(bench: FolderBench) -> None:
    with pytest.raises(MetadataError):
        bench.plan({"choices/x_kind.yaml": "options: {b: {}}\nmap: {a: z}\n"})
    with pytest.raises(MetadataError):
        bench.plan({"choices/x_kind.yaml": "options: {a: {}, b: {}}\nmap: {a: b}\n"})


def stages(text: str) -> dict[str, str | None]:
    old = "{open: {kind: open}, talk: {kind: open}, won: {kind: won}}"
    file = FILES["entities/x_deal.yaml"].replace("from: kind", "from: x_kind").replace(old, text)
    return {"entities/x_deal.yaml": file}


def test_a_renamed_stage_takes_records_and_their_past_along(bench: FolderBench) -> None:
    bench.create("x_deal", name="1")
    bench.publish(stages("{fresh: {kind: open, was: [open]}, talk: {kind: open}, won: {kind: won}}"))
    assert bench.rows("SELECT stage FROM t_x_deal") == [("fresh",)]
    assert bench.rows("SELECT to_stage FROM tenon_stage_history") == [("fresh",)]


def test_no_record_is_ever_in_a_stage_that_is_gone(bench: FolderBench) -> None:
    bench.create("x_deal", name="1")
    made = bench.plan(stages("{talk: {kind: open}, won: {kind: won}}"))
    assert [(step.kind, step.rows) for step in made.decisions] == [("orphan_key", 1)]
    bench.publish(stages("{talk: {kind: open}, won: {kind: won}}\n    map: {open: talk}"))
    assert bench.rows("SELECT stage FROM t_x_deal") == [("talk",)]


def test_a_default_that_points_at_a_removed_option_does_not_compile(bench: FolderBench) -> None:
    text = FILES["entities/x_deal.yaml"].replace(
        "{type: choice, from: kind}", "{type: choice, from: x_kind, default: a}"
    )
    bench.publish({"entities/x_deal.yaml": text.replace("from: kind", "from: x_kind")})
    with pytest.raises(MetadataError):
        bench.plan({"choices/x_kind.yaml": "options: {b: {}}\n"})


def test_renaming_an_entity_leaves_equal_texts_alone(bench: FolderBench) -> None:
    bench.create("x_deal", name="x_deal")
    bench.publish(
        {
            "entities/x_deal.yaml": None,
            "entities/x_chance.yaml": "was: [x_deal]\n"
            + FILES["entities/x_deal.yaml"].replace("from: kind", "from: x_kind"),
        }
    )
    assert bench.rows("SELECT name FROM t_x_deal") == [("x_deal",)]
    assert bench.rows("SELECT DISTINCT entity FROM tenon_stage_history") == [("x_chance",)]
