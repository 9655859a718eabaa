"""Contact records through the public doors, on both databases: next steps, rights, daily follow-ups, reminders."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from samples.automation_world import Works
from samples.contact_world import account, open_house, sees, tasks_about
from tenon.clock import FixedClock

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def house(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Works]:
    folder = tmp_path_factory.mktemp("house")
    clock = FixedClock(datetime(2026, 3, 13, 1, 0, tzinfo=UTC))  # a Friday, 9:00 in Shanghai
    opened = open_house(folder, module_database_url, clock)
    yield opened
    opened.workspace.close()


def day(house: Works, **away: float) -> str:
    return (house.clock.now() + timedelta(hours=8, **away)).date().isoformat()


def told(house: Works, record: str) -> list[tuple[str, str]]:
    found = house.find("notification", f'record_id == "{record}" and kind == "reminder"')
    return sorted((each["person"]["title"], each["title"]) for each in found)


def test_a_next_step_is_one_task_that_follows_what_is_agreed(house: Works) -> None:
    acme = account(house, "Acme", "ann")
    deal = house.create("opportunity", "ann", name="Deal", account=acme)
    call = house.create(
        "activity", "ann", type="call", subject="Price", opportunity=deal, next_step="Send offer",
        next_step_date=day(house, days=2),
    )  # fmt: skip
    house.go()
    noted = house.read("activity", call)
    assert (noted["account"]["id"], noted["status"], noted["next_step_open"]) == (acme, "done", True)
    (task,) = tasks_about(house, deal)
    assert (task["title"], task["owner"]["id"]) == ("Send offer", house.ids["ann"])
    assert task["due"] == f"{day(house, days=2)}T15:59:00Z"  # the end of that day in Shanghai
    found = house.read("opportunity", deal)
    assert (found["next_step"], found["next_step_date"]) == ("Send offer", day(house, days=2))
    assert house.read("account", acme)["next_contact"] == day(house, days=2)
    house.change("activity", call, "ann", next_step="Send better offer", next_step_by=house.ids["lea"])
    house.go()
    (same,) = tasks_about(house, deal)
    assert (same["id"], same["title"], same["owner"]["id"]) == (task["id"], "Send better offer", house.ids["lea"])
    house.change("task", task["id"], done=True)
    house.go()
    assert house.read("activity", call)["next_step_open"] is False
    assert house.read("account", acme)["next_contact"] is None
    house.change("activity", call, "ann", next_step="Call again", next_step_by=house.ids["ann"])
    house.go()
    (new,) = tasks_about(house, deal)
    assert new["id"] != task["id"]
    house.change("activity", call, "ann", next_step="")
    house.go()
    assert tasks_about(house, deal) == []


def test_conversations_go_along_with_a_person_and_stay_at_the_old_customer(house: Works) -> None:
    old, new = account(house, "Old Ltd", "ann"), account(house, "New Ltd", "ben")
    wang = house.create("contact", name="Wang", owner=house.ids["ann"])
    job = house.create("account_contact", contact=wang, account=old, valid_from="2020-01-01")
    call = house.create("activity", "ann", type="call", subject="He likes tea", contacts=[wang])
    house.go()
    assert house.read("activity", call)["account"]["id"] == old  # where he works when it happens
    assert not sees(house, "ben", "activity", call)
    house.change("account_contact", job, valid_to=day(house, days=-1))
    house.create("account_contact", contact=wang, account=new, valid_from=day(house))
    house.change("contact", wang, owner=house.ids["ben"])
    visit = house.create("activity", "ben", type="visit", subject="In the new office", contacts=[wang])
    house.go()
    assert house.read("activity", visit)["account"]["id"] == new
    assert house.read("activity", call)["account"]["id"] == old
    with house.workspace.reading(house.actor("ben")) as unit:
        found = house.workspace.reader.related(unit, house.access("ben"), "contact", wang, "activities").records
    assert {one["id"] for one in found} == {call, visit}  # the past goes along with him
    assert sees(house, "ann", "activity", call)  # and stays in the history of the old customer
    assert not sees(house, "ann", "activity", visit)
    assert house.read("contact", wang)["last_contact"] is not None


def test_whoever_reads_the_customer_reads_its_contact_records(house: Works) -> None:
    acme, other = account(house, "Seen", "ann"), account(house, "Hidden", "ben")
    mine = house.create("activity", "ben", type="call", subject="Mine", colleagues=[house.ids["lea"]])
    of_acme = house.create("activity", type="call", subject="A", account=acme, owner=house.ids["ben"])
    of_other = house.create("activity", type="call", subject="B", account=other, owner=house.ids["ben"])
    expected = {
        "ann": {of_acme},  # hers is the customer, though Ben was there
        "ben": {mine, of_acme, of_other},
        "lea": {mine, of_acme},  # she was there; Ann is of her department, Ben is not
    }
    for who, ids in expected.items():
        assert {one for one in (mine, of_acme, of_other) if sees(house, who, "activity", one)} == ids, who
    assert not sees(house, "sue", "activity", of_acme)  # no right on contact records at all


def test_each_working_morning_brings_one_task_for_what_is_due(house: Works) -> None:
    due = account(house, "Due", "ann", next_follow_up=day(house))
    quiet = account(house, "Quiet", "ann", contact_every=10)
    late = account(house, "In talks", "ben")
    deal = house.create("opportunity", "ben", name="Talk", account=late, next_step_date=day(house, days=3))
    closed = house.create("opportunity", "ben", name="Over", account=late, next_step_date=day(house))
    with house.unit() as unit:
        reason = {"loss_reason": "price"}
        house.workspace.writer.move_stage(
            unit, house.access(), "opportunity", closed, "lost", version=None, values=reason
        )
    house.wait(days=1)  # Saturday
    house.wait(days=1)
    assert tasks_about(house, due) == []
    house.wait(days=1)  # Monday
    (task,) = tasks_about(house, due)
    assert (task["title"], task["owner"]["id"]) == ("Follow up Due", house.ids["ann"])
    assert [len(tasks_about(house, one)) for one in (quiet, deal, late, closed)] == [0, 1, 0, 0]
    house.wait(days=1)
    house.wait(days=1)
    assert [one["id"] for one in tasks_about(house, due)] == [task["id"]]  # never doubled while it is open
    house.create("activity", "ann", type="call", subject="Spoke", account=quiet)
    house.wait(days=8)
    assert tasks_about(house, quiet) == []
    house.wait(days=2)
    house.wait(days=1)
    assert len(tasks_about(house, quiet)) == 1
    house.change("task", task["id"], done=True)
    house.change("account", due, next_follow_up=day(house, days=365))
    house.wait(days=1)
    assert tasks_about(house, due) == []


def test_the_task_of_somebody_away_goes_to_whoever_stands_in(house: Works) -> None:
    dan = house.create("user", name="Dan", email=f"dan{next(NUMBERS)}@example.com", active=True)
    gone = house.create("user", name="Gone", email=f"gone{next(NUMBERS)}@example.com", manager=dan, active=True)
    away = account(house, "Away", "ann", next_follow_up=day(house))
    left = house.create("account", name="Left", owner=gone, next_follow_up=day(house))
    absence = {"who": house.ids["ann"], "first_day": day(house), "last_day": day(house, days=7)}
    with house.unit() as unit:
        house.workspace.writer.create(unit, house.access(), "absence", {**absence, "delegate": house.ids["ben"]})
    house.change("user", gone, active=False)
    for _day in range(4):
        house.wait(days=1)
    assert [one["owner"]["id"] for one in tasks_about(house, away)] == [house.ids["ben"]]
    assert [one["owner"]["id"] for one in tasks_about(house, left)] == [dan]


def test_a_contact_moves_the_follow_up_date_of_a_customer_without_opportunity(house: Works) -> None:
    acme = account(house, "Dated", "ann", next_follow_up=day(house))
    house.create("activity", "ann", subject="Spoke", account=acme, next_step="Visit", next_step_date=day(house, days=9))
    house.go()
    assert house.read("account", acme)["next_follow_up"] == day(house, days=9)
    house.create("activity", "ann", subject="Early", account=acme)
    house.go()
    assert house.read("account", acme)["next_follow_up"] == day(house, days=9)
    house.change("account", acme, next_follow_up=day(house, days=-1))
    house.create("activity", "ann", subject="Overdue", account=acme)
    house.go()
    assert house.read("account", acme)["next_follow_up"] is None


def at(house: Works, **later: float) -> str:
    return (house.clock.now() + timedelta(**later)).isoformat()


def test_people_are_reminded_once_before_it_begins_and_not_of_what_is_off(house: Works) -> None:
    who: dict[str, Any] = {"type": "meeting", "owner": house.ids["ann"]}
    meeting = house.create(
        "activity", subject="Kick-off", starts=at(house, hours=2), colleagues=[house.ids["ben"]], **who
    )
    off = house.create("activity", subject="Off", starts=at(house, hours=2), **who)
    silent = house.create("activity", subject="Silent", starts=at(house, hours=2), remind_before=None, **who)
    past = house.create("activity", subject="Past", starts=at(house, hours=-2), **who)
    task = house.create(
        "task", title="Report", due=at(house, hours=3), remind_before="1h", owner=house.ids["ann"]
    )  # fmt: skip
    house.go()
    house.change("activity", off, status="cancelled")
    house.wait(minutes=100)
    assert told(house, meeting) == []
    house.wait(minutes=6)
    house.wait(minutes=30)
    (first, second) = told(house, meeting)
    assert (first[0], second[0]) == ("Ann", "Ben")
    assert first[1].startswith("Soon: Kick-off")
    assert [told(house, one) for one in (off, silent, past)] == [[], [], []]
    assert [person for person, _title in told(house, task)] == ["Ann"]
    later = house.create("activity", subject="Moved", starts=at(house, hours=1), **who)
    house.go()
    house.change("activity", later, starts=at(house, hours=5))
    house.wait(hours=2)
    assert told(house, later) == []
    house.wait(hours=3)
    assert len(told(house, later)) == 1


def test_a_contact_keeps_a_customer_from_falling_back(house: Works) -> None:
    kept = account(house, "Kept", "ann", short_name="sea", contact_every=None)
    lost = account(house, "Lost", "ann", short_name="sea", contact_every=None)
    house.wait(days=20)
    house.create("activity", "ann", type="call", subject="Still there", account=kept)
    talk = house.create("activity", "ann", type="meeting", subject="Soon", account=lost, starts=at(house, days=40))
    house.change("account", lost, description="looked at")  # is no contact
    house.wait(days=12)
    assert house.read("account", kept)["owner"]["id"] == house.ids["ann"]
    assert house.read("account", lost)["owner"] is None
    assert sees(house, "ben", "account", lost)  # he may claim it
    assert not sees(house, "ben", "activity", talk)  # what was said is for whoever has the customer
    house.wait(days=20)
    assert house.read("account", kept)["owner"] is None
