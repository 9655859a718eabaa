"""Who hears of comments, changes and reminders: those who want to, once each, nobody who may not read the record."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from samples.pool_world import Pond
from samples.talk_world import comment, on, open_talk, told
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, InvalidInput


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


def run(talk: Pond) -> None:
    talk.workspace.background.run_due()


def test_the_mentioned_and_the_owner_hear_of_a_comment_and_nobody_else(talk: Pond) -> None:
    comment(talk, "chloe", "Acme", "Call them, please.", "boss", "chloe")
    run(talk)
    assert told(talk, "boss") == [("mention", "Chloe mentioned you")]
    assert told(talk, "sam") == [("comment", "Chloe commented")]
    assert [told(talk, name) for name in ("chloe", "sue", "sol", "lena")] == [[]] * 4
    notice = talk.find("notification", "person == user", "boss")[0]
    assert (notice["body"], notice["record_id"]) == ("Call them, please.", talk.ids["Acme"])
    assert notice["sender"]["title"] == "Chloe"


def test_each_is_told_in_his_own_language(talk: Pond) -> None:
    talk.change("user", talk.ids["boss"], language="zh-CN")
    comment(talk, "sam", "Acme", "请跟进", "boss")
    run(talk)
    assert told(talk, "boss") == [("mention", "Sam提到了您")]


def test_a_mention_of_somebody_who_may_not_read_the_record_tells_him_nothing(talk: Pond) -> None:
    comment(talk, "sam", "Acme", "Secret", "sol", "lena")
    run(talk)
    assert told(talk, "sol") == told(talk, "lena") == []


def test_followers_hear_of_comments_and_of_changes_they_may_read_but_not_of_their_own(anywhere: Pond) -> None:
    talk = anywhere
    talk.create("follower", "chloe", **on(talk, "Acme"))
    talk.change("x_client", talk.ids["Acme"], "sam", size=7, signed=True)
    comment(talk, "sam", "Acme", "Done")
    talk.change("x_client", talk.ids["Acme"], "chloe", size=8)
    run(talk)
    assert told(talk, "chloe") == [("change", "Sam changed: Signed, Size"), ("comment", "Sam commented")]
    talk.change("user", talk.ids["chloe"], notify_of_changes=False)
    talk.change("x_client", talk.ids["Acme"], "sam", size=9)
    run(talk)
    assert len(told(talk, "chloe")) == 2


def test_nobody_follows_twice_or_what_he_may_not_read_or_for_others(talk: Pond) -> None:
    talk.create("follower", "sam", **on(talk, "Acme"))
    with pytest.raises((Conflict, InvalidInput)):
        talk.create("follower", "sam", **on(talk, "Acme"))
    with pytest.raises(Forbidden):
        talk.create("follower", "sam", **on(talk, "Bolt"))
    with pytest.raises(Forbidden):
        talk.create("follower", "sam", **on(talk, "Acme"), person=talk.ids["sol"])


def test_a_reminder_comes_at_its_time_once(talk: Pond, clock: FixedClock) -> None:
    reminder = talk.create("reminder", "sam", **on(talk, "Acme"), text="Call back", at="2026-03-14T12:00:00Z")
    run(talk)
    assert told(talk, "sam") == []
    talk.change("reminder", reminder, "sam", at="2026-03-14T13:00:00Z")
    clock.advance(hours=3, minutes=30)
    run(talk)
    assert told(talk, "sam") == []
    clock.advance(hours=1)
    run(talk)
    run(talk)
    assert told(talk, "sam") == [("reminder", "Call back")]
    assert talk.read("reminder", reminder, "reminded_at")["reminded_at"] is not None
