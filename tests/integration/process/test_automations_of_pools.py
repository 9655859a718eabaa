"""Automations assign, claim and release records, wait for working hours to do so, and are set off by what pools do."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock

FILES = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
claim: {hold: 2}
release_reasons: x_why
recycle: {no_followup: 30d, warn: 3d, at: "02:00", last_followup: last_contact}
""",
    "assignments/hours.yaml": """
label: {en: In working hours, zh-CN: 工作时间}
entity: x_client
calendar: office
outside_hours: wait
rules:
  sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: round_robin}
""",
    "automations/x_by_rule.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
when: size == 10
run_as: system
do:
  give: {assign: {rule: hours}}
  tell: {set: {phone: '"+86 10 6555 0000"'}}
""",
    "automations/x_by_name.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
when: size == 20
run_as: system
do:
  give: {assign: {to: 'role("x_seller")', method: round_robin}}
""",
    "automations/x_nobody.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
when: size == 30
run_as: system
do:
  give: {assign: {to: 'role("employee")'}, on_error: stop}
""",
    "automations/x_claim.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
when: size == 40
run_as: system
do:
  take: {claim: {pool: open_sea, to: 'role("x_seller", region=region)'}, on_error: stop}
""",
    "automations/x_release.yaml": """
on: {updated: {entity: x_client, fields: [size]}}
when: size == 50
run_as: system
do:
  back: {release: {pool: open_sea, reason: '{{ name }} is quiet'}}
""",
    "automations/x_in_pools.yaml": """
on: {pool: {pool: open_sea, event: [entered, claimed, released, recycled, warned, assigned]}}
run_as: system
do:
  note:
    task:
      title: '{{ trigger.event }} {{ trigger.person.name }} by {{ trigger.by.name }} {{ trigger.reason }}'
      to: 'head("sales")'
""",
    "automations/x_ball.yaml": """
on: {pool: {pool: open_sea, event: assigned}}
when: size == 60
run_as: system
do:
  pass: {assign: {to: 'role("x_seller")', method: round_robin}}
""",
    "automations/x_claimed_only.yaml": """
on: {pool: {pool: open_sea, event: claimed}}
when: trigger.person.name == "Sue"
do: {mark: {set: {key_account: "true"}}}
""",
}


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    clock.instant = at("2026-03-13T17:00")  # a Friday
    opened = open_pond(tmp_path / "pond", database_url, clock, FILES)
    opened.workspace.background.run_due()
    yield opened
    opened.workspace.close()


ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo("UTC"))


def run(pond: Pond) -> None:
    pond.workspace.background.run_due()


def set_off(pond: Pond, name: str, size: int) -> None:
    pond.change("x_client", pond.ids[name], "boss", size=size)
    run(pond)


def last(pond: Pond, name: str, automation: str) -> dict[str, Any]:
    where = f'record_id == "{pond.ids[name]}" and automation == "automation:{automation}"'
    return pond.find("automation_run", where, sort=("-started_at", "-id"))[0]


def lines(run_: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line["step"], line["status"]) for line in run_["steps"]]


def heard(pond: Pond) -> list[str]:
    return [" ".join(each["title"].split()) for each in pond.find("task", sort=("created_at", "id"))]


def test_records_are_assigned_by_rule_and_by_name(pond: Pond) -> None:
    for name in ("One", "Two"):
        pond.client(name)
        set_off(pond, name, 10)
    pond.client("Three")
    set_off(pond, "Three", 20)
    assert {pond.owner("One"), pond.owner("Two")} <= {"sam", "sue", "sol"}
    assert pond.owner("One") != pond.owner("Two")
    assert pond.owner("Three") in {"sam", "sue", "sol"}
    assert lines(last(pond, "One", "x_by_rule")) == [("give", "done"), ("tell", "done")]


