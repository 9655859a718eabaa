"""In charge of the night: who falls back and when, warnings before, protection, working days, once a night."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock
from tenon.database import count_statements
from tenon.errors import Forbidden
from tenon.process.pools import verdicts

POOLS = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
protect: key_account
recycle: {no_followup: 30d, no_deal: 180d, warn: 3d, at: "02:00", last_followup: last_contact, last_deal: last_order}
""",
}
WORKING = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
recycle: {no_followup: 5d, warn: 1d, at: "02:00", last_followup: last_contact, calendar: cn}
""",
}


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    clock.instant = at("2026-01-05T09:00")
    opened = open_pond(tmp_path / "pond", database_url, clock, POOLS)
    opened.workspace.background.run_due()
    yield opened
    opened.workspace.close()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo("UTC"))


def nights(pond: Pond, last: str) -> None:
    """Let the work of each night be done up to a day."""
    while pond.clock.instant < at(f"{last}T09:00"):
        pond.clock.advance(days=1)
        pond.workspace.background.run_due()


def told(pond: Pond, name: str) -> list[tuple[str, str]]:
    found = pond.find("pool_event", f'record_id == "{pond.ids[name]}"', sort=("at", "id"))
    return [(each["kind"], each["at"][:10]) for each in found]


def test_who_is_not_followed_up_falls_back_after_a_warning(pond: Pond) -> None:
    pond.client("idle", "sam", last_contact="2026-01-05", last_order="2026-01-05")
    pond.client("busy", "sam", last_contact="2026-01-05", last_order="2026-01-05")
    pond.client("signed", "sam", signed=True, last_contact="2025-01-01")
    pond.client("key", "sam", key_account=True, last_contact="2025-01-01")
    nights(pond, "2026-01-31")
    pond.change("x_client", pond.ids["busy"], last_contact="2026-01-31")
    nights(pond, "2026-02-03")
    assert pond.owner("idle") == "sam"
    nights(pond, "2026-02-05")
    assert [pond.owner(name) for name in ("idle", "busy", "signed", "key")] == [None, "sam", "sam", "sam"]
    assert told(pond, "idle") == [("warned", "2026-02-01"), ("recycled", "2026-02-04")]
    assert told(pond, "busy") == []
    notices = [each["title"] for each in pond.find("notification", f'person == "{pond.ids["sam"]}"', sort=("id",))]
    assert notices == [
        "“idle” goes back to “Open sea” on 2026-02-04: no follow-up.",
        "“idle” went back to “Open sea”: no follow-up.",
    ]


def test_the_time_begins_anew_with_another_owner(pond: Pond) -> None:
    pond.client("c", "sam", last_contact="2025-11-01", last_order="2025-11-01")
    nights(pond, "2026-01-20")
    pond.change("x_client", pond.ids["c"], owner=pond.ids["sue"])
    nights(pond, "2026-02-17")
    assert pond.owner("c") == "sue"
    nights(pond, "2026-02-21")
    assert pond.owner("c") is None


def test_without_a_deal_they_fall_back_though_followed_up(pond: Pond) -> None:
    pond.client("c", "sam", last_contact="2026-06-30", last_order="2026-01-05")
    pond.clock.instant = at("2026-07-03T09:00")
    pond.workspace.background.run_due()
    assert told(pond, "c") == [("warned", "2026-07-03")]
    pond.clock.instant = at("2026-07-05T09:00")
    pond.workspace.background.run_due()
    assert pond.owner("c") is None
    assert pond.find("pool_event", 'kind == "recycled"')[0]["reason"] == "no_deal"


def test_nights_missed_are_made_up_for_once(pond: Pond) -> None:
    pond.client("c", "sam", last_contact="2026-01-05")
    pond.clock.instant = at("2026-05-01T15:00")
    for _again in range(3):
        pond.workspace.background.run_due()
    assert told(pond, "c") == [("recycled", "2026-05-01")]


def test_tonight_can_be_seen_before_and_nothing_changes_by_looking(pond: Pond) -> None:
    for number in range(3):
        pond.client(f"c{number}", "sam", last_contact=f"2026-01-0{5 + number}", last_order="2026-01-05")
    pond.clock.instant = at("2026-02-03T09:00")
    service: Any = pond.workspace.current.processes.pools
    with pond.workspace.reading(pond.actor("boss")) as unit:
        planned, found, complete = service.tonight(unit, pond.access("boss"), "open_sea")
    assert (planned, complete) == (at("2026-02-04T02:00"), True)
    assert [(each.title, each.action, each.reason, each.owner_name) for each in found] == [
        ("c0", "recycle", "no_followup", "Sam"),
        ("c1", "warn", "no_followup", "Sam"),
        ("c2", "warn", "no_followup", "Sam"),
    ]
    assert found[0].due == at("2026-02-04T00:00")
    assert [pond.owner(f"c{number}") for number in range(3)] == ["sam"] * 3
    with pond.workspace.reading(pond.actor("sam")) as unit, pytest.raises(Forbidden):
        service.tonight(unit, pond.access("sam"), "open_sea")
    pond.clock.instant = at("2026-02-04T02:00")
    pond.workspace.background.run_due()
    assert [pond.owner(f"c{number}") for number in range(3)] == [None, "sam", "sam"]


def test_many_are_found_with_few_statements_and_taken_in_portions(pond: Pond, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "PORTION", 4)
    for number in range(10):
        pond.client(f"c{number}", "sam", last_contact="2026-01-05", last_order="2026-01-05")
    pond.clock.instant = at("2026-02-03T09:00")
    service: Any = pond.workspace.current.processes.pools
    access = pond.access("boss")
    with pond.workspace.reading(access.actor) as unit, count_statements(pond.workspace.database) as counted:
        found = service.tonight(unit, access, "open_sea")[1]
    assert len(found) == 10
    assert counted.count <= 3 * 3
    pond.clock.instant = at("2026-02-05T09:00")
    pond.workspace.background.run_due()
    assert [pond.owner(f"c{number}") for number in range(10)] == [None] * 10
    assert len(pond.find("pool_event", 'kind == "recycled"')) == 10
    assert len(pond.find("notification", f'person == "{pond.ids["sam"]}"')) == 1


def test_with_a_calendar_only_working_days_count(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> None:
    clock.instant = at("2026-02-11T09:00")
    pond = open_pond(tmp_path / "pond", sqlite_url, clock, WORKING)
    pond.workspace.background.run_due()
    pond.client("c", "sam", last_contact="2026-02-11")
    nights(pond, "2026-02-24")
    assert pond.owner("c") == "sam"
    assert told(pond, "c") == [("warned", "2026-02-24")]
    nights(pond, "2026-02-25")
    assert pond.owner("c") is None
    pond.workspace.close()
