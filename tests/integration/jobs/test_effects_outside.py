"""In charge of effects outside the database: between two transactions, and honest about what nobody can know."""

import pytest

from samples.jobs import Killed, Office, note
from tenon.database import UnitOfWork
from tenon.errors import Unavailable
from tenon.jobs import Duty, GiveUp, Job, Outside, Unsure, managing
from tenon.texts import say


class Post:
    """Somebody outside; `fails` are raised by the next calls, one each."""

    def __init__(self, *fails: BaseException, repeatable: bool, late: bool = False) -> None:
        self.sent: list[str] = []
        self.fails = list(fails)
        self.repeatable = repeatable
        self.late = late

    def duty(self, unit: UnitOfWork, job: Job) -> Outside[str]:
        if not job.resumed:
            note(unit, "prepared")
        return Outside(call=self.call, settle=self.settle, repeatable=self.repeatable)

    def call(self) -> str:
        """What fails late has been sent all the same."""
        if self.fails and not self.late:
            raise self.fails.pop(0)
        self.sent.append("letter")
        if self.fails:
            raise self.fails.pop(0)
        return f"receipt {len(self.sent)}"

    def settle(self, unit: UnitOfWork, receipt: str) -> None:
        note(unit, receipt)


def _begun(office: Office, post: Post) -> None:
    office.publish(send=Duty(perform=post.duty))
    office.emit(Job(name="send"))
    office.run_due()


def test_an_effect_outside_is_made_after_the_first_transaction_and_noted_in_the_second(office: Office) -> None:
    post = Post(repeatable=False)
    seen: list[list[str]] = []
    call = post.call
    post.call = lambda: seen.append([*office.effects, *office.statuses()]) or call()  # type: ignore[func-returns-value]
    _begun(office, post)
    assert seen == [["prepared", "sending"]]
    assert (office.effects, office.statuses()) == (["prepared", "receipt 1"], ["done"])


def test_what_could_not_be_sent_is_sent_later(office: Office) -> None:
    post = Post(Unavailable(say("Nobody answers.", "无人应答。")), repeatable=False)
    _begun(office, post)
    assert office.jobs("status", "reason") == [("waiting", {"en": "Nobody answers.", "zh-CN": "无人应答。"})]
    office.pass_time(seconds=5)
    assert (post.sent, office.effects) == (["letter"], ["prepared", "receipt 1"])


def test_what_the_other_side_refuses_for_good_is_not_sent_again(office: Office) -> None:
    post = Post(GiveUp(say("No such address.", "地址不存在。")), repeatable=True)
    _begun(office, post)
    assert office.statuses() == ["dead"]
    assert office.pass_time(days=1) == 0


def test_a_repeatable_effect_is_made_again_after_a_death_in_between(office: Office) -> None:
    post = Post(Killed(), repeatable=True, late=True)
    with pytest.raises(Killed):
        _begun(office, post)
    assert office.statuses() == ["sending"]
    office.pass_time(seconds=61)
    assert (post.sent, office.effects, office.statuses()) == (["letter"] * 2, ["prepared", "receipt 2"], ["done"])


def test_another_effect_waits_for_a_person_after_a_death_in_between(office: Office) -> None:
    post = Post(Killed(), repeatable=False, late=True)
    with pytest.raises(Killed):
        _begun(office, post)
    office.pass_time(seconds=61)
    ((status, reason),) = office.jobs("status", "reason")
    assert (post.sent, status) == (["letter"], "dead")
    assert reason["en"].startswith("Unknown whether it was sent")
    assert reason["zh-CN"].startswith("不确定是否已发送")


def test_a_person_who_has_looked_replays_it_or_marks_it_as_done(office: Office) -> None:
    post = Post(Killed(), Killed(), repeatable=False, late=True)
    office.publish(send=Duty(perform=post.duty))
    office.emit(Job(name="send"), Job(name="send"))
    for _job in range(2):
        with pytest.raises(Killed):
            office.run_due()
    office.pass_time(seconds=61)
    (first,), (second,) = office.jobs("id")
    with office.units.open("test") as unit:
        assert managing.settle_job(unit, first)
        assert managing.replay_job(unit, second)
        assert not managing.replay_job(unit, first)
    office.run_due()
    assert (len(post.sent), office.statuses()) == (3, ["done", "done"])


def test_an_answer_that_says_neither_yes_nor_no_counts_as_unknown(office: Office) -> None:
    unclear = Unsure(say("The line broke.", "连接中断。"))
    post = Post(unclear, repeatable=False)
    _begun(office, post)
    assert office.statuses() == ["dead"]
    again = Post(unclear, repeatable=True)
    _begun(office, again)
    office.pass_time(seconds=5)
    assert (again.sent, office.statuses()) == (["letter"], ["dead", "done"])


def test_an_end_that_cannot_be_noted_is_not_taken_for_a_failure_to_send(office: Office) -> None:
    def stumble(unit: UnitOfWork, receipt: str) -> None:
        raise ValueError("no room")

    post = Post(repeatable=False)
    post.settle = stumble  # type: ignore[method-assign]
    _begun(office, post)
    ((status, reason, error),) = office.jobs("status", "reason", "error")
    assert (status, error, len(post.sent)) == ("dead", "ValueError: no room", 1)
    assert reason["en"].startswith("It was sent, but this could not be noted")
