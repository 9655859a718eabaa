"""In charge of the promises about calendars: what stands in them, for whom, on which day, at what cost.

Each test has months of its own.
"""

from datetime import date
from typing import Any

import pytest

from samples.api_calls import Caller
from samples.calendar_world import Almanac
from tenon.database import count_statements


@pytest.fixture
def ann(almanac: Almanac) -> Caller:
    return almanac.caller("ann")


def stands(caller: Caller, begin: str, end: str, **query: Any) -> dict[str, tuple[str, str]]:
    """Title → first and last day."""
    found = caller.get("calendar", **{"from": begin, "to": end}, **query).body
    assert found["complete"]
    return {each["title"]: (each["first_day"], each["last_day"]) for each in found["entries"]}


def test_a_visit_stands_on_the_days_it_touches_in_the_zone_of_whoever_asks(almanac: Almanac, ann: Caller) -> None:
    almanac.visit("Dinner", "2026-04-10T20:00", "2026-04-11T01:00", place="Open")
    almanac.visit("Until midnight", "2026-04-10T21:00", "2026-04-11T00:00")
    almanac.visit("A moment at midnight", "2026-04-11T00:00")
    assert stands(ann, "2026-04-01", "2026-05-01") == {
        "Dinner": ("2026-04-10", "2026-04-11"),
        "Until midnight": ("2026-04-10", "2026-04-10"),
        "A moment at midnight": ("2026-04-11", "2026-04-11"),
    }
    zoe = almanac.caller("zoe")
    visits = stands(zoe, "2026-04-01", "2026-05-01", scope="all", sources="x_visit.calendar")
    assert visits == {"Dinner": ("2026-04-10", "2026-04-10")}


def test_days_keep_their_edges_when_clocks_are_changed(almanac: Almanac) -> None:
    zoe = almanac.caller("zoe")
    almanac.visit("Last of Saturday", "2026-03-08T04:59:59Z", owner="zoe")
    almanac.visit("First of Sunday", "2026-03-08T05:00:00Z", owner="zoe")
    almanac.visit("Last of the short Sunday", "2026-03-09T03:59:59Z", owner="zoe")
    almanac.visit("First of Monday", "2026-03-09T04:00:00Z", owner="zoe")
    almanac.visit("Last of the long Sunday", "2026-11-02T04:59:59Z", owner="zoe")
    almanac.visit("Monday in autumn", "2026-11-02T05:00:00Z", owner="zoe")
    assert {title: first for title, (first, _last) in stands(zoe, "2026-03-01", "2026-04-01").items()} == {
        "Last of Saturday": "2026-03-07",
        "First of Sunday": "2026-03-08",
        "Last of the short Sunday": "2026-03-08",
        "First of Monday": "2026-03-09",
    }
    assert stands(zoe, "2026-11-01", "2026-11-03") == {
        "Last of the long Sunday": ("2026-11-01", "2026-11-01"),
        "Monday in autumn": ("2026-11-02", "2026-11-02"),
    }


def test_trips_are_whole_days_across_the_year_in_every_zone(almanac: Almanac, ann: Caller) -> None:
    almanac.trip("Over the year", "2027-12-29", "2028-01-02")
    almanac.trip("One day", "2027-12-31")
    almanac.trip("Turned round", "2027-12-30", "2027-12-28")
    almanac.trip("Long before", "2027-11-01", "2027-12-26")
    expected = {"Over the year": ("2027-12-29", "2028-01-02"), "One day": ("2027-12-31",) * 2}
    found = stands(ann, "2027-12-27", "2028-01-03")
    assert found == expected | {"Turned round": ("2027-12-30", "2027-12-30")}
    assert stands(almanac.caller("zoe"), "2027-12-27", "2028-01-03", scope="all") == found
    days = ann.get("calendar", **{"from": "2027-12-27", "to": "2028-01-03"}).body["days"]
    assert [each["count"] for each in days] == [0, 0, 1, 2, 2, 1, 1]


def test_everybody_sees_what_concerns_him_and_no_more(almanac: Almanac, ann: Caller) -> None:
    ben, zoe = almanac.caller("ben"), almanac.caller("zoe")
    almanac.visit("Ann alone", "2026-06-01T09:00")
    almanac.visit("Ann with Ben", "2026-06-02T09:00", guests=[almanac.ids["ben"]])
    almanac.visit("Called off", "2026-06-03T09:00", off=True)
    almanac.visit("Open to all", "2026-06-04T09:00", place="Open")
    almanac.trip("Trip of Ann", "2026-06-05")
    almanac.create("x_visit", name="Secret", owner=almanac.ids["ann"], secret="2026-06-06")
    june = ("2026-06-01", "2026-07-01")
    assert set(stands(ann, *june)) == {"Ann alone", "Ann with Ben", "Open to all", "Trip of Ann"}
    assert set(stands(ben, *june)) == {"Ann with Ben"}
    assert set(stands(ben, *june, scope="department")) == {"Ann with Ben", "Open to all", "Trip of Ann"}
    assert set(stands(zoe, *june, scope="department")) == set()
    assert set(stands(zoe, *june, scope="all")) == {"Open to all", "Trip of Ann"}
    assert set(stands(almanac.caller("boss"), *june, scope="all", sources="x_visit.hidden")) == {"Secret"}
    names = {each["name"] for each in ann.get("calendar", **{"from": june[0], "to": june[1]}).body["sources"]}
    assert {"x_visit.calendar", "x_trip.calendar", "task.calendar", "absence.calendar", "reminder.calendar"} == names


