"""In charge of how requests are shown: the flow beside a record, what waits for somebody, what he submitted.

Who may see a record sees its requests; who takes part sees the request though not the record, whose title and
values stay hidden from him.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Conflict, NotFound
from tenon.fields import Option
from tenon.model import Approval, ApprovalStep
from tenon.process.approvals.deciding import decide_of, fields_open
from tenon.process.approvals.following import Following
from tenon.process.approvals.requests import COPY, TASK, Request, Requests, Row, no_request, read_json
from tenon.process.approvals.standing import allow_of, here, open_tasks, result, round_of, statuses, ways_back
from tenon.process.approvals.values import State, Task, TaskStatus
from tenon.process.ground import Ground
from tenon.query import Query, Reader

Box = Literal["todo", "submitted", "copied", "done"]
BOXES: tuple[Box, ...] = ("todo", "submitted", "copied", "done")
StepState = Literal["done", "refused", "current", "coming", "skipped"]


@dataclass(frozen=True, kw_only=True)
class ShownTask:
    id: str
    number: int
    person: str
    person_id: str
    status: TaskStatus
    kind: str
    instead_of: str | None
    asked_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    step: ApprovalStep
    round: int
    state: StepState
    tasks: tuple[ShownTask, ...]


@dataclass(frozen=True, kw_only=True)
class ShownEvent:
    at: datetime
    kind: str
    person: str | None
    step: str
    to: str | None
    comment: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What whoever has the open task `task` may do. `back` are the steps it may return to; START the submitter."""

    task: str
    revise: bool
    delegate: bool
    add_before: bool
    add_after: bool
    back: tuple[str, ...]
    fields: tuple[str, ...]
    asked_fields: tuple[str, ...]
    comment: Literal["optional", "on_reject", "required"]
    files: Literal["optional", "required"]
    reasons: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShownRequest:
    id: str
    flow: Approval
    entity: str
    record_id: str
    state: State
    submitter: str | None
    submitted_at: datetime
    comment: str
    steps: tuple[ShownStep, ...]
    events: tuple[ShownEvent, ...]
    copies: tuple[str, ...]
    mine: tuple[Choice, ...]
    may_recall: bool
    may_remind: bool
    takes_part: bool
    administers: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the inbox. `title` is None when the record is not the reader's to see."""

    task_id: str | None
    request_id: str
    approval: str
    step: str
    entity: str
    record_id: str
    title: str | None
    submitter: str | None
    at: datetime | None
    due_at: datetime | None
    status: str
    comment: str


@dataclass(frozen=True)
class Entries:
    entries: tuple[Entry, ...]
    next: str | None


