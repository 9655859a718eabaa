"""In charge of records that stay too long in a stage: found set by set, told of once, and again so often as it says."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenon.database import UnitOfWork
from tenon.jobs import Job, Schedule
from tenon.model import Entity, Escalation, Model, Stage
from tenon.process.automations import StepsOrigin
from tenon.process.automations.timers import STEP, every, last_look
from tenon.process.evaluation import Scene
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.pages import every_record
from tenon.process.performing.words import title
from tenon.query import Query
from tenon.records import RecordFacts
from tenon.texts import Text, say

LOOK, ESCALATE = "stages.look", "stages.escalate"


@dataclass(frozen=True, kw_only=True)
class Limited:
    """A stage with a limit, and what happens when it is over."""

    entity: Entity
    pipeline: str
    stage: Stage
    limit: int
    escalation: Escalation

    @property
    def place(self) -> str:
        return f"{self.entity.name}.{self.pipeline}.{self.stage.name}"


class Limits:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._found = {limited.place: limited for limited in _limited(ground.model)}

    def schedules(self) -> Sequence[Schedule]:
        return [self._schedule(limited) for limited in self._found.values()]

    def look(self, unit: UnitOfWork, job: Job) -> None:
        """Whose limit ran out since the last look; at the first look of all, everybody's whose limit is over."""
        limited = self._found.get(job.payload["place"])
        if limited is None:
            return
        until, said = datetime.fromisoformat(job.payload["until"]), job.payload["since"]
        since = None if said is None else datetime.fromisoformat(said)
        for record_id, entered in self._staying(unit, limited, since, until):
            times = self._over(limited, entered, until)
            if times == 0 or (since is not None and self._over(limited, entered, since) == times):
                continue
            payload = {"place": limited.place, "record": record_id, "entered": entered.isoformat(), "times": times}
            key = f"escalate:{limited.place}:{record_id}:{entered.isoformat()}:{times}"
            unit.emit(Job(name=ESCALATE, payload=payload, key=key))

    def escalate(self, unit: UnitOfWork, job: Job) -> None:
        """Tell whoever is to know, and do what is to be done, if the record is still there."""
        limited, payload = self._found.get(job.payload["place"]), job.payload
        if limited is None:
            return
        entity, record_id = limited.entity.name, str(payload["record"])
        told = {"from_stage": None, "to_stage": limited.stage.name, "reason": None, "by": None}
        scene = self._ground.evaluation.scene(unit, entity, record_id, roots={"trigger": told})
        entered = datetime.fromisoformat(payload["entered"])
        if scene.record is None or scene.record.get("stage") != limited.stage.name:
            return
        if scene.record.get("stage_since") != entered:
            return
        people = self._ground.people.resolve(unit, limited.escalation.to, scene.context)
        if people:
            words, body = self._words(limited, scene, scene.record)
            notice = Notice(title=words, body=body, kind="trouble", entity=entity, record_id=record_id)
            cause = f"stage:{limited.place}:{record_id}:{payload['times']}"
            self._ground.service("notifying").tell(unit, people, notice, cause=cause)
        origin = StepsOrigin(
            kind="stage",
            name=f"{limited.place}.escalate",
            entity=entity,
            record_id=record_id,
            roots={"trigger": told},
        )
        self._ground.service("automations").start_steps(unit, limited.escalation.do, origin, str(job.key))

    def _words(self, limited: Limited, scene: Scene, record: RecordFacts) -> tuple[Text, Text | None]:
        """Those of the template, where one is named and this installation sends messages."""
        template, messages = limited.escalation.template, self._ground.services.get("messages")
        made = messages.noticed(template, scene) if messages is not None and template is not None else None
        if made is not None:
            return made.title, made.body
        return say(
            "“{title}” has been in stage “{stage}” for too long.",
            "“{title}”在“{stage}”阶段停留过久。",
            title=title(record, self._ground.display),
            stage=limited.stage.label,
        ), None

    def _schedule(self, limited: Limited) -> Schedule:
        name = f"stages.limit:{limited.place}"

        def make(unit: UnitOfWork, planned: datetime) -> Sequence[Job]:
            before = last_look(unit, name)
            since = None if before is None else before.isoformat()
            return (Job(name=LOOK, payload={"place": limited.place, "since": since, "until": planned.isoformat()}),)

        return Schedule(name=name, next_after=every(STEP), make=make, signature="1")

    def _staying(
        self, unit: UnitOfWork, limited: Limited, since: datetime | None, until: datetime
    ) -> Iterator[tuple[str, datetime]]:
        """Records in the stage that may be over their limit, and since when they are in it."""
        ago = math.floor((unit.now - until).total_seconds()) + limited.limit
        where = f'stage == "{limited.stage.name}" and stage_since <= now() - seconds({ago})'
        if len(limited.entity.pipelines) > 1:
            where += f' and pipeline == "{limited.pipeline}"'
        if since is not None and limited.escalation.every is None and limited.stage.calendar is None:
            oldest = math.ceil((unit.now - since).total_seconds()) + limited.limit + 1
            where += f" and stage_since >= now() - seconds({oldest})"
        access = self._ground.access(self._ground.system("limits of stages"))
        query = Query(entity=limited.entity.name, where=where, select=("id", "stage_since"), form="values")
        for record in every_record(self._ground.reader, unit, access, query):
            yield record["id"], record["stage_since"]

    def _over(self, limited: Limited, entered: datetime, at: datetime) -> int:
        """How often the record was to be escalated by then: 0 before its limit."""
        calendar = self._ground.calendars.of(limited.stage.calendar)
        length = timedelta(seconds=limited.limit)
        due = entered + length if calendar is None else calendar.after(entered, limited.limit)
        if at < due:
            return 0
        again = limited.escalation.every
        return 1 if again is None else 1 + int((at - due).total_seconds()) // again


def _limited(model: Model) -> Iterator[Limited]:
    for entity in model.entities.values():
        for pipeline in entity.pipelines.values():
            for stage in pipeline.stages.values():
                if stage.limit is not None and stage.escalate is not None:
                    yield Limited(
                        entity=entity,
                        pipeline=pipeline.name,
                        stage=stage,
                        limit=stage.limit,
                        escalation=stage.escalate,
                    )
