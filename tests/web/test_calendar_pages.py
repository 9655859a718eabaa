"""In charge of the promises about calendars as pages: what stands where, what an address says, moving, the feed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from samples import workspaces
from samples.calendar_world import Almanac, open_almanac
from tenon.database import count_statements

DAY = re.compile(r'<section class="day[^"]*" data-day-cell="([0-9-]+)".*?</section>', re.DOTALL)


@pytest.fixture(scope="module")
def almanac(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Almanac]:
    folder: Path = tmp_path_factory.mktemp("almanac") / "trial"
    with open_almanac(folder, f"sqlite:///{folder / 'trial.sqlite'}", workspaces.fixed_clock()) as opened:
        yield opened


@pytest.fixture(scope="module")
def ann(almanac: Almanac) -> FlaskClient:
    return almanac.browser("ann")


@pytest.fixture(scope="module")
def zoe(almanac: Almanac) -> FlaskClient:
    return almanac.browser("zoe")


def days(client: FlaskClient, address: str) -> dict[str, str]:
    """Day → what stands on it, as HTML."""
    answer = client.get(address)
    assert answer.status_code == 200
    return {found.group(1): found.group() for found in DAY.finditer(answer.text)}


def move(client: FlaskClient, entity: str, identity: str, **values: object) -> tuple[int, str]:
    answer = workspaces.post(client, f"/{entity}/{identity}/-/calendar", view="calendar", **values)
    return answer.status_code, answer.headers.get("HX-Trigger", "")


def stands(almanac: Almanac, entity: str, identity: str, *names: str) -> list[str]:
    found = almanac.caller("boss").get(f"{entity}/{identity}").body
    return [found[name] for name in names]


def test_a_month_has_whole_weeks_and_what_stands_in_them(almanac: Almanac, ann: FlaskClient) -> None:
    almanac.visit("Dinner & wine", "2026-04-10T20:00", "2026-04-11T01:00")
    almanac.trip("Trip", "2026-04-30", "2026-05-02")
    found = days(ann, "/calendar?day=2026-04-15")
    assert (min(found), max(found), len(found)) == ("2026-03-30", "2026-05-03", 35)
    assert "Dinner &amp; wine" in found["2026-04-10"]
    assert "Dinner &amp; wine" in found["2026-04-11"]
    assert [day for day, html in found.items() if ">Trip<" in html] == ["2026-04-30", "2026-05-01", "2026-05-02"]
    assert "Qingming" in found["2026-04-06"]
    assert "resting" in found["2026-04-06"]


@pytest.mark.parametrize(
    ("address", "first", "last", "words"),
    [
        ("/calendar?span=week&day=2026-12-31", "2026-12-28", "2027-01-03", "Week 53"),
        ("/calendar?span=week&day=2027-01-04", "2027-01-04", "2027-01-10", "Week 1"),
        ("/calendar?span=day&day=2026-12-31", "2026-12-31", "2026-12-31", "Thursday, December 31, 2026"),
        ("/calendar?day=2026-12-31", "2026-11-30", "2027-01-03", "December 2026"),
        ("/calendar?day=nonsense&span=nonsense", "2026-02-23", "2026-04-05", "March 2026"),
    ],
)
def test_an_address_says_which_days(ann: FlaskClient, address: str, first: str, last: str, words: str) -> None:
    found = list(days(ann, address))
    assert (found[0], found[-1]) == (first, last)
    assert words in ann.get(address).text


def test_steps_lead_on_and_keep_what_was_chosen(ann: FlaskClient) -> None:
    text = ann.get("/calendar?span=week&day=2026-12-31&scope=all&off=task.calendar").text.replace("&amp;", "&")
    kept = "scope=all&off=task.calendar"
    for address in (
        f"/calendar?span=week&day=2026-12-24&{kept}",
        f"/calendar?span=week&day=2027-01-07&{kept}",
        f"/calendar?span=week&{kept}",
        f"/calendar?span=agenda&day=2026-12-31&{kept}",
        "/calendar?span=week&day=2026-12-31&scope=all",
    ):
        assert f'href="{address}"' in text
    assert re.search(r'aria-checked="false"[^>]*><i class="dot"></i>Task calendar', text)


def test_the_calendar_of_an_entity_is_narrowed_as_its_list(almanac: Almanac, ann: FlaskClient) -> None:
    almanac.visit("North", "2026-08-03T10:00", place="North")
    almanac.visit("South", "2026-08-03T11:00", place="South")
    whole = ann.get("/x_visit?view=calendar&day=2026-08-03").text
    assert "North" in whole
    assert "South" in whole
    narrowed = ann.get('/x_visit?view=calendar&day=2026-08-03&where=place == "North"').text
    assert "South" not in narrowed
    assert "day=2026-07-01" in narrowed
    assert "where=place" in narrowed


def test_a_view_by_a_hidden_date_is_not_there(ann: FlaskClient) -> None:
    assert "Secrets" not in ann.get("/x_visit?view=hidden").text


def test_a_full_day_shows_a_few_and_counts_the_rest(almanac: Almanac, ann: FlaskClient) -> None:
    for number in range(7):
        almanac.visit(f"Full {number}", f"2026-09-09T1{number}:00")
    found = days(ann, "/x_visit?view=calendar&day=2026-09-01")["2026-09-09"]
    assert found.count("data-entry=") == 4
    assert "+3 more" in found
    assert ann.get("/x_visit?view=calendar&day=2026-09-09&span=agenda").text.count("data-entry=") == 7


def test_a_page_costs_a_statement_for_each_source(almanac: Almanac, ann: FlaskClient) -> None:
    ann.get("/calendar?day=2029-01-01")
    with count_statements(almanac.workspace.database) as empty:
        ann.get("/calendar?day=2029-01-01")
    for number in range(30):
        almanac.visit(f"Many {number}", f"2029-06-{number + 1:02}T10:00")
    with count_statements(almanac.workspace.database) as full:
        ann.get("/calendar?day=2029-06-01")
    assert full.count == empty.count <= 9


def test_an_entry_is_moved_by_days_and_keeps_its_clock_and_length(almanac: Almanac, ann: FlaskClient) -> None:
    visit = almanac.visit("Mobile", "2026-04-20T22:00", "2026-04-21T01:00")
    status, told = move(ann, "x_visit", visit, version=1, days=-3)
    assert status == 204
    assert "Apr 17, 2026, 10:00" in told
    assert stands(almanac, "x_visit", visit, "begin", "finish") == ["2026-04-17T14:00:00Z", "2026-04-17T17:00:00Z"]
    assert move(ann, "x_visit", visit, version=2, days=1, minutes=-90)[0] == 204
    assert stands(almanac, "x_visit", visit, "begin") == ["2026-04-18T12:30:00Z"]
    assert move(ann, "x_visit", visit, version=3, at="2026-05-01T08:15")[0] == 204
    assert stands(almanac, "x_visit", visit, "begin", "finish") == ["2026-05-01T00:15:00Z", "2026-05-01T03:15:00Z"]


def test_nine_stays_nine_when_clocks_are_changed_between(almanac: Almanac, zoe: FlaskClient) -> None:
    visit = almanac.visit("Early", "2026-03-06T14:00:00Z", "2026-03-06T15:00:00Z", owner="zoe")
    assert move(zoe, "x_visit", visit, version=1, days=3)[0] == 204
    assert stands(almanac, "x_visit", visit, "begin", "finish") == ["2026-03-09T13:00:00Z", "2026-03-09T14:00:00Z"]
    night = almanac.visit("Night", "2026-03-07T06:30:00Z", "2026-03-07T07:15:00Z", owner="zoe")
    assert move(zoe, "x_visit", night, version=1, days=1)[0] == 204
    begin, finish = stands(almanac, "x_visit", night, "begin", "finish")
    assert begin < finish


def test_a_trip_is_moved_as_a_whole(almanac: Almanac, ann: FlaskClient) -> None:
    trip = almanac.trip("Whole", "2026-12-30", "2027-01-02")
    assert move(ann, "x_trip", trip, version=1, days=7, minutes=30)[0] == 204
    assert stands(almanac, "x_trip", trip, "first", "last") == ["2027-01-06", "2027-01-09"]
    assert move(ann, "x_trip", trip, version=2, at="2026-12-01")[0] == 204
    assert stands(almanac, "x_trip", trip, "first", "last") == ["2026-12-01", "2026-12-04"]


def test_a_refused_move_says_why_and_changes_nothing(almanac: Almanac, ann: FlaskClient, zoe: FlaskClient) -> None:
    visit = almanac.visit("Fixed", "2026-04-20T10:00", place="Open")
    status, told = move(ann, "x_visit", visit, version=1, at="2019-04-20T10:00")
    assert status == 409
    assert "Nobody was here before 2020." in told
    assert move(zoe, "x_visit", visit, version=1, days=1)[0] in (403, 409)
    almanac.change("x_visit", visit, begin="2026-04-22T02:00:00Z")
    status, told = move(ann, "x_visit", visit, version=1, days=1)
    assert status == 409
    assert "changed" in told.lower()
    for wrong in ({"days": "x"}, {"at": "someday"}, {"days": 99999999}):
        assert move(ann, "x_visit", visit, version=2, **wrong)[0] == 400
    assert stands(almanac, "x_visit", visit, "begin") == ["2026-04-22T02:00:00Z"]


def test_a_day_leads_to_a_new_record_on_it(ann: FlaskClient) -> None:
    text = ann.get("/x_visit?view=calendar&day=2026-04-20").text
    address = re.search(r'class="day-new bare" href="(/x_visit/new\?begin=2026-04-20T[^"]*)"', text)
    assert address is not None
    form = ann.get(address.group(1).replace("&amp;", "&")).text
    assert 'value="2026-04-20T09:00"' in form
    assert 'name="back" value="/x_visit?view=calendar&amp;day=2026-04-20"' in form


def test_the_navigation_leads_to_the_calendar(ann: FlaskClient) -> None:
    assert '<a class="place" href="/calendar" aria-current="page">' in ann.get("/calendar").text


def test_the_address_of_a_feed_is_made_shown_once_renewed_and_ended(almanac: Almanac, zoe: FlaskClient) -> None:
    def read(address: str) -> int:
        return almanac.app.test_client().get(address).status_code

    made = workspaces.post(zoe, "/-/settings/calendar").text
    address = re.search(r'value="http://localhost(/api/v1/calendar/feeds/[^"/]+\.ics)"', made)
    assert address is not None
    assert read(address.group(1)) == 200
    assert "/holidays/cn.ics" in made
    assert "/api/v1/calendar/feeds/" not in zoe.get("/-/settings/calendar").text
    workspaces.post(zoe, "/-/settings/calendar")
    assert read(address.group(1)) == 404
    workspaces.post(zoe, "/-/settings/calendar/end")
    assert "Make an address" in zoe.get("/-/settings/calendar").text
