"""How runs go on: effects outside, failures tried again, limits, order, and steps of other origins."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from samples.automation_world import Works, open_works
from tenon.actions import Runnable
from tenon.clock import FixedClock
from tenon.expressions import TEXT
from tenon.jobs import Unsure
from tenon.jobs.managing import replay_job
from tenon.process.automations import StepsOrigin
from tenon.process.performing.run_function import Given, runnable
from tenon.schema import SYSTEM_TABLES
from tenon.texts import say

CALLS: list[tuple[str, str]] = []
FAILING: set[str] = set()
UNSURE: set[str] = set()


@runnable(Runnable(name="works.call", help=say("For tests.", "测试用。"), inputs={"name": TEXT}))
def call(given: Given) -> str:
    name = str(given.arguments["name"])
    CALLS.append((name, given.key))
    if name in UNSURE:
        raise Unsure(say("Nobody knows.", "未知。"))
    if name in FAILING:
        raise ConnectionError("nobody answers")
    return f"called {name}"


FILES = {
    "automations/calls.yaml": """
on: {created: x_deal}
when: kind == "calls"
do:
  before: {set: {note: '"before"'}}
  call: {run: {function: works.call, with: {name: name}}}
  after: {set: {note: '"after"'}}
""",
    "automations/ordered.yaml": """
on: {updated: {entity: x_deal, fields: [amount]}}
when: kind == "ordered"
do:
  call: {run: {function: works.call, with: {name: name}}}
  note: {set: {note: 'note + ">" + text(score)', score: score + 1}}
""",
    "automations/hopeless.yaml": """
on: {created: x_deal}
when: kind == "hopeless"
limits: {retries: 2}
notify: owner
do: {call: {run: {function: works.call, with: {name: name}}}}
""",
    "automations/rare.yaml": """
on: {updated: {entity: x_deal, fields: [grade]}}
when: kind == "rare"
limits: {per_record: 2}
do: {count: {set: {score: score + 1}}}
""",
    "automations/narrow.yaml": """
on: {updated: {entity: x_deal, fields: [grade]}}
when: kind == "narrow"
limits: {records: 2}
do: {mark: {update: {of: lines, set: {checked: "true"}}}}
""",
    "automations/slow.yaml": """
on: {created: x_deal}
when: kind == "timed"
limits: {timeout: 1h}
do:
  rest: {wait: 3d}
  call: {run: {function: works.call, with: {name: name}}}
""",
    "automations/on_logs.yaml": """
on: {created: automation_run}
when: automation == "automation:calls"
do: {nothing: {stop: {reason: seen}}}
""",
    "automations/followed.yaml": """
