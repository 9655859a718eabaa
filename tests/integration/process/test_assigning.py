"""In charge of who gets a record: each method, fair under turns, past those who left or are away, on both databases."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.process.assigning import LATER, Explanation

RULES = {
    "assignments/turns.yaml": """
label: {en: In turn, zh-CN: 轮流}
entity: x_client
rules:
  sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: round_robin}
fallback: manager(owner)
""",
    "assignments/weights.yaml": """
label: {en: By weight, zh-CN: 按权重}
entity: x_client
rules:
  sellers:
    label: {en: Sellers, zh-CN: 销售}
    to: 'role("x_seller")'
    method: weighted
    weight: '3 if person.name == "Sam" else (1 if person.name == "Sue" else 0)'
""",
    "assignments/loads.yaml": """
label: {en: Least loaded, zh-CN: 最少}
entity: x_client
rules:
  sellers:
    label: {en: Sellers, zh-CN: 销售}
    to: 'role("x_seller")'
    method: least_loaded
    load: not signed
    most: 3
fallback: 'head("sales")'
""",
    "assignments/chance.yaml": """
label: {en: By chance, zh-CN: 随机}
entity: x_client
rules:
  sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: random}
""",
    "assignments/places.yaml": """
label: {en: By place, zh-CN: 按区域}
entity: x_client
on_create: true
when: size > 10
rules:
  big: {label: {en: Big, zh-CN: 大客户}, when: size > 100, to: 'role("x_chief")'}
  near:
    label: {en: Near, zh-CN: 本区域}
    to: 'role("x_seller", region=region)'
    method: round_robin
fallback: 'head("sales")'
""",
    "assignments/hours.yaml": """
label: {en: In working hours, zh-CN: 工作时间}
entity: x_client
calendar: office
outside_hours: wait
rules:
  sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")'}
""",
}


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", database_url, clock, RULES)
    yield opened
    opened.workspace.close()


def service(pond: Pond) -> Any:
    return pond.workspace.current.processes.assignments


def assign(pond: Pond, rule: str, name: str) -> str | None:
    with pond.unit() as unit:
        found = service(pond).assign(unit, rule, pond.ids[name])
    return next((known for known, identity in pond.ids.items() if identity == found), found)


def explain(pond: Pond, rule: str, name: str) -> Explanation:
    with pond.workspace.reading(pond.actor("system")) as unit:
        found: Explanation = service(pond).explain(unit, rule, pond.ids[name])
    return found


def test_turns_are_fair_and_pass_over_those_who_left_or_are_away(pond: Pond) -> None:
    for number in range(14):
        pond.client(f"c{number}", "boss")
    assert Counter(assign(pond, "turns", f"c{number}") for number in range(6)) == {"sam": 2, "sue": 2, "sol": 2}
    pond.change("user", pond.ids["sam"], active=False)
    pond.create("absence", who=pond.ids["sue"], first_day="2026-03-10", last_day="2026-03-20")
    assert [assign(pond, "turns", f"c{number}") for number in range(6, 8)] == ["sol", "sol"]
    pond.clock.advance(days=10)
    assert [assign(pond, "turns", f"c{number}") for number in range(8, 10)] == ["sue", "sol"]
    pond.change("user", pond.ids["sue"], active=False)
    pond.change("user", pond.ids["sol"], active=False)
    assert assign(pond, "turns", "c10") is None, "boss has no manager, so nobody is left"
    assert pond.owner("c10") == "boss"


def test_weights_are_kept_to_and_mixed(pond: Pond) -> None:
    for number in range(8):
        pond.client(f"c{number}", "boss")
    found = [assign(pond, "weights", f"c{number}") for number in range(8)]
    assert found == ["sam", "sam", "sue", "sam"] * 2


def test_whoever_has_least_gets_it_up_to_the_most_allowed(pond: Pond) -> None:
    for number, owner in enumerate(("sam", "sam", "sue")):
        pond.client(f"old{number}", owner)
    pond.client("signed", "sol", signed=True)
    for number in range(7):
        pond.client(f"c{number}", "boss")
    found = [assign(pond, "loads", f"c{number}") for number in range(7)]
    assert found[:2] == ["sol", found[1]]
    assert Counter(found) == {"sol": 3, "sue": 2, "sam": 1, "chloe": 1}
    assert found[-1] == "chloe"


def test_loads_are_counted_in_one_statement(pond: Pond) -> None:
    pond.client("c", "boss")
    with count_statements(pond.workspace.database) as counted:
        found = explain(pond, "loads", "c")
    assert found.person in (pond.ids["sam"], pond.ids["sue"], pond.ids["sol"])
    assert sum("count(" in text.lower() and "group by" in text.lower() for text in counted.texts) == 1
    assert counted.count <= 8


def test_chance_is_the_same_for_the_same_record_and_instant(pond: Pond) -> None:
    pond.client("c", "boss")
    assert explain(pond, "chance", "c") == explain(pond, "chance", "c")
    assert assign(pond, "chance", "c") in ("sam", "sue", "sol")


def test_new_records_go_to_whom_the_first_fitting_rule_finds(pond: Pond) -> None:
    ids = pond.ids
    for name, size, region in (("small", 5, "shanghai"), ("near", 50, "shanghai"), ("huge", 500, "shanghai")):
        pond.client(name, "boss", size=size, region=ids[region])
    pond.client("far", "boss", size=50, region=pond.find("region", 'code == "south_china"', select=("id",))[0]["id"])
    pond.client("taken", "boss", size=50, region=ids["shanghai"])
    pond.change("x_client", ids["taken"], owner=ids["lena"])
    pond.workspace.background.run_due()
    assert [pond.owner(name) for name in ("small", "huge", "far", "taken")] == ["boss", "chloe", "chloe", "lena"]
    assert pond.owner("near") in ("sam", "sue")
    with pond.workspace.reading(pond.actor("system")) as unit:
        history = pond.reader.history(unit, pond.access(), "x_client", ids["near"])
    assert history[0].reason == "assigned by “By place”: Near"
    assert set(history[0].changes) == {"owner"}


def test_outside_working_hours_a_record_waits_for_the_morning(pond: Pond) -> None:
    pond.client("c", "boss")
    assert assign(pond, "hours", "c") == LATER
    pond.workspace.background.run_due()
    assert pond.owner("c") == "boss"
    assert explain(pond, "hours", "c").waits_until is not None
    pond.clock.advance(days=2)
    pond.workspace.background.run_due()
    assert pond.owner("c") in ("sam", "sue", "sol")


def test_it_can_be_explained_and_nothing_changes_by_that(pond: Pond) -> None:
    pond.client("c", "boss", size=50, region=pond.ids["shanghai"])
    pond.create("absence", who=pond.ids["sue"], first_day="2026-03-01")
    found = explain(pond, "places", "c")
    assert (found.applies, found.rule, found.person) == (True, "near", pond.ids["sam"])
    assert [(each.rule, each.fits) for each in found.looked] == [("big", False), ("near", True)]
    assert [str(why) for why in found.looked[1].passed_over.values()] == ["is away"]
    assert explain(pond, "places", "c") == found
    assert pond.owner("c") == "boss"
    pond.change("x_client", pond.ids["c"], size=1)
    assert explain(pond, "places", "c").applies is False
