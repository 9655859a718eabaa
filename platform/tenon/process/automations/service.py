"""In charge of the service “automations”: its duties, what it listens to, and what others ask of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from tenon.access import Access
from tenon.database import Cause, UnitOfWork
from tenon.errors import Conflict, NotFound
from tenon.ids import new_id
from tenon.jobs import Duty, Event, Job, Outside, Schedule, Subscriber
from tenon.model import Automation, Names, Step
from tenon.process.automations import by_hand, pausing, timers
from tenon.process.automations.acting import scene_of
from tenon.process.automations.admission import DEEPEST, Admission, Refusal
from tenon.process.automations.definitions import StepsOrigin, followed
from tenon.process.automations.explaining import Why, explain
from tenon.process.automations.firing import BEGIN, job_of, of_event
from tenon.process.automations.matching import Index
from tenon.process.automations.overview import Standing, overview
from tenon.process.automations.running import GO_ON, Runner
from tenon.process.automations.runs import RUN, Run, Runs
from tenon.process.automations.sleepers import WAKE, Sleepers
from tenon.process.automations.trying import Foreseen, foresee
from tenon.process.evaluation import packed
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.texts import say


class Automations(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.runs = Runs(ground)
        self._index = Index(ground.model)
        self._runner = Runner(ground, self.runs)
        self._admission = Admission(ground, self.runs)
        self._sleepers = Sleepers(ground, self.runs, self._runner)
        self._timers = timers.Timers(ground)

    # What the jobs layer asks

    def duties(self) -> Mapping[str, Duty]:
        return {
            BEGIN: Duty(perform=self._begin, gave_up=self._gave_up),
            GO_ON: Duty(perform=self._go_on, gave_up=self._gave_up),
            WAKE: Duty(perform=self._sleepers.wake),
            timers.EACH: Duty(perform=self._timers.each),
            timers.LOOK: Duty(perform=self._timers.look),
        }

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear, self._sleepers.hear) if self.runs.kept else ()

    def schedules(self) -> Sequence[Schedule]:
        return self._timers.schedules() if self.runs.kept else ()

    # What others ask

    def start_steps(self, unit: UnitOfWork, steps: Names[Step], origin: StepsOrigin, key: str) -> str | None:
        """Run steps that belong to something else, with log, retries and limits; the id of the run.

        They begin after the commit. `key` is given once for each occasion, so that twice is once. None: no steps.
        """
        if not steps or not self.runs.kept:
            return None
        run_id, before = new_id(), origin.cause or unit.cause
        payload: dict[str, Any] = {
            "run": run_id,
            "place": origin.place,
            "trigger": origin.kind,
            "entity": origin.entity,
            "record": origin.record_id,
            "actor": origin.actor_id,
            "run_as": origin.run_as,
            "roots": packed(dict(origin.roots)),
            "old": None if origin.old is None else dict(origin.old),
            "past": None if origin.past is None else list(origin.past),
            "cause": None if before is None else before.event,
            "depth": 1 if before is None else before.depth + 1,
        }
        cause = Cause(run_id, min(int(payload["depth"]), DEEPEST))
        unit.emit(Job(name=BEGIN, payload=payload, key=f"steps:{key}", cause=cause))
        return run_id

    def fire(
        self,
        unit: UnitOfWork,
        automation: str,
        trigger: str,
        data: Mapping[str, Any],
        *,
        key: str,
        record_id: str | None = None,
    ) -> str | None:
        """Something outside set it off (`webhook`, `form_submitted`); the id of the run, None when it does not listen.

        `data` is what `trigger.<name>` gives, raw. `key`: one run for each, however often the caller calls.
        """
        found = self._ground.model.automations.find(automation)
        use = found.on.get(trigger)
        if use is None or found.paused:
            return None
        told = by_hand.told(use, data)
        if record_id is None and use.slots.values:
            record_id = by_hand.matching(self._ground, unit, use, told)
        job = job_of(
            found, trigger, key=f"fire:{automation}:{key}", entity=found.entity, record_id=record_id, told=told
        )
        unit.emit(job)
        return str(job.payload["run"])

    def buttons(self, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> list[by_hand.Button]:
        """The automations the actor may start on this record now."""
        return by_hand.buttons(self._ground, unit, access, entity, record_id)

    def start_by_hand(
        self, unit: UnitOfWork, access: Access, name: str, entity: str, record_id: str, inputs: Mapping[str, Any]
    ) -> str:
        """The id of the run. Raises NotFound, Forbidden, Conflict when it is not for this record, InvalidInput."""
        job = by_hand.job(self._ground, unit, access, name, entity, record_id, inputs)
        unit.emit(job)
        return str(job.payload["run"])

    def why(self, unit: UnitOfWork, access: Access, name: str, record_id: str | None) -> Why:
        """Whether it would run for the record now, and what became of its last runs. For administrators."""
        by_hand.require_administrator(access)
        return explain(self._ground, self.runs, unit, self._automation(name), record_id)

    def overview(self, unit: UnitOfWork, access: Access) -> list[Standing]:
        """All automations with what they did lately, those in trouble first. For administrators."""
        by_hand.require_administrator(access)
        return overview(self._ground, unit)

    def dry_run(self, unit: UnitOfWork, access: Access, name: str, record_id: str | None) -> Foreseen:
        """What would happen to the record; everything is undone. `unit` must be able to write. For administrators."""
        by_hand.require_administrator(access)
        return foresee(self._ground, unit, self._automation(name), record_id, access.actor.id)

    def pause(self, unit: UnitOfWork, access: Access, name: str, reason: str) -> None:
        by_hand.require_administrator(access)
        pausing.pause(unit, self._automation(name).name, by=access.actor.id, reason=reason)

    def resume(self, unit: UnitOfWork, access: Access, name: str) -> None:
        """Raises Conflict when it did not rest."""
        by_hand.require_administrator(access)
        if not pausing.resume(unit, self._automation(name).name):
            raise Conflict(say("“{name}” is not paused.", "“{name}”没有暂停。", name=name))

    def paused(self, unit: UnitOfWork) -> Mapping[str, pausing.Paused]:
        """Those that rest by a word at run time, by name."""
        return pausing.paused(unit)

    def retry(self, unit: UnitOfWork, access: Access, run_id: str) -> None:
        """A failed run goes on with the step that failed. Raises NotFound, Conflict."""
        by_hand.require_administrator(access)
        run = self.runs.find(unit, run_id)
        if run is None:
            raise NotFound(say("There is no such run.", "没有该次运行。"))
        if run.status != "failed" or "frames" not in run.state:
            raise Conflict(say("Only a failed run can be tried again.", "只有失败的运行可以重试。"))
        run.status, run.ended_at, run.said = "running", None, None
        run.state.pop("attempt", None)
        run.state["slept"] = (unit.now - run.started_at).total_seconds()
        self._runner.schedule(unit, run)
        self.runs.save(unit, run)

    # Duties

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        for match in self._index.of(event):
            unit.emit(of_event(match.automation, match.use.trigger, event))

    def _begin(self, unit: UnitOfWork, job: Job) -> Outside[Any] | None:
        """A job that is done again finds the run it has made; one that was replayed begins it anew."""
        run = self.runs.find(unit, job.payload["run"])
        if run is not None and "frames" in run.state:
            return self._runner.go_on(unit, run) if run.status == "running" or run.state.get("gave_up") else None
        run = run or self._new(unit, job)
        if run is None or (run.entity == RUN and run.depth > DEEPEST):
            return None  # a log about logs about logs is not gone on with
        automation = self._ground.model.automations.get(run.place.removeprefix("automation:"))
        if automation is not None and run.place.startswith("automation:"):
            refusal = self._refusal(unit, run, automation)
            if refusal is not None:
                run.end(unit.now, refusal.status, refusal.reason)
                self.runs.save(unit, run)
                if refusal.looped:
                    self._runner.tell_of_loop(unit, run, automation, refusal.reason)
                return None
            if self._must_wait(unit, run, automation):
                run.status, run.state["queued"] = "waiting", True
                self.runs.save(unit, run)
                return None
        run.state.pop("queued", None)
        definition = self._runner.definition(unit, run)
        if definition is None:
            return None
        self._runner.begin(run, definition)
        return self._runner.go_on(unit, run)

    def _new(self, unit: UnitOfWork, job: Job) -> Run | None:
        payload = job.payload
        place = payload.get("place") or f"automation:{payload['automation']}"
        definition = followed(self._ground, unit, place, payload.get("past"))
        if definition is None:
            return None
        automation = self._ground.model.automations.get(payload.get("automation", ""))
        state = {
            "chain": self.runs.chain_of(unit, payload.get("cause")),
            "roots": payload.get("roots") or {"trigger": payload.get("told") or {}},
        }
        if payload.get("old") is not None:
            state["old"] = payload["old"]
        if payload.get("past") is not None:
            state["past"] = payload["past"]
        if payload.get("is_new"):
            state["is_new"] = True
        return Run(
            id=payload["run"],
            place=definition.place,
            label=definition.label.in_(self._ground.model.workspace.language),
            trigger=payload["trigger"],
            entity=payload["entity"],
            record_id=payload["record"],
            actor_id=payload.get("actor"),
            run_as=payload.get("run_as") or (automation.run_as if automation is not None else "system"),
            started_at=unit.now,
            depth=payload.get("depth") or 1,
            cause=payload.get("cause") or payload.get("event"),
            state=state,
        )

    def _refusal(self, unit: UnitOfWork, run: Run, automation: Automation) -> Refusal | None:
        admission = self._admission
        refusal = admission.rest(unit, automation)
        if refusal is None:
            refusal = admission.condition(scene_of(self._ground, unit, run, {}), automation)
        if refusal is None:
            refusal = admission.loop(run, automation)
        return refusal or admission.limits(unit, run, automation)

    def _must_wait(self, unit: UnitOfWork, run: Run, automation: Automation) -> bool:
        """For an earlier run that is in the middle of its steps; one that waits for time is not waited for."""
        if not automation.in_order or run.record_id is None:
            return False
        where = f'automation == "{run.place}" and record_id == "{run.record_id}" and status == "running"'
        return self.runs.count(unit, where, 1) > 0

    def _go_on(self, unit: UnitOfWork, job: Job) -> Outside[Any] | None:
        run = self.runs.find(unit, job.payload["run"])
        if run is None or run.state.get("turn", 0) != job.payload["turn"]:
            return None
        if run.status not in ("running", "waiting") and not run.state.get("gave_up"):
            return None
        return self._runner.go_on(unit, run)

    def _gave_up(self, unit: UnitOfWork, job: Job, reason: str) -> None:
        """The job is dead: the run says so."""
        run = self.runs.find(unit, job.payload["run"]) or self._new(unit, job)
        if run is None or run.status not in ("running", "waiting"):
            return
        text = say("The job was given up: {reason}", "任务已放弃：{reason}", reason=reason)
        self._runner.give_up(unit, run, text)

    def _automation(self, name: str) -> Automation:
        return self._ground.model.automations.find(name)
