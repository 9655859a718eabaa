"""In charge of jobs done as promised: once, in their order, again after a failure, and never lost."""

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from samples.jobs import JOBS, NOW, Killed, Office, event, note, noting
from tenon.actors import Actor
from tenon.database import Cause, UnitOfWork
from tenon.ids import new_id
from tenon.jobs import Duty, Event, GiveUp, Job, cancel, outbox
from tenon.texts import say


def test_a_job_is_done_once_with_what_it_was_given(office: Office) -> None:
    office.publish(noting=Duty(perform=noting))
    office.emit(*(Job(name="noting", payload={"effect": str(number)}) for number in range(5)))
    assert office.run_due() == 5
    assert office.run_due() == 0
    assert sorted(office.effects) == ["0", "1", "2", "3", "4"]
    assert office.jobs("status", "attempts", "leased_by") == [("done", 1, None)] * 5


def test_what_comes_of_an_event_is_caused_by_it(office: Office) -> None:
    causes: list[Cause | None] = []

    def remember(unit: UnitOfWork, job: Job) -> None:
        causes.append(unit.cause)

    office.publish(lambda unit, told: unit.emit(Job(name="remember")), remember=Duty(perform=remember))
    first = event("x")
    office.emit(first)
    assert office.run_due() == 2
    assert causes == [Cause(first.id, 1)]


def test_what_fails_leaves_no_effect_and_is_tried_again_later_and_later(office: Office) -> None:
    tried: list[int] = []

    def fail_twice(unit: UnitOfWork, job: Job) -> None:
        note(unit, "it")
        tried.append(job.attempts)
        if job.attempts < 3:
            raise ValueError("not yet")

    office.publish(it=Duty(perform=fail_twice, pauses=(timedelta(seconds=5), timedelta(minutes=5))))
    office.emit(Job(name="it"))
    office.run_due()
    assert (tried, office.effects) == ([1], [])
    assert office.jobs("status", "error") == [("waiting", "ValueError: not yet")]
    office.pass_time(seconds=4)
    assert tried == [1]
    office.pass_time(seconds=1)
    assert tried == [1, 2]
    office.pass_time(minutes=4)
    assert tried == [1, 2]
    office.pass_time(minutes=1)
    assert (tried, office.effects) == ([1, 2, 3], ["it"])
    assert office.jobs("status", "error", "reason") == [("done", None, None)]


def test_what_fails_every_time_rests_with_its_reason_and_its_duty_hears_of_it(office: Office) -> None:
    def fail(unit: UnitOfWork, job: Job) -> None:
        raise ValueError("never")

    def last_words(unit: UnitOfWork, job: Job, reason: str) -> None:
        note(unit, f"{job.name}: {reason}")

    office.publish(it=Duty(perform=fail, attempts=3, gave_up=last_words))
    office.emit(Job(name="it"))
    for _time in range(6):
        office.run_due()
        office.clock.advance(hours=4)
    ((status, attempts, reason, error),) = office.jobs("status", "attempts", "reason", "error")
    assert (status, attempts, error) == ("dead", 3, "ValueError: never")
    assert reason == {"en": "It failed 3 times.", "zh-CN": "已失败 3 次。"}
    assert office.effects == ["it: It failed 3 times."]


def test_a_duty_that_cannot_even_say_its_last_words_still_rests(office: Office) -> None:
    def fail(unit: UnitOfWork, job: Job) -> None:
        raise ValueError("never")

    def stumble(unit: UnitOfWork, job: Job, reason: str) -> None:
        note(unit, "half")
        raise ValueError("nor this")

    office.publish(it=Duty(perform=fail, attempts=1, gave_up=stumble))
    office.emit(Job(name="it"))
    office.run_due()
    assert (office.statuses(), office.effects) == (["dead"], [])


def test_what_a_duty_gives_up_is_not_tried_again(office: Office) -> None:
    def refuse(unit: UnitOfWork, job: Job) -> None:
        note(unit, "undone")
        raise GiveUp(say("The record is gone.", "记录已不存在。"))

    office.publish(it=Duty(perform=refuse))
    office.emit(Job(name="it"))
    office.run_due()
    assert office.jobs("status", "attempts", "reason") == [
        ("dead", 1, {"en": "The record is gone.", "zh-CN": "记录已不存在。"})
    ]
    assert office.effects == []