def test_entries_say_what_they_are(almanac: Almanac, ann: Caller) -> None:
    visit = almanac.visit("To the moon", "2026-07-20T10:00", "2026-07-20T11:30", place="Moon")
    task = almanac.create("task", title="Pack", owner=almanac.ids["ann"], due="2026-07-20T01:00:00Z", done=True)
    almanac.create("absence", who=almanac.ids["ann"], first_day="2026-07-21", last_day="2026-07-22")
    asked = {"from": "2026-07-20T00:00:00+08:00", "to": "2026-07-23T00:00:00+08:00"}
    found = ann.get("calendar", **asked).body
    assert found["timezone"] == "Asia/Shanghai"
    assert [(each["entity"], each["title"], each["all_day"], each["done"]) for each in found["entries"]] == [
        ("task", "Pack", False, True),
        ("x_visit", "To the moon", False, None),
        ("absence", "Ann", True, None),
    ]
    first, second, third = found["entries"]
    assert (first["id"], first["color"]) == (task, "gray")
    assert (second["id"], second["color"], second["starts"], second["ends"]) == (
        *(visit, "pink"),
        *("2026-07-20T02:00:00Z", "2026-07-20T03:30:00Z"),
    )
    assert (third["starts"], third["ends"], third["last_day"]) == ("2026-07-21", "2026-07-22", "2026-07-22")


def test_days_tell_holidays_and_those_that_make_up_for_them(ann: Caller) -> None:
    found = ann.get("calendar", **{"from": "2026-10-01", "to": "2026-10-12"}).body["days"]
    kinds = {each["day"][-2:]: (each["kind"], each["label"]) for each in found}
    assert kinds["01"] == ("holiday", "National Day")
    assert kinds["07"] == ("holiday", "National Day")
    assert kinds["08"] == ("worked", None)
    assert kinds["10"] == ("made_up", "Made up for National Day")
    assert kinds["11"] == ("off", None)


def test_a_month_of_five_thousand_costs_what_an_empty_one_does(almanac: Almanac, ann: Caller) -> None:
    def cost(first: str, end: str, **query: Any) -> tuple[int, dict[str, Any]]:
        with count_statements(almanac.workspace.database) as counter:
            found = ann.get("calendar", **{"from": first, "to": end}, **query).body
        return counter.count, found

    assert ann.contract
    cost("2029-01-01", "2029-02-01")
    empty, _ = cost("2029-01-01", "2029-02-01")
    almanac.many(5000, date(2029, 3, 1), 31)
    almanac.visit("All month", "2029-02-20T00:00", "2029-04-10T00:00")
    full, found = cost("2029-03-01", "2029-04-01", per_day=4, sources="x_visit.calendar")
    assert cost("2029-03-01", "2029-04-01")[0] == empty == 6
    assert full == 2
    assert [each["count"] for each in found["days"]] == [5000 // 31 + 1 + (day < 5000 % 31) for day in range(31)]
    assert not found["complete"]
    shown = [each["first_day"] for each in found["entries"] if each["title"] != "All month"]
    assert {day: shown.count(day) for day in shown} == {each["day"]: 4 for each in found["days"]} | {"2029-03-01": 3}
    assert found["entries"][0]["title"] == "All month"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"from": "2026-03-01"}, "to"),
        ({"from": "2026-03-01", "to": "2026-03-01"}, "to"),
        ({"from": "2026-03-01", "to": "2026-06-01"}, "to"),
        ({"from": "yesterday", "to": "2026-03-01"}, "from"),
        ({"from": "2026-03-01", "to": "2026-03-02", "scope": "yours"}, "scope"),
        ({"from": "2026-03-01", "to": "2026-03-02", "per_day": "0"}, "per_day"),
        ({"from": "2026-03-01", "to": "2026-03-02", "sources": "x_visit.hidden"}, "sources"),
    ],
)
def test_what_cannot_be_answered_is_refused(ann: Caller, query: dict[str, str], path: str) -> None:
    answer = ann.get("calendar", **query)
    assert answer.status == 400
    assert [each["path"] for each in answer.body["errors"]] == [path]
