"""In charge of the dry run: every step done for real in a savepoint that is undone, what leaves the house only told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tenon.database import UnitOfWork
from tenon.errors import TenonError
from tenon.ids import new_id
from tenon.model import Automation, Step
from tenon.process.automations.acting import acting
from tenon.process.automations.attempts import Attempts, Failure, Skipped, failure_of
from tenon.process.automations.definitions import of_automation
from tenon.process.automations.program import Program
from tenon.process.automations.runs import Run
from tenon.process.evaluation import Ref, packed
from tenon.process.ground import Ground
from tenon.process.performing.base import Again, Done, End, Enter, Leaving, Pause
from tenon.texts import Text

MOST = 200
"""Steps that are foreseen."""


@dataclass(frozen=True, kw_only=True)
class ForeseenStep:
    """`status`: done, skipped, failed, outside (it would leave the house), waiting (later steps are told as of now)."""

    place: str
    label: Text
    action: str
    status: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outcome: Any = None
    error: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """`runs`: whether the condition holds; the steps are foreseen in any case."""

    runs: bool
    condition: str | None
    steps: tuple[ForeseenStep, ...]
    cut: bool = False
    """Whether there would be more steps than are shown."""


class _Undo(Exception):
    """Leaves the savepoint, so that everything in it is undone."""


def foresee(
    ground: Ground, unit: UnitOfWork, automation: Automation, record_id: str | None, actor_id: str | None
) -> Foreseen:
    """As if whoever asks had set it off now."""
    run = Run(
        id=new_id(),
        place=f"automation:{automation.name}",
        label=automation.label.in_(ground.model.workspace.language),
        trigger="",
        entity=automation.entity,
        record_id=record_id,
        actor_id=actor_id,
        run_as=automation.run_as,
        started_at=unit.now,
        state={"roots": {"trigger": packed({"by": Ref(entity="user", id=actor_id)} if actor_id else {})}},
    )
    scene = ground.evaluation.scene(unit, automation.entity, record_id, roots={"trigger": {}})
    steps: list[ForeseenStep] = []
    emitted, cut = len(unit.events), False
    try:
        with unit.connection.savepoint():
            try:
                cut = _walk(ground, unit, run, automation, steps)
            except TenonError as refusal:
                steps.append(_refused(automation, failure_of(refusal)))
            raise _Undo
    except _Undo:
        del unit.events[emitted:]
    condition = None if automation.when is None else automation.when.text
    return Foreseen(runs=scene.holds(automation.when), condition=condition, steps=tuple(steps), cut=cut)


def _walk(ground: Ground, unit: UnitOfWork, run: Run, automation: Automation, steps: list[ForeseenStep]) -> bool:
    """Whether there was more to come than is told."""
    definition = of_automation(automation)
    program = Program.begin(definition.steps)
    run.state["frames"] = program.frames
    attempts = Attempts(ground, acting(ground, unit, run), run, definition.limits.records, rehearsed=True)
    while (step := program.current()) is not None:
        if len(steps) >= MOST:
            return True
        inputs = attempts.inputs(step, program)
        answer = attempts.one(step, program)
        steps.append(_told(program, step, inputs, answer))
        if isinstance(answer, End) or (isinstance(answer, Failure) and step.on_error != "skip"):
            return False
        if isinstance(answer, Enter):
            program.enter(answer.arm, answer.items, answer.item)
            continue
        if isinstance(answer, Done) and answer.gives is not None:
            run.state.setdefault("results", {})[step.name] = packed(answer.gives)
        program.advance()
    return False


def _told(program: Program, step: Step, inputs: Mapping[str, Any], answer: Any) -> ForeseenStep:
    told = ForeseenStep(place=program.place(), label=step.label, action=step.action, status="done", inputs=inputs)
    if isinstance(answer, Failure):
        return replace(told, status="failed", error=answer.message)
    if isinstance(answer, Skipped):
        return replace(told, status="skipped", outcome=None if step.when is None else step.when.text)
    if isinstance(answer, Leaving):
        return replace(told, status="outside")
    if isinstance(answer, Pause):
        return replace(told, status="waiting", outcome=answer.until.isoformat())
    if isinstance(answer, Again):
        return replace(told, status="waiting", outcome=answer.why)
    if isinstance(answer, End):
        return replace(told, outcome=answer.reason)
    return replace(told, outcome=packed(answer.outcome))


def _refused(automation: Automation, failure: Failure) -> ForeseenStep:
    """Nothing could be begun."""
    return ForeseenStep(place="", label=automation.label, action="", status="failed", error=failure.message)
