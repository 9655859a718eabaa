"""In charge of the promises about iCalendar: right by RFC 5545, only what its owner may read, and only while he may."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from samples import api_calls
from samples.calendar_world import Almanac
from tenon.database import count_statements
from tenon.workspace import calendar_feeds

FEEDS = "/api/v1/calendar/feeds"
LINE = re.compile(rb'[A-Z-]+(;[A-Z-]+=("[^"]*"|[^":;,]+))*:[^\r\n\x00-\x08]*')


@pytest.fixture
def owner(almanac: Almanac) -> str:
    """Somebody of this test alone, whose entries are no other's."""
    name = f"owner{len(almanac.ids)}"
    almanac.ids[name] = api_calls.person(almanac.workspace, name, "employee")
    return name


def secret_of(almanac: Almanac, owner: str) -> str:
    with almanac.workspace.database.writing() as connection:
        return calendar_feeds.renew(connection, almanac.ids[owner], almanac.workspace.now())


def fetch(almanac: Almanac, address: str, **headers: str) -> TestResponse:
    """As a calendar program does: without cookies or tokens."""
    client: FlaskClient = almanac.app.test_client()
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def events(document: bytes) -> dict[str, Any]:
    """By summary, read back by the library; every line is held against the grammar besides."""
    assert document.endswith(b"END:VCALENDAR\r\n")
    for raw in document.split(b"\r\n")[:-1]:
        assert len(raw) <= 75
        assert b"\n" not in raw
    for whole in document.replace(b"\r\n ", b"").split(b"\r\n")[:-1]:
        assert LINE.fullmatch(whole), whole
    calendar = Calendar.from_ical(document)
    assert (calendar["version"], calendar["prodid"]) == ("2.0", "-//Tenon//Tenon CRM//EN")
    assert not calendar.errors
    found = list(calendar.walk("VEVENT")) + list(calendar.walk("VTODO"))
    for each in found:
        assert not each.errors
        assert {"UID", "DTSTAMP", "SUMMARY"} <= set(each)
    assert len({str(each["uid"]) for each in found}) == len(found)
    return {str(each["summary"]): each for each in found}


def test_a_feed_holds_what_concerns_its_owner(almanac: Almanac, owner: str) -> None:
    name = "Lunch; with 王先生, “the\\boss”: 1\\n"
    visit = almanac.visit(name, "2026-04-10T12:00", "2026-04-10T13:30", owner=owner, place="Hall")
    almanac.visit("A moment", "2026-04-11T12:00", owner=owner)
    almanac.visit("As a guest", "2026-04-12T12:00", owner="boss", guests=[almanac.ids[owner]])
    almanac.visit("Not his", "2026-04-12T12:00", owner="boss")
    almanac.visit("Years ago", "2025-04-12T12:00", owner=owner)
    almanac.visit("In two years", "2028-04-12T12:00", owner=owner)
    almanac.trip("On the road", "2026-04-13", "2026-04-15", owner=owner)
    almanac.trip("One day", "2026-04-20", owner=owner)
    response = fetch(almanac, f"{FEEDS}/{secret_of(almanac, owner)}.ics")
    assert (response.status_code, response.content_type) == (200, "text/calendar; charset=utf-8")
    found = events(response.data)
    assert set(found) == {name, "A moment", "As a guest", "On the road", "One day"}
    lunch = found[name]
    assert lunch.decoded("dtstart") == datetime(2026, 4, 10, 4, tzinfo=UTC)
    assert lunch.decoded("dtend") == datetime(2026, 4, 10, 5, 30, tzinfo=UTC)
    assert b"DTSTART:20260410T040000Z" in response.data
    assert lunch["uid"] == f"{visit}.calendar@trial"
    assert (lunch["sequence"], lunch["url"]) == (0, f"http://localhost/x_visit/{visit}")
    assert str(lunch["description"]) == f"Place: Hall\nhttp://localhost/x_visit/{visit}"
    assert lunch.decoded("last-modified") == almanac.workspace.now()
    assert "dtend" not in found["A moment"]
    road = found["On the road"]
    assert (road.decoded("dtstart"), road.decoded("dtend")) == (date(2026, 4, 13), date(2026, 4, 16))
    assert b"DTSTART;VALUE=DATE:20260413" in response.data
    assert found["One day"].decoded("dtend") == date(2026, 4, 21)


def test_a_change_keeps_the_uid_and_counts_the_sequence_up(almanac: Almanac, owner: str) -> None:
    visit = almanac.visit("Moved", "2026-04-10T12:00", owner=owner)
    address = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    before = events(fetch(almanac, address).data)["Moved"]
    almanac.clock.advance(seconds=60)
    almanac.change("x_visit", visit, begin="2026-04-11T04:00:00Z")
    after = events(fetch(almanac, address).data)["Moved"]
    assert after["uid"] == before["uid"]
    assert after["sequence"] == before["sequence"] + 1
    assert after.decoded("last-modified") - before.decoded("last-modified") == timedelta(seconds=60)


