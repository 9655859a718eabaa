"""In charge of the steps that a stage has for records that leave it or enter it."""

from tenon.database import UnitOfWork
from tenon.jobs import Event
from tenon.model import Model
from tenon.process.automations import StepsOrigin
from tenon.process.evaluation import Ref
from tenon.process.ground import Ground

MOVED = "record.stage_changed"


class Passing:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._entities = frozenset(_with_steps(ground.model))

    def hear(self, unit: UnitOfWork, event: Event) -> None:
        """First the steps of the stage that was left, then those of the one that was entered."""
        if event.kind != MOVED or event.entity not in self._entities:
            return
        data = event.data
        self._start(unit, event, data.get("from_pipeline") or data.get("pipeline"), data.get("from"), "exit")
        self._start(unit, event, data.get("pipeline"), data.get("to"), "entry")

    def _start(self, unit: UnitOfWork, event: Event, pipeline: str | None, stage: str | None, part: str) -> None:
        pipelines = self._ground.model.entities[event.entity].pipelines
        there = None if pipeline not in pipelines else pipelines[str(pipeline)].stages.get(str(stage))
        if there is None:
            return
        steps = there.entry if part == "entry" else there.exit
        data = event.data
        told = {"from_stage": data.get("from"), "to_stage": data.get("to"), "reason": data.get("reason")}
        by = None if event.actor_id is None else Ref(entity="user", id=event.actor_id)
        origin = StepsOrigin(
            kind="stage",
            name=f"{event.entity}.{pipeline}.{stage}.{part}",
            entity=event.entity,
            record_id=event.record_id,
            actor_id=event.actor_id,
            roots={"trigger": {**told, "by": by}},
            old={"stage": data.get("from")},
            cause=event.cause,
        )
        self._ground.service("automations").start_steps(unit, steps, origin, f"{event.id}:{part}")


def _with_steps(model: Model) -> list[str]:
    return [
        entity.name
        for entity in model.entities.values()
        if any(
            stage.entry or stage.exit for pipeline in entity.pipelines.values() for stage in pipeline.stages.values()
        )
    ]
