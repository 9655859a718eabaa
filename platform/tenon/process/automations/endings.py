"""In charge of how a run ends: its last words, whether the automation is paused, who hears of it, and who is next."""

from collections.abc import Sequence

from tenon.database import UnitOfWork
from tenon.jobs import Job
from tenon.process.automations.acting import scene_of
from tenon.process.automations.definitions import Definition
from tenon.process.automations.pausing import pause
from tenon.process.automations.runs import RUN, Run, Runs
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.texts import Text, say


class Endings:
    def __init__(self, ground: Ground, runs: Runs) -> None:
        self._ground = ground
        self._runs = runs

    def end(
        self, unit: UnitOfWork, run: Run, definition: Definition | None, status: str, reason: Text | None = None
    ) -> None:
        """Does not write the run itself."""
        run.end(unit.now, status, reason)
        if definition is None:
            return
        if status == "failed":
            self._tell(unit, run, definition, reason or say("It failed.", "运行失败。"))
        if definition.in_order and run.version is not None:
            self._call_next(unit, run)

    def tell_of_loop(self, unit: UnitOfWork, run: Run, definition: Definition, reason: Text) -> None:
        """Once a day: it was stopped before it went round in circles, and somebody has to end that for good.

        One that pauses after failures pauses for this, too.
        """
        paused = definition.pauses and definition.place.startswith("automation:")
        if paused:
            pause(unit, definition.place.partition(":")[2], by=None, reason=str(reason))
        words = say("“{name}” goes round in circles", "“{name}”在循环触发", name=definition.label)
        notice = Notice(title=words, body=reason, kind="trouble", entity=run.entity, record_id=run.record_id)
        cause = f"loop:{definition.place}:{unit.today}"
        self._ground.service("notifying").tell(unit, self._hearers(unit, run, definition), notice, cause=cause)

    def _tell(self, unit: UnitOfWork, run: Run, definition: Definition, reason: Text) -> None:
        paused = definition.pauses and definition.place.startswith("automation:")
        if paused:
            pause(unit, definition.place.partition(":")[2], by=None, reason=str(reason))
        words = say("“{name}” failed", "“{name}”运行失败", name=definition.label)
        if paused:
            words = say("“{name}” failed and was paused", "“{name}”运行失败并已暂停", name=definition.label)
        about = (RUN, run.id) if run.version is not None else (run.entity, run.record_id)
        notice = Notice(title=words, body=reason, kind="trouble", entity=about[0], record_id=about[1])
        self._ground.service("notifying").tell(unit, self._hearers(unit, run, definition), notice, cause=run.id)

    def _hearers(self, unit: UnitOfWork, run: Run, definition: Definition) -> Sequence[str]:
        """Those whom the definition names, else the administrators."""
        ground = self._ground
        if definition.notify:
            found = ground.people.resolve(unit, definition.notify, scene_of(ground, unit, run, {}).context)
            if found:
                return found
        roles = [role.name for role in ground.model.roles.values() if role.administrator]
        return [person for role in roles for person in ground.people.of(unit).holders(role, None, None)]

    def _call_next(self, unit: UnitOfWork, run: Run) -> None:
        """The oldest run that waits for this one to end."""
        where = (
            f'automation == "{run.place}" and record_id == "{run.record_id}" and status == "waiting" and trigger != ""'
        )
        for waiting in self._runs.some(unit, where, 50, sort="started_at"):
            if waiting.state.get("queued") and waiting.id != run.id:
                job = Job(name="automations.begin", payload={"run": waiting.id})
                unit.emit(job)
                return
