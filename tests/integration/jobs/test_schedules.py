"""In charge of schedules: each instant once, also after a time of being down, whoever else plans at the same time."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from samples.jobs import NOW, SCHEDULES, Office, noting
from tenon.database import UnitOfWork
from tenon.jobs import Duty, Job, Schedule, cron


def _daily(missed: str = "once", pattern: str = "30 8 * * *", signature: str = "") -> Schedule:
    def make(unit: UnitOfWork, planned: datetime) -> list[Job]:
        return [Job(name="noting", payload={"effect": planned.isoformat()[:16]})]

    return Schedule(
        name="daily",
        next_after=cron(pattern, "UTC"),
        make=make,
        missed="skip" if missed == "skip" else "once",
        signature=signature or pattern,
    )


def _published(office: Office, *schedules: Schedule) -> None:
    office.publish(schedules=schedules, noting=Duty(perform=noting))
    office.run_due()


def test_each_instant_comes_once(office: Office) -> None:
    _published(office, _daily())
    assert office.effects == []  # today's half past eight has gone by
    for _time in range(12):
        office.pass_time(hours=2)
    assert office.effects == ["2026-03-15T08:30"]
    assert office.read(sa.select(SCHEDULES.c.last_at)) == [(NOW.replace(day=15, hour=8, minute=30),)]


def test_a_checked_minute_after_minute_schedule_makes_one_job_a_day(plain_office: Office) -> None:
    office = plain_office
    _published(office, _daily())
    for _minute in range(1440):
        office.clock.advance(minutes=1)
        office.planner.run_once()
    assert len(office.jobs("id")) == 1


def test_what_was_missed_is_made_up_for_once_or_left_out(plain_office: Office) -> None:
    office = plain_office
    _published(office, _daily("once"))
    office.pass_time(days=5)
    assert office.effects == ["2026-03-19T08:30"]
    _published(office, _daily("skip"))
    office.pass_time(days=5)
    assert office.effects == ["2026-03-19T08:30"]
    office.clock.instant = datetime(2026, 3, 25, 8, 32, tzinfo=NOW.tzinfo)
    office.run_due()
    assert office.effects == ["2026-03-19T08:30", "2026-03-25T08:30"]


def test_a_long_time_of_being_down_with_a_frequent_schedule_costs_nothing(plain_office: Office) -> None:
    office = plain_office
    asked: list[datetime] = []
    every_minute = _daily(pattern="* * * * *")

    def counted(instant: datetime) -> datetime | None:
        asked.append(instant)
        return every_minute.next_after(instant)

    schedule = Schedule(name="daily", next_after=counted, make=every_minute.make)
    _published(office, schedule)
    asked.clear()
    office.pass_time(days=365)
    assert office.effects == ["2027-03-14T09:00"]
    assert len(asked) < 20


def test_a_changed_pattern_starts_anew(plain_office: Office) -> None:
    office = plain_office
    _published(office, _daily(pattern="0 10 * * *"))
    _published(office, _daily(pattern="0 12 * * *"))
    office.pass_time(hours=2)
    assert office.effects == []
    office.pass_time(hours=1)
    assert office.effects == ["2026-03-14T12:00"]


def test_a_schedule_that_cannot_make_its_jobs_does_not_keep_the_others_from_theirs(plain_office: Office) -> None:
    office = plain_office

    def fail(unit: UnitOfWork, planned: datetime) -> list[Job]:
        unit.emit(Job(name="noting", payload={"effect": "undone"}))
        raise ValueError("no")

    broken = Schedule(name="a broken one", next_after=cron("30 8 * * *", "UTC"), make=fail)
    _published(office, broken, _daily())
    office.pass_time(days=1)
    assert office.effects == ["2026-03-15T08:30"]
    assert office.read(sa.select(SCHEDULES.c.error).where(SCHEDULES.c.name == "a broken one")) == [("ValueError: no",)]
    mended = Schedule(name="a broken one", next_after=broken.next_after, make=_daily().make)
    _published(office, mended, _daily())
    office.pass_time(minutes=2)
    assert office.effects == ["2026-03-15T08:30"] * 2


def test_two_planners_make_one_job(plain_office: Office) -> None:
    office = plain_office
    _published(office, _daily())
    from tenon.jobs import Planner

    office.clock.advance(days=1)
    planners = [Planner(office.units, lambda version: office.handlers) for _number in range(2)]
    assert sum(planner.run_once() for planner in planners) == 1


def test_a_schedule_that_never_comes_again_rests(plain_office: Office) -> None:
    office = plain_office
    once = Schedule(
        name="once",
        next_after=lambda instant: NOW + timedelta(hours=1) if instant < NOW + timedelta(hours=1) else None,
        make=lambda unit, planned: [Job(name="noting")],
    )
    _published(office, once)
    office.pass_time(hours=2)
    office.pass_time(days=400)
    assert office.effects == ["noting"]


@pytest.mark.parametrize(
    ("pattern", "zone", "start", "expected"),
    [
        ("30 8 * * 1-5", "Asia/Shanghai", "2026-03-13T12:00", ["2026-03-16T00:30", "2026-03-17T00:30"]),
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", ["2026-03-29T01:30", "2026-03-30T00:30"]),
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", ["2026-10-25T00:30", "2026-10-26T01:30"]),
        ("0 * * * *", "Europe/Berlin", "2026-10-24T23:30", ["2026-10-25T00:00", "2026-10-25T01:00"]),
        ("0 9 * * 7", "UTC", "2026-03-14T12:00", ["2026-03-15T09:00", "2026-03-22T09:00"]),
        ("0 0 29 2 *", "UTC", "2026-03-14T12:00", ["2028-02-29T00:00"]),
        ("0 0 31 2 *", "UTC", "2026-03-14T12:00", []),
    ],
)
def test_patterns_mean_what_a_clock_on_the_wall_shows(pattern: str, zone: str, start: str, expected: list[str]) -> None:
    following, at = cron(pattern, zone), datetime.fromisoformat(f"{start}+00:00")
    found = []
    for _time in expected or [""]:
        upcoming = following(at)
        if upcoming is None:
            break
        found.append(upcoming.isoformat()[:16])
        at = upcoming
    assert found == expected


def test_a_schedule_that_is_there_no_more_is_waited_for_by_nobody(plain_office: Office) -> None:
    office = plain_office
    _published(office, _daily())
    _published(office)
    office.pass_time(days=7)
    assert len(office.read(sa.select(SCHEDULES.c.name))) == 1  # it might come back
    office.pass_time(days=2)
    assert office.read(sa.select(SCHEDULES.c.name)) == []
    assert office.effects == []
