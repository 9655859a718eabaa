"""In charge of doing one job that was taken: its effect exactly once, its failures tried again later, its end told.

What happens when the process dies is decided by what is in the database then: before the transaction of `perform`
ends, nothing; after it, done. Only an effect outside lies between two transactions (see `Outside`).
"""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tenon.database import UnitOfWork
from tenon.errors import TenonError, Unavailable
from tenon.jobs.duties import Duty, GiveUp, Handlers, Outside, Unsure
from tenon.jobs.holding import Holding, OverTime
from tenon.jobs.job import Job
from tenon.jobs.outbox import CANCELLED, DEAD, DONE, HELD, SENDING, WAITING, write
from tenon.jobs.pausing import Paused, outgoing_pause
from tenon.jobs.taking import LEASE, Closing, Taken, Taking
from tenon.jobs.units import Units
from tenon.texts import Text, say

LOG = logging.getLogger(__name__)

MOST_LINKS = 10
"""Of a chain of causes; what lies deeper is not begun."""
_SETTLING = 3
"""Times that the end of a finished effect is tried to be noted, at once, before it counts as unknown."""
_UNKNOWN = Duty(perform=lambda unit, job: None)


class LeaseLost(Exception):
    """Somebody else has the job by now: what was done here is rolled back."""


class Performer:
    def __init__(self, units: Units, taking: Taking, holding: Holding, handlers: Handlers, taken: Taken) -> None:
        self._units = units
        self._taking = taking
        self._holding = holding
        self._handlers = handlers
        self._taken = taken
        self._job = taken.job
        self._duty = handlers.duties.get(taken.job.name, _UNKNOWN)

    def perform(self) -> None:
        """Never raises what the job did wrong; raises when the database cannot be told."""
        try:
            self._refuse_hopeless()
            with self._holding.hold(self._taken, self._duty.time_limit) as held:
                outside = self._first()
                if outside is not None:
                    result = _called(outside)
                    held.let_be()
                    self._settle(outside, result)
        except LeaseLost:
            LOG.warning("job %s was taken over by another worker; what was done here is undone", self._job.id)
        except Paused:
            self._hold()
        except GiveUp as refusal:
            self._bury(refusal.reason, refusal)
        except OverTime as error:
            self._fail(error, over_time(self._duty.time_limit))
        except Exception as error:
            LOG.exception("the job %s (%s) failed", self._job.id, self._job.name)
            self._fail(error)

    def _refuse_hopeless(self) -> None:
        """Raises GiveUp for what is not to be begun at all."""
        job, duties = self._job, self._handlers.duties
        if job.cause is not None and job.cause.depth > MOST_LINKS:
            raise GiveUp(too_deep())
        if self._taken.lost_while_sending and not self._taken.repeatable:
            raise Unsure(unknown_whether_sent())
        if job.name not in duties and job.attempts >= self._duty.attempts:
            raise GiveUp(say("Nothing here knows how to do “{name}”.", "没有处理“{name}”的程序。", name=job.name))
        if job.name not in duties:
            raise LookupError(f"no duty is named {job.name!r}")
        if job.attempts > self._duty.attempts:
            raise GiveUp(lost(self._duty.attempts))

    def _first(self) -> Outside[Any] | None:
        """The transaction of `perform`; what is left to do outside it."""
        with self._unit() as unit:
            outside = self._duty.perform(unit, self._job)
            if outside is not None and outgoing_pause(unit.connection) is not None:
                raise Paused
            write(unit)
            now = self._units.clock.now()
            if outside is None:
                self._close(unit, Closing(status=DONE, available_at=now, ended_at=now))
                return None
            sending = Closing(status=SENDING, available_at=now + LEASE, repeatable=outside.repeatable, keeps=True)
            self._close(unit, sending)
        self._taken = replace(self._taken, repeatable=outside.repeatable)
        return outside

    def _settle(self, outside: Outside[Any], result: Any) -> None:
        """The effect has happened: to note it is tried more than once."""
        for attempt in range(1, _SETTLING + 1):
            try:
                with self._unit() as unit:
                    outside.settle(unit, result)
                    write(unit)
                    now = self._units.clock.now()
                    self._close(unit, Closing(status=DONE, available_at=now, ended_at=now))
                return
            except LeaseLost:
                raise
            except Exception as error:
                LOG.exception("the end of job %s could not be noted", self._job.id)
                if attempt == _SETTLING:
                    if outside.repeatable:
                        raise
                    raise Unsure(not_noted()) from error

    def _fail(self, error: Exception, reason: Text | None = None) -> None:
        """Try again later, or bury it."""
        if reason is None and isinstance(error, TenonError):
            reason = error.message
        if self._job.attempts >= self._duty.attempts:
            self._bury(failed(self._duty.attempts, reason), error)
            return
        now = self._units.clock.now()
        again = now + self._duty.pause(self._job.attempts)
        with self._unit() as unit:
            self._close(
                unit,
                Closing(status=WAITING, available_at=again, reason=words(reason), error=described(error)),
            )

    def _hold(self) -> None:
        """What it did so far is undone: it is begun anew when things may leave again."""
        status = CANCELLED if self._duty.recurring else HELD
        with self._unit() as unit:
            closing = Closing(status=status, available_at=unit.now, ended_at=unit.now, reason=words(nothing_leaves()))
            self._close(unit, closing)

    def _bury(self, reason: Text, error: Exception) -> None:
        """With the duty's own last words when they can be said, else without."""
        try:
            self._bury_once(reason, error, self._duty)
        except LeaseLost:
            LOG.warning("job %s was taken over by another worker before it could be given up", self._job.id)
        except Exception:
            LOG.exception("the duty %s could not be told that job %s is dead", self._job.name, self._job.id)
            self._bury_once(reason, error, _UNKNOWN)

    def _bury_once(self, reason: Text, error: Exception, duty: Duty) -> None:
        cause = error.__cause__ if isinstance(error, GiveUp) else error
        with self._unit() as unit:
            if duty.gave_up is not None:
                duty.gave_up(unit, self._job, str(reason))
                write(unit)
            now = unit.now
            note = described(cause) if isinstance(cause, Exception) else None
            closing = Closing(status=DEAD, available_at=now, ended_at=now, reason=words(reason), error=note)
            self._close(unit, closing)

    def _close(self, unit: UnitOfWork, closing: Closing) -> None:
        if not self._taking.close(unit.connection, self._taken, closing):
            raise LeaseLost

    def _unit(self) -> Any:
        job: Job = self._job
        return self._units.open(f"job {job.name}", timezone=self._handlers.timezone, cause=job.cause)


