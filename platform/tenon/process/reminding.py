"""In charge of reminders: at its time the person of a `reminder` is told, once for each time it is set to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NotFound
from tenon.jobs import Duty, Event, Job, Subscriber
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.process.parts import Part
from tenon.texts import Text

ENTITY, REMIND = "reminder", "reminders.remind"


class Reminding(Part):
    """The service `reminding`."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def duties(self) -> Mapping[str, Duty]:
        return {REMIND: Duty(perform=self._remind)}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if ENTITY in self._ground.model.entities else ()

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.entity != ENTITY or event.kind not in ("record.created", "record.changed"):
            return
        found = self._ground.reader.among(unit, self._access(unit), ENTITY, [event.record_id]).get(event.record_id)
        if found is None:
            return
        payload = {"id": event.record_id, "at": found["at"]}
        due = datetime.fromisoformat(found["at"])
        unit.emit(Job(name=REMIND, payload=payload, key=f"{REMIND}:{event.record_id}:{found['at']}", due=due))

    def _remind(self, unit: UnitOfWork, job: Job) -> None:
        """Nothing for one that is gone, or was set to another time since."""
        access = self._access(unit)
        try:
            reminder = self._ground.reader.one(unit, access, ENTITY, job.payload["id"])
        except NotFound:
            return
        if reminder["at"] != job.payload["at"] or reminder["person"] is None:
            return
        notice = Notice(
            title=Text.of(reminder["text"]),
            kind="reminder",
            entity=reminder["record_entity"],
            record_id=reminder["record_id"],
        )
        self._ground.service("notifying").tell(unit, [reminder["person"]["id"]], notice, cause=str(job.key))
        self._ground.writer.change(unit, access, ENTITY, reminder["id"], {"reminded_at": unit.now}, version=None)

    def _access(self, unit: UnitOfWork) -> Access:
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("reminding people")))