on: {manual: x_deal}
do: {note: {set: {note: 'coalesce(note, "") + "+"'}}}
""",
}


@pytest.fixture(scope="module")
def works(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("runs")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))
    opened = open_works(folder, module_database_url, clock, FILES)
    yield opened
    opened.workspace.close()


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    CALLS.clear()
    yield
    FAILING.clear()
    UNSURE.clear()


def only(works: Works, record: str, automation: str) -> dict[str, Any]:
    (run,) = works.runs(record, automation)
    return run


def test_an_effect_outside_is_had_after_what_came_before_is_kept(works: Works) -> None:
    deal = works.create("x_deal", name="Call", kind="calls")
    works.go()
    run = only(works, deal, "calls")
    assert run["status"] == "done"
    assert [name for name, _key in CALLS] == ["Call"]
    assert [line["status"] for line in run["steps"]] == ["done", "done", "done"]
    assert run["steps"][1]["outcome"] == "called Call"
    assert works.read("x_deal", deal)["note"] == "after"


def test_an_automation_on_logs_does_not_go_on_for_ever(works: Works) -> None:
    deal = works.create("x_deal", name="Logged", kind="calls")
    works.go()
    about = only(works, deal, "calls")["id"]
    (seen,) = works.runs(about)
    assert (seen["status"], seen["reason"]) == ("stopped", "seen")
    assert works.runs(seen["id"]) == []


def test_a_failed_effect_is_tried_again_with_the_same_key(works: Works) -> None:
    FAILING.add("Flaky")
    deal = works.create("x_deal", name="Flaky", kind="calls")
    works.go()
    run = only(works, deal, "calls")
    assert (run["status"], works.read("x_deal", deal)["note"]) == ("running", "before")
    assert "nobody answers" in run["steps"][1]["error"]["en"]
    FAILING.clear()
    works.wait(minutes=1)
    run = only(works, deal, "calls")
    assert run["status"] == "done"
    assert [line["status"] for line in run["steps"]] == ["done", "failed", "done", "done"]
    assert len({key for _name, key in CALLS}) == 1
    assert works.read("x_deal", deal)["note"] == "after"


def test_what_fails_for_good_is_told_to_whom_it_concerns(works: Works) -> None:
    FAILING.add("Never")
    deal = works.create("x_deal", name="Never", kind="hopeless", owner=works.ids["sue"])
    works.go()
    for _day in range(3):
        works.wait(days=1)
    assert only(works, deal, "hopeless")["status"] == "failed"
    assert len(CALLS) == 3
    told = [notice for notice in works.find("notification") if "Hopeless" in notice["title"]]
    assert [notice["person"]["id"] for notice in told] == [works.ids["sue"]]
    assert "nobody answers" in told[0]["body"]


def test_a_run_whose_job_is_dead_says_so_and_goes_on_when_it_is_replayed(works: Works) -> None:
    UNSURE.add("Unsure")
    deal = works.create("x_deal", name="Unsure", kind="calls")
    works.go()
    for _time in range(8):
        works.wait(hours=4)
    run = only(works, deal, "calls")
    assert (run["status"], works.read("x_deal", deal)["note"]) == ("failed", "before")
    assert "given up" in run["reason"]
    UNSURE.clear()
    jobs = SYSTEM_TABLES["job"]
    with works.unit() as unit:
        (dead,) = unit.connection.execute(sa.select(jobs.c.id).where(jobs.c.status == "dead"))
        replay_job(unit, dead[0])
    works.go()
    assert only(works, deal, "calls")["status"] == "done"
    assert works.read("x_deal", deal)["note"] == "after"


def test_runs_of_one_record_wait_for_one_another(works: Works) -> None:
    FAILING.add("Ordered")
    deal = works.create("x_deal", name="Ordered", kind="ordered", amount=1, score=0, note="")
    works.go()
    works.change("x_deal", deal, note="from")
    works.change("x_deal", deal, amount=2)
    works.go()
    works.change("x_deal", deal, amount=3)
    works.go()
    assert [run["status"] for run in works.runs(deal, "ordered")] == ["running", "waiting"]
    assert len(CALLS) == 1
    FAILING.clear()
    works.wait(minutes=1)
    first, second = works.runs(deal, "ordered")
    assert (first["status"], second["status"]) == ("done", "done")
    assert first["ended_at"] <= second["ended_at"]
    assert works.read("x_deal", deal)["note"] == "from>0>1"


def test_a_limit_for_each_record_holds_for_a_day(works: Works) -> None:
    deal = works.create("x_deal", name="Rare", kind="rare", score=0)
    works.go()
    for grade in "abc":
        works.change("x_deal", deal, grade=grade)
        works.go()
    assert [run["status"] for run in works.runs(deal, "rare")] == ["done", "done", "stopped"]
    assert "2 times a day" in works.runs(deal, "rare")[-1]["reason"]
    works.wait(days=2)
    works.change("x_deal", deal, grade="d")
    works.go()
    assert works.read("x_deal", deal)["score"] == 3


def test_a_run_touches_no_more_records_than_it_may(works: Works) -> None:
    deal = works.create("x_deal", name="Narrow", kind="narrow")
    for number in range(3):
        works.create("x_line", name=f"L{number}", deal=deal)
    works.change("x_deal", deal, grade="x")
    works.go()
    run = only(works, deal, "narrow")
    assert run["status"] == "failed"
    assert "2 records" in run["reason"]
    assert [line["checked"] for line in works.find("x_line", f'deal == "{deal}"')] == [False] * 3


def test_time_spent_waiting_does_not_count_against_the_limit(works: Works) -> None:
    deal = works.create("x_deal", name="Timed", kind="timed")
    works.go()
    works.wait(days=3)
    assert only(works, deal, "slow")["status"] == "done"


def test_steps_of_another_origin_run_once_for_each_key(works: Works) -> None:
    deal = works.create("x_deal", name="Origin")
    steps = works.workspace.model.automations["followed"].do
    for _time in range(2):
        with works.unit() as unit:
            origin = StepsOrigin(kind="automation", name="followed", entity="x_deal", record_id=deal)
            works.automations.start_steps(unit, steps, origin, "occasion-1")
    works.go()
    assert works.read("x_deal", deal)["note"] == "+"


def test_what_is_paused_by_hand_rests_until_it_is_resumed(works: Works) -> None:
    with works.unit("ada") as unit:
        works.automations.pause(unit, works.access("ada"), "rare", "too noisy")
    deal = works.create("x_deal", name="Resting", kind="rare", score=0)
    works.change("x_deal", deal, grade="a")
    works.go()
    run = only(works, deal, "rare")
    assert (run["status"], run["reason"]) == ("skipped", "The automation is paused: too noisy")
    with works.unit("ada") as unit:
        works.automations.resume(unit, works.access("ada"), "rare")
    works.change("x_deal", deal, grade="b")
    works.go()
    assert works.read("x_deal", deal)["score"] == 1