def test_a_key_makes_one_job_however_often_it_is_emitted(office: Office) -> None:
    office.publish(noting=Duty(perform=noting))
    office.emit(Job(name="noting", key="a"), Job(name="noting", key="b"), Job(name="noting", key="a"))
    office.run_due()
    office.emit(Job(name="noting", key="a"))
    assert office.run_due() == 0
    assert len(office.effects) == 2


def test_a_key_emitted_in_two_open_transactions_makes_one_job(plain_office: Office) -> None:
    office = plain_office

    def emit_too() -> None:
        office.emit(Job(name="noting", key="a"))

    with office.units.database.writing() as connection:
        unit = UnitOfWork(actor=Actor.system("test"), connection=connection, now=NOW)
        unit.emit(Job(name="noting", key="a"))
        outbox.write(unit)
        other = Thread(target=emit_too)
        other.start()
    other.join()
    assert len(office.jobs("id")) == 1


def test_jobs_of_one_line_are_done_one_after_another_in_the_order_they_were_made(office: Office) -> None:
    def fail_first(unit: UnitOfWork, job: Job) -> None:
        if job.payload["effect"] == "a1" and job.attempts == 1:
            raise ValueError
        noting(unit, job)

    office.publish(it=Duty(perform=fail_first))
    for effect in ("a1", "a2", "b1", "a3", "b2"):
        urgent = 1 if effect == "a3" else 5
        office.emit(Job(name="it", line=effect[0], payload={"effect": effect}, priority=urgent))
    office.run_due()
    assert office.effects == ["b1", "b2"]  # a1 waits for its next attempt, and holds its line
    office.pass_time(seconds=5)
    assert office.effects == ["b1", "b2", "a1", "a2", "a3"]


def test_a_dead_job_does_not_hold_its_line(office: Office) -> None:
    def refuse(unit: UnitOfWork, job: Job) -> None:
        raise GiveUp(say("No.", "不。"))

    office.publish(bad=Duty(perform=refuse), noting=Duty(perform=noting))
    office.emit(Job(name="bad", line="a"), Job(name="noting", line="a"))
    office.run_due()
    assert office.statuses() == ["dead", "done"]


def test_the_urgent_is_done_first(office: Office) -> None:
    office.publish(noting=Duty(perform=noting))
    office.emit(*(Job(name="noting", priority=priority, payload={"effect": priority}) for priority in (9, 5, 1)))
    office.run_due()
    assert office.effects == ["1", "5", "9"]


def test_what_is_due_later_waits_and_what_waits_can_be_cancelled(office: Office) -> None:
    office.publish(noting=Duty(perform=noting))
    tomorrow = NOW + timedelta(days=1)
    office.emit(Job(name="noting", key="kept", due=tomorrow), Job(name="noting", key="cancelled", due=tomorrow))
    assert office.run_due() == 0
    with office.units.open("test") as unit:
        assert cancel(unit, key="cancelled")
        assert not cancel(unit, key="unknown")
        unit.emit(Job(name="noting", key="at once", due=tomorrow))
        assert cancel(unit, key="at once")
    assert office.pass_time(days=1) == 1
    with office.units.open("test") as unit:
        assert not cancel(unit, key="kept")
    assert office.statuses() == ["done", "cancelled", "cancelled"]


def test_jobs_that_set_each_other_off_are_stopped_with_the_reason(office: Office) -> None:
    def again(unit: UnitOfWork, job: Job) -> None:
        note(unit, "again")
        unit.emit(event("again"))

    office.publish(
        lambda unit, told: unit.emit(Job(name="again")),
        again=Duty(perform=again, gave_up=lambda unit, job, reason: note(unit, reason)),
    )
    office.emit(event("first"))
    office.run_due()
    assert office.statuses() == ["done"] * 10 + ["dead"]
    assert office.effects[:10] == ["again"] * 10
    assert office.effects[10].startswith("Stopped: more than 10 changes in a row")


def test_one_that_always_fails_does_not_keep_the_others_from_being_done(office: Office) -> None:
    def fail(unit: UnitOfWork, job: Job) -> None:
        raise ValueError

    office.publish(bad=Duty(perform=fail), noting=Duty(perform=noting))
    office.emit(Job(name="bad", priority=1), *(Job(name="noting") for _number in range(20)))
    office.run_due()
    assert len(office.effects) == 20