class Seeing:
    def __init__(self, ground: Ground, requests: Requests, following: Following) -> None:
        self._ground = ground
        self._requests = requests
        self._following = following

    @property
    def _reader(self) -> Reader:
        return self._ground.reader

    def of_record(
        self, unit: UnitOfWork, access: Access, entity: str, record_id: str, *, with_events: bool = True
    ) -> list[ShownRequest]:
        """The running requests of a record, else the last one. Raises NotFound for a record not his to see."""
        self._reader.one(unit, access, entity, record_id, ("id",))
        rows = self._requests.of_record(unit, entity, record_id)
        running = [row for row in rows if row["status"] in ("running", "revising")]
        requests = (self._load(unit, row) for row in running or rows[:1])
        return [self._shown(unit, access, one, with_events=with_events) for one in requests if one is not None]

    def one(self, unit: UnitOfWork, access: Access, request_id: str) -> ShownRequest:
        """Raises NotFound for who neither takes part nor may see the record."""
        request = self._requests.load(unit, request_id, lock=False)
        shown = self._shown(unit, access, request)
        if not (shown.takes_part or shown.administers) and not self._reads(unit, access, request):
            raise no_request()
        return shown

    def of_task(self, unit: UnitOfWork, access: Access, task_id: str) -> ShownRequest:
        return self.one(unit, access, self._requests.request_of(unit, task_id)[0])

    def count_open(self, unit: UnitOfWork, access: Access) -> int:
        """How many tasks wait for him; at most 100 are counted."""
        query = Query(entity=TASK, where=_box(str(access.actor.id), "todo"))
        return self._reader.count(unit, self._requests.access(unit), query, cap=100).value

    def inbox(
        self, unit: UnitOfWork, access: Access, box: Box, *, after: str | None = None, limit: int = 30
    ) -> Entries:
        """What concerns the actor himself, the newest first; what waits, the most urgent first."""
        if access.actor.id is None:
            return Entries((), None)
        page = self._reader.list(unit, self._requests.access(unit), _query(access.actor.id, box, after, limit))
        titles = self._titles(unit, access, page.records)
        return Entries(tuple(self._entry(row, box, titles) for row in page.records), page.next)

    def _load(self, unit: UnitOfWork, row: Row) -> Request | None:
        """None when its definition cannot be read any more, which must not take the record's page along."""
        try:
            return self._requests.of_row(unit, row)
        except Conflict:
            return None

    def _reads(self, unit: UnitOfWork, access: Access, request: Request) -> bool:
        if not access.can(request.entity, "read"):
            return False
        try:
            self._reader.one(unit, access, request.entity, request.record_id, ("id",))
        except NotFound:
            return False
        return True

    def _shown(self, unit: UnitOfWork, access: Access, request: Request, *, with_events: bool = True) -> ShownRequest:
        flow, state, actor = request.flow, request.state, access.actor.id
        events = self._requests.events(unit, request.id) if with_events else []
        copied = [_id(row["person"]) for row in request.copies]
        people = [
            state.submitter,
            *copied,
            *(person for task in state.tasks for person in (task.person, task.instead_of)),
        ]
        people += [_id(event[name]) for event in events for name in ("person", "to")]
        names = self._following.names(unit, people)
        mine = [task for task in open_tasks(flow, state) if task.person == actor]
        submitted = actor is not None and actor == state.submitter
        return ShownRequest(
            id=request.id,
            flow=flow,
            entity=request.entity,
            record_id=request.record_id,
            state=state,
            submitter=names.get(state.submitter or ""),
            submitted_at=request.submitted_at,
            comment=request.comment,
            steps=self._steps(request, names),
            events=tuple(_event(event, names) for event in events),
            copies=tuple(names[person] for person in copied if person is not None),
            mine=tuple(self._choice(request, task) for task in mine),
            may_recall=submitted and _recallable(flow, state),
            may_remind=submitted and flow.allow.remind and state.status == "running",
            takes_part=actor is not None
            and actor in (state.submitter, *copied, *(task.person for task in state.tasks)),
            administers=access.administers and not access.actor.is_system,
        )

    def _steps(self, request: Request, names: Mapping[str, str]) -> tuple[ShownStep, ...]:
        flow, state = request.flow, request.state
        derived = statuses(flow, state)
        found = []
        for name, step in flow.steps.items():
            own = [task for task in state.tasks if task.step == name and task.kind != "revise"]
            last = max((task.visit for task in own), default=None)
            tasks = tuple(_task(request, task, derived[task.number], names) for task in own if task.visit == last)
            place = round_of(flow, name) or 0
            found.append(ShownStep(step=step, round=place, state=_step_state(flow, state, name), tasks=tasks))
        return tuple(found)

    def _choice(self, request: Request, task: Task) -> Choice:
        flow, allow, decide = request.flow, allow_of(request.flow, task.step), decide_of(request.flow, task.step)
        reasons = self._ground.model.choices[decide.reasons].options if decide.reasons is not None else ()
        revise = task.kind == "revise"
        return Choice(
            task=str(request.rows[task.number]["id"]),
            revise=revise,
            delegate=allow.delegate and not revise,
            add_before=allow.add_signer in ("before", "both") and not revise,
            add_after=allow.add_signer in ("after", "both") and not revise,
            back=() if revise else ways_back(flow, request.state, task),
            fields=() if revise else fields_open(flow, task.step),
            asked_fields=() if revise else decide.fields,
            comment=decide.comment,
            files=decide.files,
            reasons=tuple(option for option in reasons if option.active),
        )

    def _titles(self, unit: UnitOfWork, access: Access, rows: Sequence[Row]) -> dict[tuple[str, str], str]:
        """Of the records the reader may see; one statement for each entity."""
        asked: dict[str, list[str]] = {}
        for row in rows:
            entity = self._ground.model.entities.present(row["record_entity"])
            if entity is not None and access.can(entity, "read"):
                asked.setdefault(entity, []).append(row["record_id"])
        return {
            (entity, identity): title or ""
            for entity, ids in asked.items()
            for identity, title in self._reader.titles(unit, access, entity, list(dict.fromkeys(ids))).items()
        }

    def _entry(self, row: Row, box: Box, titles: Mapping[tuple[str, str], str]) -> Entry:
        entity = self._ground.model.entities.present(row["record_entity"]) or row["record_entity"]
        of_request = box == "submitted"
        dates = {"todo": "asked_at", "done": "answered_at", "copied": "asked_at", "submitted": "submitted_at"}
        return Entry(
            task_id=None if of_request else row["id"],
            request_id=row["id"] if of_request else row["request.id"],
            approval=row["approval"],
            step="" if of_request else row["step"],
            entity=entity,
            record_id=row["record_id"],
            title=titles.get((entity, row["record_id"])),
            submitter=row["submitter.name" if of_request else "request.submitter.name"],
            at=row[dates[box]],
            due_at=None if of_request else row["due_at"],
            status=row["request.status"] if box == "copied" else row["status"],
            comment=row["comment" if of_request else "request.comment"] or "",
        )