def test_what_did_not_change_is_not_sent_again(almanac: Almanac, owner: str) -> None:
    almanac.visit("Same", "2026-04-10T12:00", owner=owner)
    address = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    tag = fetch(almanac, address).headers["ETag"]
    again = fetch(almanac, address, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    almanac.visit("Another", "2026-04-11T12:00", owner=owner)
    assert fetch(almanac, address, If_None_Match=tag).status_code == 200


def test_to_dos_are_given_as_such_where_that_is_wanted(almanac: Almanac, owner: str) -> None:
    for title, done in (("To do", False), ("Done", True)):
        almanac.create("task", title=title, owner=almanac.ids[owner], due="2026-04-10T01:00:00Z", done=done)
    secret = secret_of(almanac, owner)
    assert events(fetch(almanac, f"{FEEDS}/{secret}.ics").data)["To do"].name == "VEVENT"
    found = events(fetch(almanac, f"{FEEDS}/{secret}.ics?tasks=todo").data)
    assert [(found[title].name, found[title]["status"]) for title in ("To do", "Done")] == [
        ("VTODO", "NEEDS-ACTION"),
        ("VTODO", "COMPLETED"),
    ]
    assert found["To do"].decoded("due") == datetime(2026, 4, 10, 1, tzinfo=UTC)


def test_a_feed_ends_with_its_address_and_with_its_owner(almanac: Almanac, owner: str) -> None:
    first = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    assert fetch(almanac, first).status_code == 200
    second = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    assert (fetch(almanac, first).status_code, fetch(almanac, second).status_code) == (404, 200)
    almanac.change("user", almanac.ids[owner], active=False)
    assert fetch(almanac, second).status_code == 404
    almanac.change("user", almanac.ids[owner], active=True)
    assert fetch(almanac, second).status_code == 200
    with almanac.workspace.database.writing() as connection:
        calendar_feeds.end(connection, almanac.ids[owner])
    assert fetch(almanac, second).status_code == 404


def test_a_feed_is_counted_like_calls_of_its_owner(almanac: Almanac, owner: str) -> None:
    address = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    first, second = (int(fetch(almanac, address).headers["RateLimit-Remaining"]) for _ in range(2))
    assert second == first - 1


def test_the_secret_opens_nothing_else(almanac: Almanac, owner: str) -> None:
    secret = secret_of(almanac, owner)
    for address in ("/api/v1/calendar?from=2026-04-01&to=2026-05-01", "/api/v1/limits", "/api/v1/x_visit"):
        assert fetch(almanac, address, Authorization=f"Bearer {secret}").status_code == 401


def test_holidays_can_be_subscribed_to(almanac: Almanac, owner: str) -> None:
    secret = secret_of(almanac, owner)
    almanac.change("user", almanac.ids[owner], language="zh-CN")
    found = events(fetch(almanac, f"{FEEDS}/{secret}/holidays/cn.ics").data)
    national = found["国庆节"]
    assert (national.decoded("dtstart"), national.decoded("dtend")) == (date(2026, 10, 1), date(2026, 10, 8))
    assert [title for title in found if title.startswith("补班")] != []
    assert fetch(almanac, f"{FEEDS}/{secret}/holidays/mars.ics").status_code == 404
    assert fetch(almanac, f"{FEEDS}/nobody/holidays/cn.ics").status_code == 404


def test_one_record_is_a_file_for_those_who_may_read_it(almanac: Almanac) -> None:
    visit = almanac.visit("Single", "2031-04-10T12:00", owner="ann")
    undated = almanac.create("x_visit", name="Some day", owner=almanac.ids["ann"])
    answer = almanac.caller("ann").get(f"x_visit/{visit}/calendar.ics")
    assert set(events(answer.body)) == {"Single"}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="x_visit.ics"'
    assert almanac.caller("ann").get(f"x_visit/{undated}/calendar.ics").status == 404
    assert almanac.caller("zoe").get(f"x_visit/{visit}/calendar.ics").status == 404


def test_a_feed_costs_a_statement_for_each_source(almanac: Almanac, owner: str) -> None:
    address = f"{FEEDS}/{secret_of(almanac, owner)}.ics"
    fetch(almanac, address)
    almanac.many(700, date(2026, 5, 1), 20, owner=owner)
    with count_statements(almanac.workspace.database) as counter:
        assert len(events(fetch(almanac, address).data)) == 700
    assert counter.count == 6