def test_what_nobody_knows_how_to_do_waits_for_a_program_that_does_and_then_rests(office: Office) -> None:
    office.emit(Job(name="new"), Job(name="forgotten"))
    office.run_due()
    assert office.statuses() == ["waiting", "waiting"]
    office.publish(new=Duty(perform=noting))
    for _time in range(6):
        office.pass_time(hours=4)
    assert office.statuses() == ["done", "dead"]
    assert office.jobs("reason")[1][0]["en"] == "Nothing here knows how to do “forgotten”."


def test_a_job_whose_worker_died_is_taken_over_when_its_lease_is_over(office: Office) -> None:
    def die_first(unit: UnitOfWork, job: Job) -> None:
        noting(unit, job)
        if job.attempts == 1:
            raise Killed

    office.publish(it=Duty(perform=die_first))
    office.emit(Job(name="it", line="a"), Job(name="it", line="a"))
    with pytest.raises(Killed):
        office.run_due()
    assert (office.run_due(), office.effects) == (0, [])
    office.publish(it=Duty(perform=noting))
    office.pass_time(seconds=61)
    assert (office.statuses(), office.effects) == (["done", "done"], ["it", "it"])


def test_a_job_that_kills_every_worker_rests_in_the_end(office: Office) -> None:
    def die(unit: UnitOfWork, job: Job) -> None:
        raise Killed

    office.publish(it=Duty(perform=die, attempts=3, gave_up=lambda unit, job, reason: note(unit, reason)))
    office.emit(Job(name="it"))
    for _time in range(3):
        with pytest.raises(Killed):
            office.run_due()
        office.clock.advance(seconds=61)
    office.run_due()
    assert office.statuses() == ["dead"]
    assert office.effects == ["Each of 3 workers that took it ended before it was done."]


def test_whoever_was_silent_for_too_long_can_finish_nothing(plain_office: Office) -> None:
    office = plain_office

    def slow(unit: UnitOfWork, job: Job) -> None:
        note(unit, f"attempt {job.attempts}")

    def overtaken(unit: UnitOfWork, job: Job) -> None:
        note(unit, f"attempt {job.attempts}")
        unit.connection.write(sa.update(JOBS).values(leased_by="somebody else"))  # as another connection would

    office.publish(it=Duty(perform=overtaken))
    office.emit(Job(name="it"))
    assert office.run_due() == 1
    assert office.effects == []
    office.publish(it=Duty(perform=slow))
    office.pass_time(seconds=61)
    assert office.effects == ["attempt 2"]


def test_events_of_jobs_travel_on(office: Office) -> None:
    heard: list[str] = []

    def hear(unit: UnitOfWork, told: Event) -> None:
        heard.append(told.data["name"])

    def tell(unit: UnitOfWork, job: Job) -> None:
        unit.emit(Event(kind="x", entity="account", record_id=new_id(), version=1, at=unit.now, data={"name": "told"}))

    office.publish(hear, it=Duty(perform=tell))
    office.emit(Job(name="it"))
    assert office.run_due() == 2
    assert heard == ["told"]


def test_a_connection_that_breaks_in_the_middle_costs_one_attempt(emptied_postgres_url: str) -> None:
    def break_first(unit: UnitOfWork, job: Job) -> None:
        note(unit, "it")
        if job.attempts == 1:
            unit.connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    office = Office(emptied_postgres_url, empty=True)
    office.publish(it=Duty(perform=break_first))
    office.emit(Job(name="it"))
    office.run_due()
    assert (office.statuses(), office.effects) == (["waiting"], [])
    office.pass_time(seconds=5)
    assert (office.statuses(), office.effects) == (["done"], ["it"])
    office.close()


def test_a_connection_that_breaks_under_the_relay_loses_and_doubles_nothing(emptied_postgres_url: str) -> None:
    broken: list[str] = []

    def hear(unit: UnitOfWork, told: Event) -> None:
        unit.emit(Job(name="noting", payload={"effect": told.data["name"]}))
        if told.data["name"] == "5" and not broken:
            broken.append(told.id)
            unit.connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    office = Office(emptied_postgres_url, empty=True)
    office.publish(hear, noting=Duty(perform=noting))
    office.emit(*(event(str(number)) for number in range(10)))
    office.run_due()
    assert broken
    assert sorted(office.effects) == sorted(str(number) for number in range(10))
    office.close()