_OF_RECORD = ("id", "approval", "record_entity", "record_id", "status")
_OF_TASK = ("request.id", "request.submitter.name", "request.status", "request.comment", "step", "asked_at", "due_at")


def _box(person: str, box: Box) -> str:
    if box == "todo":
        return f'person.id == "{person}" and status == "open"'
    if box == "copied":
        return f'person.id == "{person}" and kind == "{COPY}"'
    done = '["approved", "rejected", "returned", "passed", "resubmitted"]'
    return f'person.id == "{person}" and status in {done} and kind != "{COPY}"'


def _query(person: str, box: Box, after: str | None, limit: int) -> Query:
    if box == "submitted":
        return Query(
            entity="approval_request",
            select=(*_OF_RECORD, "submitter.name", "submitted_at", "comment"),
            where=f'submitter.id == "{person}"',
            sort=("-submitted_at",),
            limit=limit,
            after=after,
            form="values",
        )
    return Query(
        entity=TASK,
        select=(*_OF_RECORD, *_OF_TASK, "answered_at"),
        where=_box(person, box),
        sort=("due_at", "asked_at") if box == "todo" else ("-answered_at",) if box == "done" else ("-asked_at",),
        limit=limit,
        after=after,
        form="values",
    )


def _recallable(flow: Approval, state: State) -> bool:
    if state.ended:
        return False
    rule = flow.allow.recall
    return state.status == "revising" or rule == "any_time" or (rule == "until_first_decision" and not state.decisions)


def _step_state(flow: Approval, state: State, name: str) -> StepState:
    own = [task for task in state.tasks if task.step == name and task.kind != "revise" and task.visit >= state.epoch]
    place = round_of(flow, name) or 0
    if not own:
        passed = state.status == "approved" or (not state.ended and place < state.round)
        return "skipped" if passed or (state.status == "running" and place == state.round) else "coming"
    last = max(task.visit for task in own)
    verdict = result(flow.steps[name], here(State(submitter=None, visit=last, tasks=state.tasks), name))
    if state.status == "running" and last == state.visit:
        return "current" if verdict is None else "done"
    if verdict is False:
        return "refused"
    went_back = place >= state.round and last < state.visit and not state.ended
    return "coming" if went_back or verdict is None else "done"


def _task(request: Request, task: Task, status: TaskStatus, names: Mapping[str, str]) -> ShownTask:
    row = request.rows[task.number]
    return ShownTask(
        id=str(row["id"]),
        number=task.number,
        person=names.get(task.person, "?"),
        person_id=task.person,
        status=status,
        kind=task.kind,
        instead_of=names.get(task.instead_of or ""),
        asked_at=row["asked_at"],
        due_at=row["due_at"],
        answered_at=row["answered_at"],
    )


def _event(row: Row, names: Mapping[str, str]) -> ShownEvent:
    return ShownEvent(
        at=row["at"],
        kind=row["kind"],
        person=names.get(_id(row["person"]) or ""),
        step=row["step"] or "",
        to=names.get(_id(row["to"]) or ""),
        comment=row["comment"] or "",
        data=read_json(row["data"]),
    )


def _id(value: Any) -> str | None:
    found: str | None = getattr(value, "id", value)
    return found
