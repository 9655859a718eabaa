"""In charge of the service “stages”: moves, with an approval where one is needed, and what stages do by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import NeedsApproval
from tenon.jobs import Duty, Schedule, Subscriber
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.process.stages.limits import ESCALATE, LOOK, Limits
from tenon.process.stages.passing import Passing
from tenon.records import Saved


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Either `saved`, or `request`: the id of the request for approval that moves the record when it ends well."""

    saved: Saved | None = None
    request: str | None = None
    approval: str | None = None


class Stages(Part):
    """One for each assembled version."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._passing = Passing(ground)
        self._limits = Limits(ground)

    def duties(self) -> Mapping[str, Duty]:
        return {LOOK: Duty(perform=self._limits.look), ESCALATE: Duty(perform=self._limits.escalate)}

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._passing.hear,)

    def schedules(self) -> Sequence[Schedule]:
        return self._limits.schedules()

    def move(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        record_id: str,
        stage: str | None,
        *,
        pipeline: str | None = None,
        values: Mapping[str, Any] | None = None,
        reason: str | None = None,
        comment: str = "",
        version: int | None = None,
    ) -> Moved:
        """As `Writer.move_stage`; a stage that needs an approval is asked for instead, once all else is in order.

        The `values` are written at once in both cases.
        """
        writer, emitted = self._ground.writer, len(unit.events)
        try:
            with unit.connection.savepoint():
                saved = writer.move_stage(
                    unit,
                    access,
                    entity,
                    record_id,
                    stage,
                    pipeline=pipeline,
                    values=values,
                    reason=reason,
                    version=version,
                )
                return Moved(saved=saved)
        except NeedsApproval as needed:
            del unit.events[emitted:]
            approval, needed_stage = str(needed.extra["approval"]), needed.extra["stage"]
        if values:
            writer.change(unit, access, entity, record_id, values, version=version)
        intent = {"stage": needed_stage, "pipeline": pipeline, "reason": reason}
        approvals = self._ground.service("approvals")
        request = approvals.submit(unit, access, entity, record_id, approval, comment=comment, intent=intent)
        return Moved(request=str(request), approval=approval)
