"""In charge of what follows an operation: rows saved, people told, time limits, the lock, what the outcome sets off.

All in the transaction of the operation; what takes time is left to jobs.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tenon.database import UnitOfWork
from tenon.errors import TenonError, UnknownName
from tenon.jobs import Event, Job, cancel
from tenon.model import Approval, Timeout, Who
from tenon.process.approvals import wording
from tenon.process.approvals.asking import Asking
from tenon.process.approvals.requests import Request, Requests
from tenon.process.approvals.standing import open_tasks
from tenon.process.approvals.values import (
    Closed,
    Copied,
    Decided,
    Ended,
    Happened,
    Opened,
    Outcome,
    Reminded,
    State,
)
from tenon.process.automations.definitions import StepsOrigin
from tenon.process.evaluation import Ref
from tenon.process.ground import Ground
from tenon.process.notifying import Notice
from tenon.records import RecordLock, put_lock, take_lock
from tenon.texts import Text

DUE, NUDGE = "approvals.due", "approvals.nudge"
_STEPS: Mapping[str, str] = {"approved": "on_approve", "rejected": "on_reject", "recalled": "on_recall"}


class Following:
    def __init__(self, ground: Ground, requests: Requests) -> None:
        self._ground = ground
        self._requests = requests
        self._calendars = ground.calendars

    def follow(
        self, unit: UnitOfWork, request: Request, flow: Approval, outcome: Outcome, asking: Asking, **more: Any
    ) -> None:
        """`flow` is the definition followed from now on; `more` are further values of the request."""
        self._requests.save(unit, request, flow, outcome.state, **more)
        self._requests.remember(unit, request, outcome.effects)
        for effect in outcome.effects:
            if isinstance(effect, Opened):
                self._opened(unit, request, flow, outcome.state, effect.task)
            elif isinstance(effect, Closed):
                self._closed(unit, request, effect.task)
            elif isinstance(effect, Decided):
                step = flow.steps.get(effect.step)
                self._copy_to(unit, request, flow, asking, () if step is None else step.copy_to, effect.step)
            elif isinstance(effect, Copied):
                self._copies(unit, request, flow, effect.people, unit.actor.id, "")
            elif isinstance(effect, Reminded):
                self._tell(unit, request, effect.people, wording.reminder(flow, self._submitter(unit, request)))
        self._lock(unit, request, flow, outcome.state)
        for effect in outcome.effects:
            if isinstance(effect, Ended):
                self._ended(unit, request, flow, effect, asking)

    def began(self, unit: UnitOfWork, request: Request) -> None:
        """Tell the world of a new request, and run what is done on submitting."""
        told = {"by": unit.actor.id, "submitter": request.state.submitter, "comment": request.comment}
        self._emit(unit, request, "approval.submitted", told)
        self._run(unit, request, request.flow, "on_submit", {})

    # Time limits

    def set_limits(self, unit: UnitOfWork, request: Request, flow: Approval, number: int, step: str) -> None:
        """When a task is opened: when its time is over, and when people are reminded before that."""
        timeout = timeout_of(flow, step)
        if timeout is None:
            return
        due = self._after(timeout, unit.now, timeout.after)
        self._requests.annotate(unit, request.id, number, due_at=due)
        payload = {"request": request.id, "task": number, "due": due.isoformat()}
        unit.emit(Job(name=DUE, payload=payload, key=_key(DUE, request, number, due), due=due))
        if timeout.remind is not None:
            nudge = self._after(timeout, unit.now, timeout.after - timeout.remind)
            unit.emit(Job(name=NUDGE, payload=payload, key=_key(NUDGE, request, number, due), due=nudge))

    def _after(self, timeout: Timeout, now: datetime, seconds: int) -> datetime:
        try:
            calendar = self._calendars.of(timeout.calendar)
        except UnknownName:  # of an older version; then all time counts
            calendar = None
        return now + timedelta(seconds=seconds) if calendar is None else calendar.after(now, seconds)

    # What follows from one effect

    def _opened(self, unit: UnitOfWork, request: Request, flow: Approval, state: State, number: int) -> None:
        task = state.task(number)
        if task is None:
            return
        if task.kind == "revise":
            self._tell(unit, request, [task.person], wording.to_revise(flow))
            return
        self.set_limits(unit, request, flow, number, task.step)
        words = wording.asked(flow, self._submitter(unit, request))
        self._tell(unit, request, [task.person], words, body=request.comment)

    def _closed(self, unit: UnitOfWork, request: Request, number: int) -> None:
        row = request.rows.get(number)
        if row is not None and row["due_at"] is not None:
            for name in (DUE, NUDGE):
                cancel(unit, key=_key(name, request, number, row["due_at"]))

    def _copy_to(self, unit: UnitOfWork, request: Request, flow: Approval, asking: Asking, who: Who, step: str) -> None:
        if who:
            self._copies(unit, request, flow, tuple(person.id for person in asking.found(who)), None, step)

    def _copies(
        self, unit: UnitOfWork, request: Request, flow: Approval, people: tuple[str, ...], by: str | None, step: str
    ) -> None:
        self._requests.copy(unit, request, people, by, step)
        self._tell(unit, request, people, wording.copied(flow, self._submitter(unit, request)))

    def _lock(self, unit: UnitOfWork, request: Request, flow: Approval, state: State) -> None:
        """Held while people are asked; open while the submitter revises, and at the end."""
        if state.status != "running":
            take_lock(unit, request.entity, request.record_id, request.id)
            return
        waiting = open_tasks(flow, state)
        names = self.names(unit, [task.person for task in waiting])
        always = flow.lock.approver_may_edit
        open_to = {task.person: (*always, *editable(flow, task.step)) for task in waiting}
        put_lock(
            unit,
            RecordLock(
                entity=request.entity,
                record_id=request.record_id,
                request_id=request.id,
                at=request.submitted_at,
                fields=None if flow.lock.every else flow.lock.fields,
                exceptions=flow.lock.exceptions,
                open_to=open_to,
                why=wording.locked(flow, self._submitter(unit, request), ", ".join(names.values())),
            ),
        )

    def _ended(self, unit: UnitOfWork, request: Request, flow: Approval, end: Ended, asking: Asking) -> None:
        data = {"by": end.person, "submitter": request.state.submitter, "comment": end.comment, "step": end.step}
        self._emit(unit, request, f"approval.{end.outcome}", data)
        if end.outcome == "approved":
            self._carry_out(unit, request)
        if end.outcome in _STEPS:
            told = {"by": _user(end.person), "comment": end.comment, "step": end.step}
            self._run(unit, request, flow, _STEPS[end.outcome], told)
        self._copy_to(unit, request, flow, asking, flow.copy_to, "")
        if request.state.submitter is not None and end.person != request.state.submitter:
            words = wording.ended(flow, end.outcome)
            self._tell(unit, request, [request.state.submitter], words, body=end.comment)

    def _carry_out(self, unit: UnitOfWork, request: Request) -> None:
        """Move the record into the stage that was waited for; what stands in the way is written down and told."""
        stage = request.intent.get("stage")
        if stage is None:
            return
        system = self._ground.system("a stage that was approved")
        alone = UnitOfWork(actor=system, connection=unit.connection, now=unit.now, cause=unit.cause, events=unit.events)
        told_so_far = len(unit.events)
        try:
            with unit.connection.savepoint():
                self._ground.writer.move_stage(
                    alone,
                    self._ground.access(system),
                    request.entity,
                    request.record_id,
                    stage,
                    pipeline=request.intent.get("pipeline"),
                    reason=request.intent.get("reason"),
                    approved=request.flow.name,
                    version=None,
                )
        except TenonError as refusal:
            del unit.events[told_so_far:]
            noted = Happened(kind="not_done", comment=str(refusal.message), data={"stage": stage})
            self._requests.remember(unit, request, (noted,))
            if request.state.submitter is not None:
                self._tell(unit, request, [request.state.submitter], refusal.message)

    def _run(self, unit: UnitOfWork, request: Request, flow: Approval, part: str, told: Mapping[str, Any]) -> None:
        steps = getattr(flow, part)
        if not steps:
            return
        roots: dict[str, Mapping[str, Any]] = {
            "trigger": told,
            "request": {
                "submitter": _user(request.state.submitter),
                "submitted_at": request.submitted_at,
                "comment": request.comment,
                "decisions": request.state.decisions,
                "round": request.state.round,
            },
        }
        origin = StepsOrigin(
            kind="approval",
            name=f"{flow.name}.{part}",
            entity=request.entity,
            record_id=request.record_id,
            actor_id=unit.actor.id,
            run_as="system",
            roots=roots,
            past=self._ground.service("approvals").definitions.place_of(unit, flow, request.model_version),
        )
        self._ground.service("automations").start_steps(unit, steps, origin, f"{request.id}:{part}")

    def _emit(self, unit: UnitOfWork, request: Request, kind: str, data: Mapping[str, Any]) -> None:
        unit.emit(
            Event(
                kind=kind,
                entity=request.entity,
                record_id=request.record_id,
                version=request.version,
                at=unit.now,
                actor_id=unit.actor.id,
                data={"approval": request.flow.name, "request": request.id, **data},
                cause=unit.cause,
            )
        )

    def nudge(self, unit: UnitOfWork, request: Request, person: str) -> None:
        """Remind one person before the time is over."""
        self._tell(unit, request, [person], wording.reminder(request.flow, self._submitter(unit, request)))

    # Words

    def names(self, unit: UnitOfWork, people: Iterable[str | None]) -> dict[str, str]:
        """Of users, by id."""
        ids = list(dict.fromkeys(person for person in people if person is not None))
        found = self._ground.reader.titles(unit, self._requests.access(unit), "user", ids) if ids else {}
        return {person: found.get(person) or "?" for person in ids}

    def _submitter(self, unit: UnitOfWork, request: Request) -> str:
        submitter = request.state.submitter
        names = unit.remembered((self, submitter), lambda: self.names(unit, [submitter]))
        return names.get(submitter or "", self._ground.model.workspace.name)

    def _tell(self, unit: UnitOfWork, request: Request, people: Iterable[str], title: Text, *, body: str = "") -> None:
        told = [person for person in people if person != unit.actor.id]
        if "notifying" not in self._ground.services or not told:
            return
        notice = Notice(
            title=title,
            body=Text.of(body) if body else None,
            kind="approval",
            entity=request.entity,
            record_id=request.record_id,
            sender=unit.actor.id,
        )
        cause = f"approval:{request.id}:{unit.now.isoformat()}"
        self._ground.service("notifying").tell(unit, told, notice, cause=cause)


def timeout_of(flow: Approval, step: str) -> Timeout | None:
    own = flow.steps[step].timeout if step in flow.steps else None
    return own if own is not None else flow.timeout


def editable(flow: Approval, step: str) -> tuple[str, ...]:
    """Fields whoever decides this step may change, beside those of the whole approval."""
    definition = flow.steps.get(step)
    if definition is None:
        return ()
    decide = definition.decide if definition.decide is not None else flow.decide
    return tuple(dict.fromkeys((*definition.editable, *decide.fields)))


def _user(person: str | None) -> Ref | None:
    return None if person is None else Ref(entity="user", id=person)


def _key(name: str, request: Request, number: int, due: datetime) -> str:
    return f"{name}:{request.id}:{number}:{due.isoformat()}"
