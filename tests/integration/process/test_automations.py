"""Automations through the public doors, on both databases: what sets them off, what they do, what they say of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from samples.automation_world import Works, open_works
from samples.automations_at_work import AUTOMATIONS
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, NotFound
from tenon.query import Query


@pytest.fixture(scope="module")
def works(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("works")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))  # a Friday, 9:00 in Shanghai
    files = {f"automations/{name}.yaml": text for name, text in AUTOMATIONS.items()}
    opened = open_works(folder, module_database_url, clock, files)
    yield opened
    opened.workspace.close()


def only(works: Works, record: str, automation: str) -> dict[str, Any]:
    (run,) = works.runs(record, automation)
    return run


def statuses(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["step"], line["status"]) for line in run["steps"] or ()]


def test_steps_that_set_fields_are_one_change_by_whoever_set_it_off(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="One", kind="grading", amount=2000)
    works.go()
    found = works.read("x_deal", deal)
    assert (found["grade"], found["note"], found["kept"]) == ("gold", "gold deal", "by system")
    run = only(works, deal, "grade_big")
    assert (run["status"], run["trigger"], run["actor"]["id"]) == ("done", "created", works.ids["sam"])
    assert statuses(run) == [("first", "done"), ("second", "done")]
    with works.workspace.reading(works.actor()) as unit:
        history = works.workspace.reader.history(unit, works.access(), "x_deal", deal)
    own = [change for change in history if "grade" in change.changes]
    assert set(own[0].changes) == {"grade", "note"}
    assert own[0].actor["id"] == works.ids["sam"]
    assert "grade_big" in str(own[0].reason).lower() or "automation" in str(own[0].reason)


def test_a_condition_that_does_not_hold_leaves_a_run_that_says_so(works: Works) -> None:
    deal = works.create("x_deal", name="Small", kind="grading", amount=5)
    works.go()
    run = only(works, deal, "grade_big")
    assert run["status"] == "skipped"
    assert "amount >= 1000" in run["reason"]
    assert "amount = 5" in run["reason"]
    with works.unit() as unit:
        why = works.automations.why(unit, works.access(), "grade_big", deal)
    assert not why.would_run
    assert [check.holds for check in why.checks] == [True, False, True]
    assert why.values["amount"] == "5.00"
    assert why.runs[0].status == "skipped"


def test_a_task_is_its_owners_and_leads_to_the_record(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="Acme", kind="to do")
    works.go()
    (task,) = works.find("task", f'about.id == "{deal}"')
    assert (task["title"], task["owner"]["id"], task["done"]) == ("Call Acme", works.ids["sam"], False)
    assert task["due"] is not None


def test_old_values_and_the_fields_of_an_update_are_known(works: Works) -> None:
    deal = works.create("x_deal", name="Watched", kind="watched", amount=10)
    works.go()
    works.change("x_deal", deal, note="nothing to do with it")
    works.go()
    assert works.runs(deal, "on_amount") == []
    works.change("x_deal", deal, amount=25)
    works.go()
    assert works.read("x_deal", deal)["note"].startswith("was 10")


def test_an_automation_that_sets_itself_off_is_stopped_with_a_clear_log(works: Works) -> None:
    deal = works.create("x_deal", name="Loop", kind="loop", score=0)
    works.go()
    works.change("x_deal", deal, score=1)
    works.go()
    assert works.read("x_deal", deal)["score"] == 2
    first, second = works.runs(deal, "loop")
    assert (first["status"], second["status"]) == ("done", "stopped")
    assert "loop → loop" in second["reason"]
    assert second["cause"] == first["id"]
    assert (first["depth"], second["depth"]) == (1, 2)
    works.change("x_deal", deal, score=10)
    works.go()
    told = works.find("notification", 'starts_with(title, "“loop” goes round in circles")')
    assert [each["person"]["id"] for each in told] == [works.ids["ada"]]  # once a day, the administrators


def test_two_that_set_off_each_other_end(works: Works) -> None:
    deal = works.create("x_deal", name="Pair", kind="pair", score=0)
    works.go()
    works.change("x_deal", deal, grade="a")
    works.go()
    ran = [(run["automation"].split(":")[1], run["status"]) for run in works.runs(deal) if run["trigger"] == "updated"]
    ran = [each for each in ran if each[0] in ("ping", "pong")]
    assert ran == [("ping", "done"), ("pong", "done"), ("ping", "stopped")]


def test_a_chain_over_ever_new_records_ends_at_the_depth_limit(works: Works) -> None:
    works.create("x_deal", name="Ancestor", kind="breed")
    works.go()
    bred = works.find("x_deal", 'kind == "breed"')
    assert len(bred) == 11
    last = only(works, bred[-1]["id"], "breed")
    assert last["status"] == "stopped"
    assert "11" in last["reason"]


def test_steps_make_records_and_go_through_children_and_branches(works: Works) -> None:
    deal = works.create("x_deal", name="Won", amount=50)
    works.create("x_line", name="old", deal=deal, quantity=2)
    works.create("x_line", name="none", deal=deal, quantity=0)
    works.move(deal, "won")
    works.go()
    run = only(works, deal, "won_lines")
    assert run["status"] == "done"
    assert statuses(run) == [
        ("make", "done"),
        ("check", "done"),
        ("check/do/mark", "done"),
        ("check/do/mark", "done"),
        ("big", "done"),
        ("big/small/note_it", "done"),
        ("result", "done"),
    ]
    assert works.read("x_deal", deal)["note"] == "small, from open"
    lines = {line["name"]: line for line in works.find("x_line", f'deal == "{deal}"')}
    assert [lines[name]["checked"] for name in ("old", "none", "Won")] == [True, False, True]
    assert lines["Won"]["quantity"] == 7


def test_a_wait_ends_in_time_or_as_soon_as_its_condition_holds(works: Works) -> None:
    late = works.create("x_deal", name="Late", kind="slow")
    soon = works.create("x_deal", name="Soon", kind="slow")
    works.go()
    assert only(works, late, "follow_up")["status"] == "waiting"
    works.change("x_deal", soon, reply="yes")
    works.go()
    assert works.read("x_deal", soon)["note"] == "went on"
    assert works.read("x_deal", late)["note"] == "waiting"
    works.wait(days=3)
    assert works.read("x_deal", late)["note"] == "went on"
    assert statuses(only(works, late, "follow_up")) == [("first", "done"), ("pause", "waiting"), ("after", "done")]
    assert statuses(only(works, soon, "follow_up")) == [("first", "done"), ("pause", "waiting"), ("after", "done")]


def test_working_time_is_waited_for(works: Works) -> None:
    works.clock.instant = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)  # a Friday, 17:00 in Shanghai
    deal = works.create("x_deal", name="Office", kind="office")
    works.go()
    works.clock.instant = datetime(2026, 3, 23, 1, 59, tzinfo=UTC)  # Monday, 9:59
    works.go()
    assert works.read("x_deal", deal)["note"] is None
    works.clock.instant = datetime(2026, 3, 23, 2, 0, tzinfo=UTC)
    works.go()
    assert works.read("x_deal", deal)["note"] == "done"


def test_a_step_that_fails_can_be_skipped_and_a_step_can_stop(works: Works) -> None:
    deal = works.create("x_deal", name="Care", kind="careful")
    works.go()
    run = only(works, deal, "careful")
    assert (run["status"], run["reason"]) == ("stopped", "enough of Care")
    assert statuses(run) == [("wrong", "failed"), ("right", "done"), ("ends", "done")]
    assert set(run["steps"][0]["error"]) == {"en", "zh-CN"}
    assert works.read("x_deal", deal)["note"] == "right"


def test_a_failure_keeps_what_was_done_before_and_pauses_what_says_so(works: Works) -> None:
    deal = works.create("x_deal", name="Fail", kind="failing")
    works.go()
    assert works.read("x_deal", deal)["note"] == "kept"
    assert only(works, deal, "failing")["status"] == "failed"
    again = works.create("x_deal", name="Again", kind="failing")
    works.go()
    run = only(works, again, "failing")
    assert run["status"] == "skipped"
    assert "paused" in run["reason"]
    with works.unit() as unit:
        assert "failing" in works.automations.paused(unit)
        works.automations.resume(unit, works.access(), "failing")
        with pytest.raises(Conflict):
            works.automations.resume(unit, works.access(), "failing")


def test_a_failed_run_goes_on_where_it_failed(works: Works) -> None:
    deal = works.create("x_deal", name="Retry", kind="failing")
    works.go()
    run = only(works, deal, "failing")
    works.change("x_deal", deal, note="x")
    with works.unit() as unit:
        works.automations.retry(unit, works.access(), run["id"])
        works.automations.resume(unit, works.access(), "failing")
    works.go()
    again = only(works, deal, "failing")
    assert (again["status"], again["reason"]) == ("done", None)
    assert works.find("x_line", 'code == "x"') != []


def test_it_can_do_no_more_than_whoever_it_acts_for(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="Reach", kind="reaching")
    works.go()
    run = only(works, deal, "reaching")
    assert run["status"] == "failed"
    assert works.find("user", 'email == "new@example.com"') == []


def test_it_acts_as_the_owner_where_it_says_so(works: Works) -> None:
    deal = works.create("x_deal", name="Owned", kind="owners", owner=works.ids["sue"])
    works.go()
    assert works.read("x_deal", deal)["changed_by"]["id"] == works.ids["sue"]
    works.change("user", works.ids["sue"], active=False)
    left = works.create("x_deal", name="Left", kind="owners", owner=works.ids["sue"])
    works.go()
    works.change("user", works.ids["sue"], active=True)
    run = only(works, left, "owners")
    assert run["status"] == "failed"
    assert "does not work here" in run["reason"]


def test_once_is_once_for_each_record(works: Works) -> None:
    deal = works.create("x_deal", name="Single", kind="single", score=0, amount=1)
    works.go()
    for amount in (2, 3):
        works.change("x_deal", deal, amount=amount)
    works.go()
    assert works.read("x_deal", deal)["score"] == 1
    assert [run["status"] for run in works.runs(deal, "single")] == ["done", "skipped"]


def test_a_date_is_crossed_once_however_often_it_is_looked_at(works: Works) -> None:
    works.clock.instant = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
    works.go()
    deal = works.create("x_deal", name="Dated", kind="dated", closes="2026-04-03", score=0)
    past = works.create("x_deal", name="Past", kind="dated", closes="2026-03-01", score=0)
    works.wait(days=1, hours=23)
    for _minute in range(60 if works.workspace.database.dialect == "postgresql" else 1440):
        works.wait(minutes=1)
    works.wait(hours=1)
    assert works.read("x_deal", deal)["score"] == 1
    assert works.read("x_deal", deal)["note"].startswith("closes 2026-04-03")
    assert works.read("x_deal", past)["score"] == 0
    works.change("x_deal", deal, closes="2026-04-10")
    works.wait(days=20)
    assert works.read("x_deal", deal)["score"] == 2


def test_the_clock_starts_a_run_for_each_record_that_fits(works: Works) -> None:
    works.clock.instant = datetime(2026, 5, 1, 0, 0, tzinfo=UTC)
    works.go()
    mine = [works.create("x_deal", name=f"N{number}", kind="nightly", score=0) for number in range(3)]
    other = works.create("x_deal", name="Other", score=0)
    works.wait(days=3)  # down for three nights: made up for once
    assert [works.read("x_deal", deal)["score"] for deal in (*mine, other)] == [1, 1, 1, 0]
    works.wait(days=1)
    assert works.read("x_deal", mine[0])["score"] == 2


def test_a_button_is_for_those_who_may_change_the_record(works: Works) -> None:
    deal = works.create("x_deal", "sam", name="Button", kind="button")
    plain = works.create("x_deal", "sam", name="Plain")
    automations = works.automations
    with works.unit("sam") as unit:
        access = works.access("sam")
        (button,) = automations.buttons(unit, access, "x_deal", deal)
        assert button.ask == {"reason": "text", "points": "number"}
        assert automations.buttons(unit, access, "x_deal", plain) == []
        automations.start_by_hand(unit, access, "button", "x_deal", deal, {"reason": "asked", "points": "4"})
        with pytest.raises(Conflict):
            automations.start_by_hand(unit, access, "button", "x_deal", plain, {})
    with works.unit("sue") as unit, pytest.raises(NotFound):
        automations.start_by_hand(unit, works.access("sue"), "button", "x_deal", deal, {})
    works.go()
    found = works.read("x_deal", deal)
    assert (found["note"], found["score"]) == ("asked", 4)


def test_a_call_from_outside_finds_its_record_and_counts_once(works: Works) -> None:
    deal = works.create("x_deal", name="Order 7", score=0)
    for _time in range(2):
        with works.unit() as unit:
            works.automations.fire(unit, "hooked", "webhook", {"name": "Order 7", "paid": "12.5"}, key="call-1")
    works.go()
    assert works.read("x_deal", deal)["amount"] == "12.50"
    assert len(works.runs(deal, "hooked")) == 1


def test_a_deleted_record_sets_off_what_waits_for_it(works: Works) -> None:
    deal = works.create("x_deal", name="Gone for good", kind="gone")
    with works.unit() as unit:
        works.workspace.writer.delete(unit, works.access(), "x_deal", deal, version=None)
    works.go()
    assert works.find("x_line", 'name == "Gone for good"') != []


def test_the_log_keeps_no_sensitive_value(works: Works) -> None:
    deal = works.create("x_deal", name="Private", kind="private")
    works.go()
    run = only(works, deal, "private")
    assert works.read("x_deal", deal)["private"] == "told in confidence"
    assert run["steps"][0]["inputs"] == {"private": "•••"}
    assert "confidence" not in str(run)


def test_a_dry_run_tells_the_steps_and_leaves_no_trace(works: Works) -> None:
    deal = works.create("x_deal", name="Dry", amount=500)
    works.go()
    before = works.read("x_deal", deal)
    with works.unit("ada") as unit:
        foreseen = works.automations.dry_run(unit, works.access("ada"), "won_lines", deal)
    works.go()
    told = [(step.place, step.status) for step in foreseen.steps]
    assert told == [
        ("make", "done"),
        ("check", "done"),
        ("check/do/mark", "done"),
        ("big", "done"),
        ("big/large/note_it", "done"),
        ("result", "done"),
    ]
    assert foreseen.steps[0].inputs["name"] == "Dry"
    assert works.read("x_deal", deal) == before
    assert works.find("x_line", f'deal == "{deal}"') == []
    assert works.runs(deal, "won_lines") == []
    with works.unit("sam") as unit, pytest.raises(Forbidden):
        works.automations.dry_run(unit, works.access("sam"), "won_lines", deal)


def test_a_thousand_records_of_one_call_start_exactly_their_runs(works: Works) -> None:
    rows = [{"name": f"Row {number}", "size": number} for number in range(1000)]
    with works.unit() as unit:
        outcomes = works.workspace.writer.create_many(unit, works.access(), "x_lead", rows)
    works.go()
    made = {outcome.saved.id for outcome in outcomes if outcome.saved is not None}
    assert len(made) == 1000
    with works.workspace.reading(works.actor()) as unit:
        access, count = works.access(), works.workspace.reader.count
        query = Query(entity="x_lead", where="size == previous + 1")
        assert count(unit, access, query).value == 1000
        query = Query(entity="automation_run", where='automation == "automation:grow" and status == "done"')
        assert count(unit, access, query).value == 1000