def _called(outside: Outside[Any]) -> Any:
    """Of what may have happened, only a repeatable effect is tried again."""
    try:
        return outside.call()
    except Unsure as error:
        if outside.repeatable:
            raise Unavailable(error.reason) from error
        raise
    except OverTime as error:
        if outside.repeatable:
            raise
        raise Unsure(unknown_whether_sent()) from error


def described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def words(text: Text | None) -> dict[str, str] | None:
    """As it is kept: filled in, in each of its languages."""
    return {language: text.in_(language) for language in text.languages()} if text is not None else None


def too_deep() -> Text:
    return say(
        "Stopped: more than {count} changes in a row led to one another. Look for automations that set each other off.",
        "已停止：连续超过 {count} 次更改互相触发。请检查是否有自动化互相触发。",
        count=MOST_LINKS,
    )


def unknown_whether_sent() -> Text:
    return say(
        "Unknown whether it was sent: it was interrupted in the middle. Look at the other side, then replay it or "
        "mark it as done.",
        "不确定是否已发送：发送途中被中断。请先到对方系统确认，再重新执行或标记为已完成。",
    )


def nothing_leaves() -> Text:
    return say(
        "Nothing leaves this workspace at present; “tenon outgoing” says why and lets it go on.",
        "此工作区目前暂停对外发送；“tenon outgoing”可查看原因并恢复。",
    )


def not_noted() -> Text:
    return say(
        "It was sent, but this could not be noted. Look at the error, then mark it as done or replay it.",
        "已发送，但结果未能记录。请查看错误，再标记为已完成或重新执行。",
    )


def over_time(limit: timedelta) -> Text:
    return say(
        "It took longer than the {seconds} seconds it may take.",
        "执行时间超过允许的 {seconds} 秒。",
        seconds=int(limit.total_seconds()),
    )


def lost(attempts: int) -> Text:
    return say(
        "Each of {count} workers that took it ended before it was done.",
        "先后 {count} 次执行都在完成前中断。",
        count=attempts,
    )


def failed(attempts: int, reason: Text | None) -> Text:
    if reason is None:
        return say("It failed {count} times.", "已失败 {count} 次。", count=attempts)
    return say("It failed {count} times: {reason}", "已失败 {count} 次：{reason}", count=attempts, reason=reason)
