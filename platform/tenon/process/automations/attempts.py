"""In charge of one attempt at one step: in a savepoint, with its line in the log; what fails is undone alone."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tenon.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    TenonError,
    TooLarge,
    UnknownName,
)
from tenon.jobs.holding import OverTime
from tenon.model import Step
from tenon.process.automations.acting import Part, scene_of
from tenon.process.automations.program import Program
from tenon.process.automations.runs import Run
from tenon.process.ground import Ground
from tenon.process.performing.base import PERFORMERS, Answer, Doing, Performer
from tenon.process.performing.writing import write_fields
from tenon.texts import Text, say

LOG = logging.getLogger(__name__)
HOPELESS = (InvalidInput, Forbidden, BadRequest, UnknownName, NotFound, TooLarge)
"""What trying again would not help."""
MOST_RECORDS = 10_000
"""Touched in one run without a limit of its own."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """`hopeless`: trying again would not help."""

    message: Text
    hopeless: bool


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """The condition of the step did not hold."""


class Attempts:
    """Steps of one run within one transaction."""

    def __init__(self, ground: Ground, part: Part, run: Run, most: int | None, *, rehearsed: bool = False) -> None:
        self._ground = ground
        self._part = part
        self._run = run
        self._most = most or MOST_RECORDS
        self._rehearsed = rehearsed

    def one(self, step: Step, program: Program) -> Answer | Failure | Skipped:
        """Does it, if its condition holds; nothing is written to the log yet."""

        def attempt() -> Answer | Skipped:
            doing = self.doing(step, program)
            if not doing.scene.holds(step.when):
                return Skipped()
            answer = performer_of(step).perform(doing)
            self._count(getattr(answer, "touched", 0))
            return answer

        result: Answer | Failure | Skipped = self._safely(attempt)
        return result

    def merged(self, steps: list[Step], program: Program) -> dict[str, Any] | Failure:
        """Several steps that change the record become one change; each sees what those before it have set.

        Step → the fields it has set, ready for JSON; a step whose condition did not hold is missing.
        """

        def attempt() -> dict[str, Any]:
            pending: dict[str, Any] = {}
            said: dict[str, Any] = {}
            first = self.doing(steps[0], program)
            for step in steps:
                doing = _over(replace(first, step=step), pending)
                if doing.scene.holds(step.when):
                    said[step.name] = performer_of(step).inputs(doing)
                    pending.update(performer_of(step).changes(doing))
            if pending and first.record is not None:
                self._count(write_fields(first, first.record, pending))
            return said

        result: dict[str, Any] | Failure = self._safely(attempt)
        return result

    def doing(self, step: Step, program: Program) -> Doing:
        run, part = self._run, self._part
        return Doing(
            ground=self._ground,
            unit=part.unit,
            access=part.access,
            scene=scene_of(self._ground, part.unit, run, program.items()),
            step=step,
            run=run.id,
            key=":".join((run.id, program.place(), *(ref.id for ref in program.items().values()))),
            origin=run.place,
            actor_id=run.actor_id,
            cause=run.cause or run.id,
            rehearsed=self._rehearsed,
            kept=run.state.get("again", {}).get(program.place()),
        )

    def inputs(self, step: Step, program: Program) -> Mapping[str, Any]:
        """For the log; what cannot be worked out is told by the step itself."""
        try:
            return performer_of(step).inputs(self.doing(step, program))
        except TenonError:
            return {}

    def _count(self, touched: int) -> None:
        total = self._run.state.get("touched", 0) + touched
        if total > self._most:
            raise TooLarge(
                say("One run may touch {most} records at most.", "一次运行最多处理 {most} 条记录。", most=self._most),
                hint=say("Raise limits.records of the automation.", "请调高该自动化的 limits.records。"),
            )
        self._run.state["touched"] = total

    def _safely(self, attempt: Callable[[], Any]) -> Any:
        unit = self._part.unit
        emitted, touched = len(unit.events), self._run.state.get("touched", 0)
        try:
            with unit.connection.savepoint():
                return attempt()
        except OverTime:
            raise
        except Exception as error:
            del unit.events[emitted:]
            self._run.state["touched"] = touched
            return failure_of(error)


def failure_of(error: Exception) -> Failure:
    """A refusal says why itself; anything else is a fault of the program, which its operators read of, too."""
    if isinstance(error, TenonError):
        hopeless = isinstance(error, HOPELESS) and not isinstance(error, Conflict)
        return Failure(message=_whole(error), hopeless=hopeless)
    LOG.error("a step of a run failed", exc_info=error)
    name = f"{type(error).__name__}: {error}"[:500]
    return Failure(message=say("A fault: {name}", "程序故障：{name}", name=name), hopeless=False)


def _whole(error: TenonError) -> Text:
    """The refusal with what is said of each field."""
    details = [detail for detail in error.details if str(detail.message) != str(error.message)]
    if not details:
        return error.message
    return Text(
        {
            language: " ".join((error.message.in_(language), *(each.message.in_(language) for each in details[:10])))
            for language in ("en", "zh-CN")
        }
    )


def performer_of(step: Step) -> Performer:
    found = PERFORMERS.get(step.action)
    if found is None:
        raise BadRequest(
            say("This program cannot do “{action}”.", "本程序无法执行“{action}”。", action=step.action),
            hint=say("Take the step out, or install what does it.", "请移除该步骤，或安装提供它的组件。"),
        )
    return found


def _over(doing: Doing, pending: Mapping[str, Any]) -> Doing:
    return replace(doing, scene=doing.scene.over(pending))
