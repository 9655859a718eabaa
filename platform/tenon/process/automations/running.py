"""In charge of taking a run forward: steps one after another until it ends, waits, or leaves the database.

What the steps of one stretch do is one commit, together with the log and the place the run stands at; so whoever
dies when, a run goes on from where it was, and no step is done twice. A step that fails is undone alone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tenon.database import Cause, UnitOfWork
from tenon.errors import TenonError
from tenon.jobs import Job, Outside, Unsure
from tenon.jobs.duties import PAUSES
from tenon.jobs.holding import OverTime
from tenon.model import Automation, Step
from tenon.process.automations.acting import acting
from tenon.process.automations.admission import DEEPEST
from tenon.process.automations.attempts import Attempts, Failure, Skipped, failure_of
from tenon.process.automations.definitions import Definition, followed, of_automation
from tenon.process.automations.endings import Endings
from tenon.process.automations.program import Lost, Program
from tenon.process.automations.runs import Run, Runs
from tenon.process.evaluation import packed
from tenon.process.ground import Ground
from tenon.process.performing import PERFORMERS
from tenon.process.performing.base import Again, Done, End, Enter, Leaving, Pause
from tenon.texts import Text, say

GO_ON = "automations.go_on"
STRETCH = 100
"""Steps done in one transaction at most."""
RETRIES = 5
LONGEST = timedelta(hours=24)
"""Of a run, waiting aside, without a limit of its own."""


class Runner:
    def __init__(self, ground: Ground, runs: Runs) -> None:
        self._ground = ground
        self._runs = runs
        self._endings = Endings(ground, runs)

    def definition(self, unit: UnitOfWork, run: Run) -> Definition | None:
        return followed(self._ground, unit, run.place, run.state.get("past"))

    def begin(self, run: Run, definition: Definition) -> None:
        run.state["frames"] = Program.begin(definition.steps).frames

    def go_on(self, unit: UnitOfWork, run: Run) -> Outside[Any] | None:
        """Leaves the run written. What it answers is an effect outside that comes next."""
        definition = self.definition(unit, run)
        if definition is None:
            gone = say("This was taken out of the configuration.", "该配置已被移除。")
            self._endings.end(unit, run, None, "stopped", gone)
            self._runs.save(unit, run)
            return None
        outside = None
        try:
            outside = self._stretch(unit, run, definition)
        except Lost as lost:
            changed = say(
                "The steps were changed meanwhile: “{name}” is no more.",
                "步骤已被修改：“{name}”不再存在。",
                name=lost.name,
            )
            self._endings.end(unit, run, definition, "stopped", changed)
        except TenonError as refusal:
            self._endings.end(unit, run, definition, "failed", failure_of(refusal).message)
        self._runs.save(unit, run)
        return outside

    def _stretch(self, unit: UnitOfWork, run: Run, definition: Definition) -> Outside[Any] | None:
        program = Program(definition.steps, run.state["frames"])
        attempts = Attempts(self._ground, acting(self._ground, unit, run), run, definition.limits.records)
        run.status = "running"
        if run.state.pop("gave_up", False):  # while it was dead, no time was spent
            run.state["slept"] = (unit.now - run.started_at).total_seconds()
        self._check_time(unit, run, definition)
        for _number in range(STRETCH):
            if run.status != "running" or run.state.pop("trying", False):
                return None
            step = program.current()
            if step is None:
                self._endings.end(unit, run, definition, "done")
                return None
            if step.action in MERGING:
                self._merged(unit, run, definition, program, attempts)
                continue
            inputs = attempts.inputs(step, program)
            answer = attempts.one(step, program)
            if isinstance(answer, Leaving):
                return self._leave(unit, run, program, step, inputs, answer)
            self._take(unit, run, definition, program, step, inputs, answer)
        if run.status == "running" and not run.state.pop("trying", False):
            self.schedule(unit, run)
        return None

    def _take(
        self,
        unit: UnitOfWork,
        run: Run,
        definition: Definition,
        program: Program,
        step: Step,
        inputs: Mapping[str, Any],
        answer: Any,
    ) -> None:
        """Note what came of a step and move on."""
        place, log = program.place(), _Log(unit.now, run, program, step)
        if isinstance(answer, Failure):
            self._failed(unit, run, definition, program, step, inputs, answer)
            return
        run.state.pop("attempt", None)
        run.state.pop("again", None)
        if isinstance(answer, Again):
            log("waiting", inputs, outcome=answer.why)
            run.status, run.state["again"], run.state["early"] = "waiting", {place: answer.kept}, None
            self.schedule(unit, run, answer.until)
            return
        if isinstance(answer, Skipped):
            log("skipped", outcome=_condition(step))
        elif isinstance(answer, Enter):
            log("done", inputs, outcome=answer.outcome)
            program.enter(answer.arm, answer.items, answer.item)
            return
        elif isinstance(answer, End):
            log("done", inputs, outcome=answer.reason)
            reason = Text.of(answer.reason) if answer.reason else say("A step stopped it.", "由步骤停止。")
            self._endings.end(unit, run, definition, "stopped", reason)
        elif isinstance(answer, Pause):
            log("waiting", inputs, outcome=packed(answer.until))
            run.status = "waiting"
        elif isinstance(answer, Done):
            if answer.gives is not None:
                run.state.setdefault("results", {})[step.name] = packed(answer.gives)
            log("done", inputs, outcome=packed(answer.outcome))
        if program.frames:
            program.advance()
        if isinstance(answer, Pause):
            run.state["early"] = place if answer.early is not None else None
            self.schedule(unit, run, answer.until)

    def _merged(self, unit: UnitOfWork, run: Run, definition: Definition, program: Program, attempts: Attempts) -> None:
        """All steps in a row that change the record."""
        here = program.frames[-1]
        before, steps, places = here["next"], [], []
        while (step := program.current()) is not None and program.frames[-1] is here and step.action in MERGING:
            steps.append(step)
            places.append(program.place())
            program.advance()
            if here["next"] is None:
                break
        after, here["next"] = here["next"], before
        answer = attempts.merged(steps, program)
        if isinstance(answer, Failure):
            self._failed(unit, run, definition, program, steps[0], {}, answer)
            return
        run.state.pop("attempt", None)
        for step in steps:
            log = _Log(unit.now, run, program, step)
            if step.name in answer:
                log("done", answer[step.name])
            else:
                log("skipped", outcome=_condition(step))
            program.advance()
        here["next"] = after

    def _failed(
        self,
        unit: UnitOfWork,
        run: Run,
        definition: Definition,
        program: Program,
        step: Step,
        inputs: Mapping[str, Any],
        failure: Failure,
    ) -> None:
        attempt = run.state.get("attempt", 0) + 1
        log = _Log(unit.now, run, program, step)
        log("failed", inputs, error=failure.message, attempt=attempt)
        if step.on_error == "skip":
            run.state.pop("attempt", None)
            program.advance()
            return
        most = definition.limits.retries if definition.limits.retries is not None else RETRIES
        if step.on_error == "retry" and not failure.hopeless and attempt <= most:
            run.state["attempt"] = attempt
            self.schedule(unit, run, unit.now + PAUSES[min(attempt, len(PAUSES)) - 1])
            run.state["trying"] = True
            return
        self._endings.end(unit, run, definition, "failed", _of_step(step, failure.message))

    def _leave(
        self,
        unit: UnitOfWork,
        run: Run,
        program: Program,
        step: Step,
        inputs: Mapping[str, Any],
        answer: Leaving,
    ) -> Outside[Any]:
        """The effect is had after this transaction; what came of it is noted in the next."""
        turn = run.state.get("turn", 0)

        def call() -> Any:
            try:
                return answer.call()
            except (Unsure, OverTime):
                raise
            except Exception as error:
                return failure_of(error)

        def settle(later: UnitOfWork, outcome: Any) -> None:
            self._settle(later, run.id, turn, step, inputs, answer, outcome)

        return Outside(call=call, settle=settle, repeatable=answer.repeatable)

    def _settle(
        self,
        unit: UnitOfWork,
        run_id: str,
        turn: int,
        step: Step,
        inputs: Mapping[str, Any],
        answer: Leaving,
        outcome: Any,
    ) -> None:
        run = self._runs.find(unit, run_id)
        definition = None if run is None else self.definition(unit, run)
        if run is None or definition is None or run.state.get("turn", 0) != turn:
            return
        program = Program(definition.steps, run.state["frames"])
        came = outcome
        if not isinstance(outcome, Failure):
            part = acting(self._ground, unit, run)
            came = answer.settle(part.unit, outcome)
        self._take(unit, run, definition, program, step, inputs, came)
        if run.status == "running" and not run.state.pop("trying", False):
            if program.current() is None:
                self._endings.end(unit, run, definition, "done")
            else:
                self.schedule(unit, run)
        self._runs.save(unit, run)

    def give_up(self, unit: UnitOfWork, run: Run, reason: Text) -> None:
        """Its job is dead; replaying the job takes the run on."""
        run.state["gave_up"] = True
        self._endings.end(unit, run, self.definition(unit, run), "failed", reason)
        self._runs.save(unit, run)

    def tell_of_loop(self, unit: UnitOfWork, run: Run, automation: Automation, reason: Text) -> None:
        self._endings.tell_of_loop(unit, run, of_automation(automation), reason)

    def schedule(self, unit: UnitOfWork, run: Run, due: datetime | None = None) -> None:
        """A job takes the run on; earlier ones that are still waiting do nothing then."""
        turn = run.state["turn"] = run.state.get("turn", 0) + 1
        if due is not None:
            run.state["rested"] = unit.now.isoformat()
        key = f"go_on:{run.id}:{turn}"
        cause = Cause(run.id, min(run.depth, DEEPEST))
        unit.emit(Job(name=GO_ON, payload={"run": run.id, "turn": turn}, key=key, due=due, cause=cause))

    def _check_time(self, unit: UnitOfWork, run: Run, definition: Definition) -> None:
        """Time spent waiting does not count: the clock starts again when a run goes on."""
        rested = run.state.pop("rested", None)
        if rested is not None:
            slept = (unit.now - datetime.fromisoformat(rested)).total_seconds()
            run.state["slept"] = run.state.get("slept", 0) + slept
        spent = (unit.now - run.started_at).total_seconds() - run.state.get("slept", 0)
        most = definition.limits.timeout or LONGEST.total_seconds()
        if spent > most:
            late = say("It took longer than its limit allows.", "运行时间超过限制。")
            self._endings.end(unit, run, definition, "failed", late)


class _Log:
    """Writes lines about one step."""

    def __init__(self, now: datetime, run: Run, program: Program, step: Step) -> None:
        self._now, self._run, self._step = now, run, step
        self._place = program.place()
        self._items = {name: ref.id for name, ref in program.items().items()}

    def __call__(self, status: str, inputs: Mapping[str, Any] | None = None, **more: Any) -> None:
        known = {"inputs": dict(inputs or {}), "item": self._items}
        self._run.log(self._now, self._place, self._step.action, status, **known, **more)


def _condition(step: Step) -> str | None:
    return None if step.when is None else f"when: {step.when.text}"


def _of_step(step: Step, message: Text) -> Text:
    return say("Step “{step}”: {message}", "步骤“{step}”：{message}", step=step.label, message=message)


MERGING = frozenset(key for key, each in PERFORMERS.items() if each.merges)
"""Actions of which several in a row become one change."""
