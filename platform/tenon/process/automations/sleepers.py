"""In charge of runs that wait for a condition (`go_on_when`): woken when their record changes and it holds."""

from collections.abc import Iterator

from tenon.database import UnitOfWork
from tenon.jobs import Event, Job
from tenon.model import Model, Names, Step
from tenon.process.automations.acting import scene_of
from tenon.process.automations.program import Program
from tenon.process.automations.running import Runner
from tenon.process.automations.runs import Run, Runs
from tenon.process.ground import Ground

WAKE = "automations.wake"
MOST = 200
"""Runs of one record that are looked at."""


class Sleepers:
    def __init__(self, ground: Ground, runs: Runs, runner: Runner) -> None:
        self._ground = ground
        self._runs = runs
        self._runner = runner
        self._entities = frozenset(_waiting_entities(ground.model))

    def hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.kind == "record.changed" and event.entity in self._entities:
            payload = {"entity": event.entity, "record": event.record_id}
            unit.emit(Job(name=WAKE, payload=payload, key=f"wake:{event.id}"))

    def wake(self, unit: UnitOfWork, job: Job) -> None:
        where = f'record_id == "{job.payload["record"]}" and status == "waiting"'
        for run in self._runs.some(unit, where, MOST, sort="started_at"):
            if run.entity == job.payload["entity"] and self._holds(unit, run):
                run.status = "running"
                self._runner.schedule(unit, run)
                self._runs.save(unit, run)

    def _holds(self, unit: UnitOfWork, run: Run) -> bool:
        place, definition = run.state.get("early"), self._runner.definition(unit, run)
        if place is None or definition is None:
            return False
        step = step_at(definition.steps, str(place))
        condition = None if step is None else step.slots.expressions.get("go_on_when")
        if condition is None:
            return False
        items = Program(definition.steps, run.state["frames"]).items()
        return scene_of(self._ground, unit, run, items).holds(condition)


def step_at(steps: Names[Step], place: str) -> Step | None:
    """By its place in the log (`branch/arm/step`)."""
    words = place.split("/")
    for name, arm in zip(words[:-1:2], words[1:-1:2], strict=True):
        outer = steps.get(name)
        inner = None if outer is None else outer.arms.get(arm)
        if inner is None:
            return None
        steps = inner.do
    return steps.get(words[-1])


def _waiting_entities(model: Model) -> Iterator[str]:
    """Entities about which some steps wait for a condition."""
    for automation in model.automations.values():
        if automation.entity is not None and _waits(automation.do):
            yield automation.entity
    for approval in model.approvals.values():
        if any(_waits(steps) for steps in (approval.on_submit, approval.on_approve, approval.on_reject)):
            yield approval.entity
    for entity in model.entities.values():
        stages = [stage for pipeline in entity.pipelines.values() for stage in pipeline.stages.values()]
        if any(_waits(stage.entry) or _waits(stage.exit) for stage in stages):
            yield entity.name


def _waits(steps: Names[Step]) -> bool:
    return any(
        "go_on_when" in step.slots.expressions or any(_waits(arm.do) for arm in step.arms.values())
        for step in steps.values()
    )
