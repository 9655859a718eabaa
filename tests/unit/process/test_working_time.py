"""In charge of working time: made-up days, changes of clocks, and the laws of its arithmetic."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tenon.errors import Conflict
from tenon.model import Calendar, DayRange, Names
from tenon.process.working_time import WorkingTime
from tenon.resources import folder
from tenon.texts import say

NINE_TO_SIX = ((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60))
HOUR = 3600


def day_range(name: str, first: str, last: str | None = None, *hours: tuple[int, int]) -> DayRange:
    begin = date.fromisoformat(first)
    end = begin if last is None else date.fromisoformat(last)
    return DayRange(name=name, label=say(name, name), first=begin, last=end, hours=hours)


@cache
def china() -> WorkingTime:
    """The calendar of the module, from its own file."""
    described = yaml.safe_load((folder("modules") / "core" / "calendars" / "cn.yaml").read_text(encoding="utf-8"))

    def ranges(part: str) -> Names[DayRange]:
        items = described[part].items()
        return Names({name: day_range(name, item["from"], item.get("to")) for name, item in items}, kind=part)

    return WorkingTime(
        Calendar(
            name="cn",
            label=say("China", "中国"),
            timezone=described["timezone"],
            week=dict.fromkeys(range(5), NINE_TO_SIX),
            holidays=ranges("holidays"),
            workdays=ranges("workdays"),
        )
    )


def calendar(zone: str, week: dict[int, tuple[tuple[int, int], ...]], **more: object) -> WorkingTime:
    return WorkingTime(Calendar(name="c", label=say("C", "C"), week=week, **more), zone)  # type: ignore[arg-type]


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_the_year_has_its_announced_holidays_and_made_up_days() -> None:
    weekdays = sum((date(2026, 1, 1) + timedelta(days=number)).weekday() < 5 for number in range(365))
    off = "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25"
    off += " 10-01 10-02 10-05 10-06 10-07"
    made_up = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert not any(china().is_working_day(date.fromisoformat(f"2026-{day}")) for day in off.split())
    assert all(china().is_working_day(date.fromisoformat(day)) for day in made_up)
    assert china().working_days(date(2026, 1, 1), date(2026, 12, 31)) == weekdays - len(off.split()) + len(made_up)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-12T10:00", 1, "2026-03-12T11:00"),
        ("2026-03-12T11:30", 1, "2026-03-12T14:00"),
        ("2026-03-12T17:00", 1, "2026-03-12T18:00"),
        ("2026-03-13T17:00", 2, "2026-03-16T10:00"),
        ("2026-03-14T12:00", 1, "2026-03-16T10:00"),
        ("2026-02-13T17:00", 2, "2026-02-14T10:00"),
        ("2026-02-14T17:30", 1, "2026-02-24T09:30"),
        ("2026-03-16T10:00", -2, "2026-03-13T17:00"),
        ("2026-03-16T09:00", -1, "2026-03-13T17:00"),
        ("2026-03-14T12:00", 0, "2026-03-14T12:00"),
    ],
)
def test_hours_pass_in_working_time(start: str, hours: int, end: str) -> None:
    assert china().add(at(start), hours * HOUR) == at(end)


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("2026-03-13T15:00", 2 * 86400, "2026-03-17T15:00"),
        ("2026-03-14T15:00", 86400, "2026-03-17T09:00"),
        ("2026-02-12T10:00", 2 * 86400, "2026-02-14T10:00"),
        ("2026-02-13T10:00", 2 * 86400, "2026-02-24T10:00"),
        ("2026-03-12T10:00", 4 * HOUR, "2026-03-12T15:30"),
        ("2026-03-13T15:00", 86400 + 4 * HOUR, "2026-03-17T10:00"),
    ],
)
def test_days_of_a_length_of_time_are_working_days(start: str, seconds: int, end: str) -> None:
    assert china().after(at(start), seconds) == at(end)


def test_working_time_is_known_of_each_instant() -> None:
    hours = china()
    assert [hours.is_working(at(f"2026-03-12T{clock}")) for clock in ("08:59", "09:00", "11:59", "12:00", "17:59")] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert hours.next_working(at("2026-03-12T12:10")) == at("2026-03-12T13:30")
    assert hours.next_working(at("2026-03-12T10:10")) == at("2026-03-12T10:10")
    assert hours.next_working(at("2026-09-30T18:00")) == at("2026-10-08T09:00")


def test_working_days_are_counted_forwards_and_backwards() -> None:
    assert china().add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert china().add_working_days(date(2026, 10, 8), -1) == date(2026, 9, 30)
    assert china().add_working_days(date(2026, 10, 3), 0) == date(2026, 10, 3)
    assert china().working_days(date(2026, 10, 8), date(2026, 9, 30)) == 0


def test_a_night_with_a_change_of_clocks_has_the_hours_it_really_has() -> None:
    nights = calendar("America/New_York", dict.fromkeys(range(7), ((0, 6 * 60),)))

    def night(day: str) -> int:
        return nights.between(at(f"{day}T00:00", "America/New_York"), at(f"{day}T12:00", "America/New_York"))

    assert night("2026-03-07") == 6 * HOUR
    assert night("2026-03-08") == 5 * HOUR
    assert night("2026-11-01") == 7 * HOUR


def test_a_time_that_clocks_skip_is_when_they_are_put_forward() -> None:
    hours = calendar("America/New_York", {6: ((2 * 60 + 30, 5 * 60),)})
    assert hours.spans(date(2026, 3, 8)) == (
        (at("2026-03-08T03:00", "America/New_York"), at("2026-03-08T05:00", "America/New_York")),
    )


def test_holidays_may_have_hours_and_made_up_days_have_those_of_monday() -> None:
    hours = calendar(
        "UTC",
        {0: ((540, 1080),), 2: ((600, 660),)},
        holidays=Names({"eve": day_range("eve", "2026-12-28", None, (540, 720))}, kind="holiday"),
        workdays=Names({"sat": day_range("sat", "2026-12-26")}, kind="working day"),
    )
    day = datetime(2026, 12, 26, tzinfo=UTC)
    assert hours.between(day, day + timedelta(days=1)) == 9 * HOUR
    assert hours.between(day + timedelta(days=2), day + timedelta(days=3)) == 3 * HOUR
    assert hours.between(day + timedelta(days=4), day + timedelta(days=5)) == HOUR


def test_a_calendar_whose_time_is_over_says_so() -> None:
    once = calendar("UTC", {}, workdays=Names({"one": day_range("one", "2026-01-05", None, (0, 60))}, kind="day"))
    assert once.add(datetime(2026, 1, 1, tzinfo=UTC), 3600) == datetime(2026, 1, 5, 1, tzinfo=UTC)
    with pytest.raises(Conflict, match="no working time"):
        once.add(datetime(2026, 1, 6, tzinfo=UTC), 60)
    with pytest.raises(Conflict, match="no working time"):
        once.add_working_days(date(2026, 1, 6), 1)


ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC"]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingTime:
    def spans() -> tuple[tuple[int, int], ...]:
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=6)))
        return tuple((begin * 15, end * 15) for begin, end in zip(marks[::2], marks[1::2], strict=False))

    week = {day: spans() for day in draw(st.sets(st.integers(0, 6), max_size=6))}
    first = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    holiday = DayRange(name="h", label=say("h", "h"), first=first, last=first + timedelta(days=draw(st.integers(0, 9))))
    made_up = DayRange(
        name="m", label=say("m", "m"), first=date(2026, 3, 29), last=date(2026, 3, 29), hours=((0, 720),)
    )
    return calendar(
        draw(st.sampled_from(ZONES)),
        {**week, 1: ((480, 1020),)},
        holidays=Names({"h": holiday}, kind="holiday"),
        workdays=Names({"m": made_up}, kind="working day"),
    )


INSTANTS = st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda found: found.replace(microsecond=0)
)


@settings(max_examples=80, deadline=None)
@given(hours=calendars(), start=INSTANTS, seconds=st.integers(-200_000, 200_000))
def test_what_was_added_lies_between(hours: WorkingTime, start: datetime, seconds: int) -> None:
    end = hours.add(start, seconds)
    assert hours.between(start, end) == seconds
    assert hours.between(end, start) == -seconds


@settings(max_examples=80, deadline=None)
@given(hours=calendars(), instants=st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_time_adds_up(hours: WorkingTime, instants: list[datetime]) -> None:
    first, middle, last = instants
    assert hours.between(first, middle) + hours.between(middle, last) == hours.between(first, last)
    assert 0 <= hours.between(first, last) <= (last - first).total_seconds()


@settings(max_examples=80, deadline=None)
@given(hours=calendars(), instant=INSTANTS)
def test_the_next_working_time_is_working_time_with_none_before(hours: WorkingTime, instant: datetime) -> None:
    following = hours.next_working(instant)
    assert hours.is_working(following)
    assert following >= instant
    assert hours.between(instant, following) == 0
    assert (following == instant) is hours.is_working(instant)


@settings(max_examples=80, deadline=None)
@given(hours=calendars(), day=st.dates(date(2026, 1, 1), date(2026, 12, 30)), count=st.integers(1, 40))
def test_working_days_lie_between(hours: WorkingTime, day: date, count: int) -> None:
    last = hours.add_working_days(day, count)
    assert hours.is_working_day(last)
    assert hours.working_days(day + timedelta(days=1), last) == count


@settings(max_examples=80, deadline=None)
@given(hours=calendars(), start=INSTANTS, seconds=st.integers(0, 900_000))
def test_a_length_of_time_ends_after_it_began_and_longer_ones_not_before_shorter(
    hours: WorkingTime, start: datetime, seconds: int
) -> None:
    end = hours.after(start, seconds)
    assert end >= hours.next_working(start)
    assert hours.after(start, seconds + 86400) >= end
