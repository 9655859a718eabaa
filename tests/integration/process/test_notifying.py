"""One change is one notice per person, in his language, mailed when he wants it; not seen without the record."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from samples.pool_world import Pond
from samples.talk_world import open_talk, told
from tenon.clock import FixedClock
from tenon.process.mail_wishes import MailWishes
from tenon.process.notifying import MAIL, Notice
from tenon.schema import SYSTEM_TABLES
from tenon.texts import say

WON = say("Won: {amount}", "赢单：{amount}", amount="5")
PAID = say("Paid", "已付款")


@pytest.fixture
def talk(tmp_path: Path, sqlite_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_talk(tmp_path / "talk", sqlite_url, clock)
    yield opened
    opened.workspace.close()


@pytest.fixture
def anywhere(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_talk(tmp_path / "talk", database_url, clock)
    yield opened
    opened.workspace.close()


def tell(talk: Pond, notice: Notice, *people: str, cause: str = "c1") -> int:
    notifying = talk.workspace.current.processes.ground.service("notifying")
    with talk.unit() as unit:
        return len(notifying.tell(unit, [talk.ids[name] for name in people], notice, cause=cause))


def test_all_that_is_told_of_one_cause_is_one_notice(talk: Pond) -> None:
    tell(talk, Notice(title=WON), "sam", "sam", "sol")
    talk.change("notification", talk.find("notification", who="sam")[0]["id"], "sam", read_at="2026-03-14T09:00:00Z")
    tell(talk, Notice(title=PAID, body=say("In full.", "全额。")), "sam")
    tell(talk, Notice(title=PAID), "sam")
    (notice,) = talk.find("notification", who="sam")
    assert (notice["title"], notice["body"], notice["read_at"]) == ("Won: 5", "Paid\nIn full.", None)
    assert told(talk, "sol") == [("other", "Won: 5")]
    tell(talk, Notice(title=PAID), "sam", cause="c2")
    assert len(told(talk, "sam")) == 2


def test_who_has_left_is_not_told(talk: Pond) -> None:
    talk.change("user", talk.ids["sue"], active=False)
    assert tell(talk, Notice(title=WON), "sue", "sam") == 1


def test_a_notice_of_a_record_is_seen_as_long_as_the_record_is(anywhere: Pond) -> None:
    talk = anywhere
    tell(talk, Notice(title=WON, entity="x_client", record_id=talk.ids["Acme"]), "sam", "sol")
    (mine,), (his,) = talk.find("notification", who="sam"), talk.find("notification", who="sol")
    assert mine["record_id"] == talk.ids["Acme"]
    assert his["record_id"] is None  # he may not read it: the words alone
    talk.change("x_client", talk.ids["Acme"], owner=talk.ids["sol"])
    assert talk.find("notification", who="sam") == []
    assert len(talk.find("notification", who="sol")) == 1


def test_nobody_reads_or_forges_what_others_were_told(talk: Pond) -> None:
    tell(talk, Notice(title=WON), "sam")
    assert talk.find("notification", who="sol") == []
    with pytest.raises(Exception, match="create"):
        talk.create("notification", "sol", person=talk.ids["sam"], title="Forged", kind="other")


def test_mail_waits_for_the_wish_and_is_one_job_for_what_comes_together(talk: Pond) -> None:
    talk.change("user", talk.ids["sol"], notify_by_mail="never")
    tell(talk, Notice(title=WON), "sam", "sol", cause="c1")
    tell(talk, Notice(title=PAID), "sam", "sol", cause="c2")
    jobs = SYSTEM_TABLES["job"]
    with talk.workspace.database.reading() as connection:
        rows = connection.execute(jobs.select().where(jobs.c.name == MAIL))
    assert len(rows) == 1
    assert [each["mail"] for each in talk.find("notification")] == ["waiting", None, "waiting", None]


@pytest.mark.parametrize(
    ("how", "now", "due"),
    [
        ("at_once", "01:00:20", "01:01"),  # 09:00 in Shanghai
        ("hourly", "01:20:00", "02:00"),
        ("daily", "01:20:00", "00:00+1"),
        ("at_once", "14:30:00", "23:30"),  # 22:30 there: quiet until 07:30
        ("at_once", "20:00:00", "23:30"),
        ("never", "01:00:00", None),
    ],
)
def test_when_a_mail_is_due(how: str, now: str, due: str | None) -> None:
    wishes = MailWishes(how=how, quiet_from=time(22), quiet_to=time(7, 30), timezone="Asia/Shanghai")
    found = wishes.due(datetime.combine(date(2026, 3, 14), time.fromisoformat(now), tzinfo=UTC))
    if due is None:
        assert found is None
        return
    assert found is not None
    assert found.strftime("%H:%M") + ("+1" if found.day == 15 else "") == due


def test_quiet_hours_within_one_day() -> None:
    wishes = MailWishes(quiet_from=time(12), quiet_to=time(14), timezone="UTC")
    assert wishes.due(datetime(2026, 3, 14, 12, 30, tzinfo=UTC)) == datetime(2026, 3, 14, 14, tzinfo=UTC)
    assert wishes.due(datetime(2026, 3, 14, 14, 0, tzinfo=UTC)) == datetime(2026, 3, 14, 14, 1, tzinfo=UTC)
