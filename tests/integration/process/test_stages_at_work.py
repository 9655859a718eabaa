"""What stages do by themselves, on both databases: steps, limits of time, and moves that need an approval."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from samples.automation_world import Works, open_works
from tenon.clock import FixedClock
from tenon.errors import Conflict, InvalidInput, NeedsApproval
from tenon.process.approvals import Decision

FILES = {
    "entities/x_deal/pipelines.yaml": """
main:
  label: {en: Deals, zh-CN: 交易}
  stages:
    open:
      kind: open
      label: {en: Open, zh-CN: 进行中}
      exit: {left: {set: {grade: '"left for " + trigger.to_stage'}}}
    offered:
      kind: open
      label: {en: Offered, zh-CN: 已报价}
      limit: 2d
      entry: {enter: {set: {note: '"entered from " + old.stage'}}}
      escalate: {to: owner, every: 1d, do: {count: {set: {score: 'coalesce(score, 0) + 1'}}}}
    hurry:
      kind: open
      label: {en: Hurry, zh-CN: 加急}
      limit: 2h
      calendar: office
      escalate: {to: owner, template: x_hurry, do: {count: {set: {score: 'coalesce(score, 0) + 1'}}}}
    won:
      kind: won
      label: {en: Won, zh-CN: 赢单}
      require: [amount]
      guard: amount > 10
      guard_message: {en: Too small to win., zh-CN: 金额过小。}
      approval: winning
    lost: {kind: lost, label: {en: Lost, zh-CN: 输单}}
""",
    "templates/x_hurry.yaml": """
label: {en: Hurry, zh-CN: 加急}
entity: x_deal
channel: email
subject: {en: "Hurry with {{ name }}", zh-CN: "请加快：{{ name }}"}
body: {en: "It is in {{ stage }}.", zh-CN: "现处于 {{ stage }}。"}
""",
    "approvals/winning.yaml": """
label: {en: Winning, zh-CN: 赢单审批}
entity: x_deal
steps:
  check: {who: owner, label: {en: Check, zh-CN: 核对}}
skip: {submitter: ask}
""",
    "automations/after_approval.yaml": """
on: {approved: winning}
when: trigger.by.name == "Ada"
do: {score: {set: {score: "7"}}}
""",
    "automations/win.yaml": """
on: {updated: {entity: x_deal, fields: [reply]}}
run_as: actor
do: {go: {move: won}}
""",
}


@pytest.fixture(scope="module")
def works(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("stages")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))  # a Friday, 9:00 in Shanghai
    opened = open_works(folder, module_database_url, clock, FILES)
    yield opened
    opened.workspace.close()


def test_steps_of_leaving_and_entering_are_done(works: Works) -> None:
    deal = works.create("x_deal", name="Steps")
    works.move(deal, "offered")
    works.go()
    found = works.read("x_deal", deal)
    assert (found["grade"], found["note"]) == ("left for offered", "entered from open")
    assert [run["automation"] for run in works.runs(deal) if run["trigger"] == "stage"] == [
        "stage:x_deal.main.open.exit",
        "stage:x_deal.main.offered.entry",
    ]


def test_who_stays_too_long_is_escalated_once_and_again_as_it_says(works: Works) -> None:
    works.clock.instant = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    works.go()
    deal = works.create("x_deal", name="Slow")
    gone = works.create("x_deal", name="Gone on")
    works.move(deal, "offered")
    works.move(gone, "offered")
    scores = {}
    for hours in range(2, 97, 2):
        works.wait(hours=2)
        scores[hours] = works.read("x_deal", deal)["score"]
        if hours == 20:
            works.move(gone, "lost")
    assert [scores[hours] for hours in (46, 50, 70, 74, 96)] == [None, 1, 1, 2, 3]
    assert works.read("x_deal", gone)["score"] is None
    told = works.find("notification", f'record_id == "{deal}"')
    assert {notice["person"]["id"] for notice in told} == {works.ids["ada"]}
    assert "Offered" in told[0]["title"]


def test_working_time_counts_where_a_calendar_is_named(works: Works) -> None:
    works.clock.instant = datetime(2026, 5, 8, 9, 0, tzinfo=UTC)  # a Friday, 17:00 in Shanghai
    works.go()
    deal = works.create("x_deal", name="Hurry")
    works.move(deal, "hurry")
    works.wait(days=2)
    assert works.read("x_deal", deal)["score"] is None
    works.clock.instant = datetime(2026, 5, 11, 2, 10, tzinfo=UTC)  # Monday, 10:10
    works.go()
    assert works.read("x_deal", deal)["score"] == 1
    works.wait(days=3)
    assert works.read("x_deal", deal)["score"] == 1
    (told,) = works.find("notification", f'record_id == "{deal}"')
    assert told["title"] == "Hurry with Hurry"


def test_every_way_into_a_stage_meets_the_same_demands(works: Works) -> None:
    deal = works.create("x_deal", name="Demands")
    access = works.access()
    for refuse in (
        lambda unit: works.workspace.writer.move_stage(unit, access, "x_deal", deal, "won", version=None),
        lambda unit: works.workspace.writer.change(unit, access, "x_deal", deal, {"stage": "won"}, version=None),
        lambda unit: works.workspace.current.processes.stages.move(unit, access, "x_deal", deal, "won"),
    ):
        with works.unit() as unit, pytest.raises(InvalidInput) as refused:
            refuse(unit)
        assert "Amount" in str(refused.value)
    works.change("x_deal", deal, amount=1)
    with works.unit() as unit, pytest.raises(Conflict) as small:
        works.workspace.current.processes.stages.move(unit, access, "x_deal", deal, "won")
    assert str(small.value) == "Too small to win."


def test_a_stage_that_needs_an_approval_is_not_entered_without(works: Works) -> None:
    deal = works.create("x_deal", name="Approve", amount=100)
    access = works.access()
    with works.unit() as unit, pytest.raises(NeedsApproval) as refused:
        works.workspace.writer.move_stage(unit, access, "x_deal", deal, "won", version=None)
    assert refused.value.extra == {"approval": "winning", "stage": "won"}
    values = {"name": "New", "amount": 100, "owner": works.ids["ada"]}
    with works.unit() as unit, pytest.raises(NeedsApproval):
        works.workspace.writer.create(unit, access, "x_deal", values, stage="won")


def test_a_move_into_such_a_stage_submits_it(works: Works) -> None:
    deal = works.create("x_deal", name="Submit", amount=100)
    access = works.access("ada")
    with works.unit("ada") as unit:
        moved = works.workspace.current.processes.stages.move(unit, access, "x_deal", deal, "won")
    works.go()
    assert (moved.saved, moved.approval) == (None, "winning")
    assert works.read("x_deal", deal)["stage"] == "open"
    (task,) = works.find("approval_task", f'request == "{moved.request}"')
    with works.unit("ada") as unit:
        works.workspace.current.processes.approvals.decide(unit, access, task["id"], Decision(verb="approve"))
    works.go()
    found = works.read("x_deal", deal)
    assert (found["stage"], found["score"]) == ("won", 7)


def test_an_automation_that_moves_into_such_a_stage_submits_it_too(works: Works) -> None:
    deal = works.create("x_deal", name="Auto", amount=100)
    works.go()
    works.change("x_deal", deal, "ada", reply="yes")
    works.go()
    (run,) = works.runs(deal, "win")
    assert run["status"] == "done"
    assert run["steps"][0]["outcome"] == {"approval": "winning"}
    assert works.read("x_deal", deal)["stage"] == "open"
