"""While nothing may leave the house, what would is held in its order; all other work goes on."""

from typing import Literal

import pytest

from samples.jobs import NOW, Office, note
from tenon.database import UnitOfWork
from tenon.jobs import Duty, Job, Outside, outgoing_pause, pause_outgoing, resume_outgoing
from tenon.texts import say

WHY = say("We move.", "正在搬迁。")


class Sending:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def perform(self, unit: UnitOfWork, job: Job) -> Outside[None]:
        note(unit, f"preparing {job.payload['to']}")
        return Outside(
            call=lambda: self.sent.append(job.payload["to"]),
            settle=lambda second, _none: note(second, f"sent {job.payload['to']}"),
            repeatable=False,
        )


def _pause(office: Office) -> None:
    with office.database.writing() as connection:
        pause_outgoing(connection, NOW, "ann", WHY)


def _resume(office: Office, what: Literal["send", "discard"]) -> int:
    with office.units.open("test") as unit:
        return resume_outgoing(unit, what)


@pytest.mark.parametrize(("what", "sent", "status"), [("send", ["ann", "bob"], "done"), ("discard", [], "cancelled")])
def test_what_is_held_is_done_in_its_order_or_never(
    plain_office: Office, what: Literal["send", "discard"], sent: list[str], status: str
) -> None:
    sending = Sending()
    inside = Duty(perform=lambda unit, job: note(unit, "inside"))
    plain_office.publish(send=Duty(perform=sending.perform), inside=inside)
    _pause(plain_office)
    letters = (Job(name="send", payload={"to": name}, line="post") for name in ("ann", "bob"))
    plain_office.emit(*letters, Job(name="inside", line="post"))
    plain_office.run_due()
    assert (sending.sent, plain_office.effects, plain_office.statuses()) == ([], ["inside"], ["held", "held", "done"])
    health = plain_office.background.look()
    assert (health.held, health.paused, health.dead, health.needs_care(NOW)) == (2, True, 0, True)
    assert _resume(plain_office, what) == 2
    plain_office.run_due()
    assert (sending.sent, plain_office.statuses()) == (sent, [status, status, "done"])
    assert not plain_office.background.look().paused


def test_what_comes_again_by_itself_is_left_out(plain_office: Office) -> None:
    sending = Sending()
    plain_office.publish(send=Duty(perform=sending.perform, recurring=True))
    _pause(plain_office)
    plain_office.emit(Job(name="send", payload={"to": "mailbox"}))
    plain_office.run_due()
    assert (sending.sent, plain_office.statuses()) == ([], ["cancelled"])
    assert _resume(plain_office, "send") == 0


def test_why_nothing_leaves_is_told_in_every_language(plain_office: Office) -> None:
    _pause(plain_office)
    with plain_office.database.reading() as connection:
        pause = outgoing_pause(connection)
    assert pause is not None
    assert (pause.by, pause.at, pause.reason) == ("ann", NOW, {"en": "We move.", "zh-CN": "正在搬迁。"})
