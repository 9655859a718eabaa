"""In charge of the service “approvals”: every way in which a request is made, decided, looked at, and kept moving."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Forbidden
from tenon.jobs import Duty, Subscriber
from tenon.model import Approval
from tenon.process.absences import Absences
from tenon.process.approvals.caring import Caring
from tenon.process.approvals.deciding import (
    Deciding,
    Decision,
    require_administrator,
    require_reason,
    require_scope,
)
from tenon.process.approvals.definitions import Definitions
from tenon.process.approvals.following import Following
from tenon.process.approvals.links import Linked, links, read_link
from tenon.process.approvals.machine import perform
from tenon.process.approvals.requests import Request, Requests, no_request
from tenon.process.approvals.seeing import Seeing
from tenon.process.approvals.standing import open_tasks
from tenon.process.approvals.submitting import Forecast, Submitting
from tenon.process.approvals.values import (
    Comment,
    Copy,
    Force,
    Happened,
    Operation,
    Outcome,
    Reassign,
    Recall,
    Remind,
)
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.texts import say

ByRequest = Literal["recall", "remind", "comment", "copy"]


class Approvals(Part):
    """One for each assembled version. Each operation is one transaction of the unit, under a lock on its request."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.definitions = Definitions(ground.model)
        self.requests = Requests(ground, self.definitions)
        self.following = Following(ground, self.requests)
        self.submitting = Submitting(ground, self.definitions, self.requests, self.following, Absences(ground.reader))
        self.deciding = Deciding(ground)
        self.seeing = Seeing(ground, self.requests, self.following)
        self._caring = Caring(ground, self)

    # Submitting

    def submit(
        self,
        unit: UnitOfWork,
        access: Access,
        entity: str,
        record_id: str,
        approval: str,
        *,
        comment: str = "",
        files: Sequence[str] = (),
        intent: Mapping[str, Any] | None = None,
    ) -> str:
        """The id of the request. `intent`: {"stage": …} is the stage the record enters once it is approved.

        Raises NotFound, UnknownName, Forbidden, Conflict, InvalidInput.
        """
        require_scope(access)
        record = (entity, record_id)
        self.requests.check_files(unit, record, files)
        return self.submitting.submit(unit, access, record, approval, comment.strip(), files, intent or {})

    def submit_for(self, unit: UnitOfWork, approval: str, entity: str, record_id: str, submitter: str | None) -> str:
        """By an automation, in somebody's name; None: the product's own."""
        return self.submitting.submit_for(unit, approval, (entity, record_id), submitter)

    def forecast(self, unit: UnitOfWork, access: Access, entity: str, record_id: str, approval: str) -> Forecast:
        """Who will be asked and why, before anything is submitted."""
        return self.submitting.forecast(unit, access, (entity, record_id), approval)

    def possible(self, unit: UnitOfWork, access: Access, entity: str, record_id: str) -> list[tuple[Approval, Any]]:
        """The approvals of this kind of record, each with the refusal that stands against submitting it now."""
        return self.submitting.possible(unit, access, (entity, record_id))

    # Deciding

    def decide(self, unit: UnitOfWork, access: Access, task_id: str, decision: Decision) -> Request:
        """Of whoever is asked. Raises NotFound for a task that is not his, Conflict, Forbidden, InvalidInput."""
        require_scope(access)
        request_id, number = self.requests.request_of(unit, task_id)
        request = self.requests.load(unit, request_id)
        self._require_part(access, request)
        self.requests.check_files(unit, (request.entity, request.record_id), decision.files)
        asking = self.submitting.asking(unit, request, request.flow)
        operation = self.deciding.operation(unit, access, request, number, decision, asking)
        task = next((one for one in open_tasks(request.flow, request.state) if one.number == number), None)
        mine = task is not None and task.person == access.actor.id
        if task is not None and mine and decision.values:
            self.deciding.fill(unit, access, request, task, decision.values)
            asking = self.submitting.asking(unit, request, request.flow)
        if task is not None and mine and decision.verb == "approve":
            record = self._ground.evaluation.scene(unit, request.entity, request.record_id).record
            self.deciding.check_filled(request, task, record)
        if decision.verb == "resubmit" and mine:
            self.submitting.resubmittable(unit, request)
        return self._perform(unit, request, operation, asking, _notes(access, decision))

    def act(
        self,
        unit: UnitOfWork,
        access: Access,
        request_id: str,
        verb: ByRequest,
        *,
        comment: str = "",
        people: Sequence[str] = (),
    ) -> Request:
        """Recall, remind, comment, copy: of the submitter and of those who take part."""
        require_scope(access)
        request = self.requests.load(unit, request_id)
        self._require_part(access, request)
        actor, words = access.actor.id, comment.strip()
        asking = self.submitting.asking(unit, request, request.flow)
        operation: Operation
        if verb == "recall":
            operation = Recall(actor=actor, comment=words)
        elif verb == "remind":
            operation = Remind(actor=actor, comment=words)
        elif verb == "comment":
            operation = Comment(actor=actor, comment=require_reason(words))
        else:
            found = self.deciding.people(unit, request, people, asking)
            operation = Copy(actor=actor, people=tuple(person.id for person in found), comment=words)
        return self._perform(unit, request, operation, asking)

    # From a mail

    def links(self, unit: UnitOfWork, task_id: str, secret: bytes, base: str) -> Mapping[Linked, str]:
        """One-click addresses for whoever has this open task, for a mail to him alone; empty when it is not open.

        `secret` is the workspace's, `base` the address of its pages without a slash at the end.
        """
        row = self.requests.task(unit, task_id)
        if row is None or row["status"] != "open" or row["kind"] == "revise":
            return {}
        return links(secret, base, task_id, row["asked_at"], unit.now)

    def links_for(
        self, unit: UnitOfWork, person: str, entity: str, record_id: str, secret: bytes, base: str
    ) -> Mapping[Linked, str]:
        """Of what the person is asked about the record now; empty when that is nothing."""
        task = self.requests.asked(unit, person, entity, record_id)
        return {} if task is None else self.links(unit, task, secret, base)

    def linked(self, unit: UnitOfWork, secret: bytes, token: str) -> tuple[str, Linked, str] | None:
        """Task, decision and person of a link that is still good."""
        link = read_link(secret, token, unit.now)
        row = None if link is None else self.requests.task(unit, link.task)
        if link is None or row is None or row["status"] != "open" or row["asked_at"].isoformat() != link.stamp:
            return None
        return link.task, link.verb, str(getattr(row["person"], "id", row["person"]))

    # An administrator's rescue

    def force(
        self,
        unit: UnitOfWork,
        access: Access,
        request_id: str,
        outcome: Literal["approved", "rejected", "cancelled"],
        comment: str,
    ) -> Request:
        """End a request, with a reason."""
        require_administrator(access)
        request = self.requests.load(unit, request_id)
        words = require_reason(comment)
        operation = Force(actor=access.actor.id, outcome=outcome, comment=words)
        return self._perform(unit, request, operation, self.submitting.asking(unit, request, request.flow))

    def reassign(self, unit: UnitOfWork, access: Access, task_id: str, person: str, comment: str) -> Request:
        """Give somebody's task to another, with a reason."""
        require_administrator(access)
        request_id, number = self.requests.request_of(unit, task_id)
        request = self.requests.load(unit, request_id)
        asking = self.submitting.asking(unit, request, request.flow)
        (found, *_rest) = self.deciding.people(unit, request, [person], asking)
        words = require_reason(comment)
        operation = Reassign(actor=access.actor.id, task=number, to=found, comment=words)
        return self._perform(unit, request, operation, asking)

    # The product's own

    def by_rule(self, unit: UnitOfWork, request: Request, operation: Operation) -> Request:
        """What time, a leaver or an absence brings about; `unit` is the system's."""
        return self._perform(unit, request, operation, self.submitting.asking(unit, request, request.flow))

    def duties(self) -> Mapping[str, Duty]:
        return self._caring.duties()

    def subscribers(self) -> Sequence[Subscriber]:
        return self._caring.subscribers()

    def published(self, unit: UnitOfWork, number: int) -> None:
        """This version comes into force with the unit."""
        self._caring.published(unit, number)

    def _require_part(self, access: Access, request: Request) -> None:
        """Raises NotFound for those who have nothing to do with it."""
        actor, state = access.actor.id, request.state
        if actor is None:
            raise Forbidden(say("Only people take part in approvals.", "只有人员才能参与审批。"))
        copied = [getattr(row["person"], "id", row["person"]) for row in request.copies]
        if actor not in (state.submitter, *(task.person for task in state.tasks), *copied) and not access.administers:
            raise no_request()

    def _perform(
        self,
        unit: UnitOfWork,
        request: Request,
        operation: Operation,
        asking: Any,
        notes: tuple[Happened, ...] = (),
    ) -> Request:
        outcome = perform(request.flow, request.state, operation, asking)
        whole = Outcome(outcome.state, (*notes, *outcome.effects))
        self.following.follow(unit, request, request.flow, whole, asking)
        return self.requests.load(unit, request.id, lock=False)


def _notes(access: Access, decision: Decision) -> tuple[Happened, ...]:
    """What was done besides deciding."""
    data: dict[str, Any] = {}
    if decision.values:
        data["fields"] = sorted(decision.values)
    if decision.files:
        data["files"] = list(decision.files)
    return (Happened(kind="edited", person=access.actor.id, data=data),) if data else ()