def test_outside_working_hours_the_run_waits_visibly_and_goes_on_in_the_morning(pond: Pond) -> None:
    pond.clock.instant = at("2026-03-13T20:00")
    for name in ("Late", "Taken"):
        pond.client(name)
        set_off(pond, name, 10)
    waiting = last(pond, "Late", "x_by_rule")
    assert (waiting["status"], lines(waiting)) == ("waiting", [("give", "waiting")])
    assert waiting["steps"][0]["outcome"] == "Outside working hours: it goes on at 2026-03-16 09:00."
    assert pond.owner("Late") is None
    pond.change("x_client", pond.ids["Taken"], "boss", owner=pond.ids["chloe"])
    pond.clock.instant = at("2026-03-16T08:59")
    run(pond)
    assert pond.owner("Late") is None
    pond.clock.instant = at("2026-03-16T09:00")
    run(pond)
    assert pond.owner("Late") in {"sam", "sue", "sol"}
    done = last(pond, "Late", "x_by_rule")
    assert (done["status"], lines(done)) == ("done", [("give", "waiting"), ("give", "done"), ("tell", "done")])
    assert pond.owner("Taken") == "chloe"
    taken = last(pond, "Taken", "x_by_rule")
    assert (taken["status"], taken["steps"][1]["outcome"]) == ("done", "Somebody got it meanwhile.")


@ONE
def test_a_dry_run_at_night_says_when_it_would_go_on(pond: Pond) -> None:
    pond.clock.instant = at("2026-03-13T20:00")
    pond.client("Late", size=10)
    access = pond.access("boss")
    with pond.unit("boss") as unit:
        service = pond.workspace.current.processes.automations
        found = service.dry_run(unit, access, "x_by_rule", pond.ids["Late"])
    assert found.steps[0].status == "waiting"
    assert found.steps[0].outcome == "Outside working hours: it goes on at 2026-03-16 09:00."


@ONE
def test_nobody_to_assign_to_fails_and_says_so(pond: Pond) -> None:
    pond.client("South")
    set_off(pond, "South", 30)
    failed = last(pond, "South", "x_nobody")
    assert (failed["status"], pond.owner("South")) == ("failed", None)
    assert "Nobody was found who could get the record." in failed["reason"]


def test_records_are_claimed_for_somebody_within_his_limits_and_released(pond: Pond) -> None:
    for name in ("A", "B", "C"):
        pond.client(name, region=pond.ids["north"])
        set_off(pond, name, 40)
    assert [pond.owner(name) for name in ("A", "B", "C")] == ["sol", "sol", None]
    refused = last(pond, "C", "x_claim")
    assert refused["status"] == "failed"
    assert "2" in refused["reason"]
    set_off(pond, "A", 50)
    assert pond.owner("A") is None
    assert last(pond, "A", "x_release")["status"] == "done"
    kinds = [(each["kind"], each["note"]) for each in pond.find("pool_event", f'record_id == "{pond.ids["A"]}"')]
    assert ("released", "A is quiet") in kinds
    signed = pond.client("Signed", signed=True)
    set_off(pond, "Signed", 40)
    assert last(pond, "Signed", "x_claim")["status"] == "failed"
    assert pond.read("x_client", signed, "owner")["owner"] is None


def test_what_happens_in_a_pool_sets_automations_off(pond: Pond) -> None:
    pools = pond.workspace.current.processes.pools
    pond.client("Acme")
    run(pond)
    access = pond.access("sue")
    with pond.unit("sue") as unit:
        pools.claim_all(unit, access, "open_sea", [pond.ids["Acme"]])
    run(pond)
    assert pond.read("x_client", pond.ids["Acme"], "key_account")["key_account"] is True
    with pond.unit("sue") as unit:
        pools.release(unit, access, "open_sea", pond.ids["Acme"], reason="wrong")
    run(pond)
    pond.change("x_client", pond.ids["Acme"], "boss", owner=pond.ids["sam"])
    run(pond)
    assert heard(pond) == [
        "entered by",
        "claimed Sue by Sue",
        "released Sue by Sue wrong",
        "assigned Sam by Boss",
    ]
    for _day in range(40):
        pond.clock.advance(days=1)
        run(pond)
    assert heard(pond)[4:] == ["warned Sam by no_followup", "recycled Sam by no_followup"]
    run_ = last(pond, "Acme", "x_in_pools")
    assert (run_["trigger"], run_["actor"]) == ("pool", None)


@ONE
def test_one_that_passes_its_own_record_on_and_on_is_stopped(pond: Pond) -> None:
    pond.client("Ball", "sam", size=60)
    pond.change("x_client", pond.ids["Ball"], "boss", owner=pond.ids["chloe"])
    run(pond)
    where = f'record_id == "{pond.ids["Ball"]}" and automation == "automation:x_ball"'
    runs = pond.find("automation_run", where, sort=("started_at", "id"))
    assert [each["status"] for each in runs] == ["done", "stopped"]
    assert "set itself off" in runs[1]["reason"]
