"""In charge of what keeps requests moving without anybody doing something: time, leavers, absences, new definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tenon.database import UnitOfWork
from tenon.errors import Conflict, NotFound
from tenon.jobs import Duty, Event, Job, Subscriber
from tenon.process.approvals.definitions import Definitions
from tenon.process.approvals.following import DUE, NUDGE, Following, timeout_of
from tenon.process.approvals.machine import move, restart
from tenon.process.approvals.requests import REQUEST, TASK, Request, Requests
from tenon.process.approvals.standing import open_tasks, statuses
from tenon.process.approvals.submitting import Submitting
from tenon.process.approvals.values import Expire, Force, Operation, Person, Reassign, Task
from tenon.process.ground import Ground
from tenon.process.pages import every_record
from tenon.query import Query
from tenon.records import take_lock
from tenon.schema import published_number
from tenon.texts import Text, say

LEAVER, ABSENCE, GONE, FOLLOW = "approvals.leaver", "approvals.absence", "approvals.gone", "approvals.follow"
PUBLISHED = "approvals.published"
PORTION = 200
"""Running requests looked at in one transaction after a new version."""
STRAGGLERS = timedelta(minutes=1)
"""After which those are looked for that were submitted while the version was being published."""
_RUNNING = 'status in ["running", "revising"]'


class Approvals(Protocol):
    """What is asked of the service."""

    definitions: Definitions
    requests: Requests
    following: Following
    submitting: Submitting

    def by_rule(self, unit: UnitOfWork, request: Request, operation: Operation) -> Request: ...


class Caring:
    def __init__(self, ground: Ground, approvals: Approvals) -> None:
        self._ground = ground
        self._approvals = approvals
        self._known = REQUEST in ground.model.entities

    def duties(self) -> Mapping[str, Duty]:
        return {
            DUE: Duty(perform=self._due),
            NUDGE: Duty(perform=self._nudge),
            LEAVER: Duty(perform=self._leaver),
            ABSENCE: Duty(perform=self._absence),
            GONE: Duty(perform=self._gone),
            PUBLISHED: Duty(perform=self._outdated),
            FOLLOW: Duty(perform=self._follow),
        }

    def subscribers(self) -> Sequence[Subscriber]:
        return (self._hear,) if self._known else ()

    def published(self, unit: UnitOfWork, number: int) -> None:
        """A version came into force with this unit: running requests follow it after the commit, as it says."""
        changing = any(flow.on_change.do != "finish" for flow in self._ground.model.approvals.values())
        if not changing or not self._known:
            return
        for due in (None, unit.now + STRAGGLERS):
            key = f"{PUBLISHED}:{number}" + ("" if due is None else ":late")
            unit.emit(Job(name=PUBLISHED, payload={"version": number}, key=key, due=due))

    def _hear(self, unit: UnitOfWork, event: Event) -> None:
        if event.entity == REQUEST and event.kind == "record.deleted":
            self._unlock(unit, event.record_id)
        elif event.entity == "user" and _left(event):
            unit.emit(Job(name=LEAVER, payload={"person": event.record_id}, key=f"{LEAVER}:{event.id}"))
        elif event.entity == "absence" and event.kind in ("record.created", "record.changed"):
            self._expect_absence(unit, event)
        elif event.kind == "record.deleted" and any(
            flow.entity == event.entity for flow in self._ground.model.approvals.values()
        ):
            payload = {"entity": event.entity, "record": event.record_id}
            unit.emit(Job(name=GONE, payload=payload, key=f"{GONE}:{event.id}"))

    def _unlock(self, unit: UnitOfWork, request_id: str) -> None:
        """A request in the recycle bin holds nothing any more."""
        access = self._approvals.requests.access(unit)
        names = ("record_entity", "record_id")
        row = self._ground.reader.one(unit, access, REQUEST, request_id, names, deleted=True)
        take_lock(unit, row["record_entity"], row["record_id"], request_id)

    # Time

    def _due(self, unit: UnitOfWork, job: Job) -> None:
        found = self._waiting(unit, job)
        if found is None:
            return
        request, task = found
        timeout = timeout_of(request.flow, task.step)
        if timeout is None:
            return
        to: tuple[Person, ...] = ()
        if timeout.do in ("escalate", "delegate"):
            asking = self._approvals.submitting.asking(unit, request, request.flow)
            above = asking.manager(task.person)
            to = asking.found(timeout.to) or (() if above is None else (above,)) or asking.administrators()
        after = self._approvals.by_rule(unit, request, Expire(actor=None, task=task.number, do=timeout.do, to=to))
        if timeout.do == "remind":
            self._approvals.following.set_limits(unit, after, after.flow, task.number, task.step)

    def _nudge(self, unit: UnitOfWork, job: Job) -> None:
        found = self._waiting(unit, job)
        if found is not None:
            self._approvals.following.nudge(unit, found[0], found[1].person)

    def _waiting(self, unit: UnitOfWork, job: Job) -> tuple[Request, Task] | None:
        """The request and its task, when it is still open and was not given another time since."""
        try:
            request = self._approvals.requests.load(unit, job.payload["request"])
        except NotFound:
            return None
        number, due = job.payload["task"], datetime.fromisoformat(job.payload["due"])
        task = next((one for one in open_tasks(request.flow, request.state) if one.number == number), None)
        row = request.rows.get(number)
        return None if task is None or row is None or row["due_at"] != due else (request, task)

    # People who cannot decide

    def _leaver(self, unit: UnitOfWork, job: Job) -> None:
        """Their tasks go to their manager, or to an administrator."""
        person = job.payload["person"]
        if self._ground.people.active(unit, [person]):
            return
        self._hand_over(unit, person, None, say("The person left.", "此人已离职。"))

    def _expect_absence(self, unit: UnitOfWork, event: Event) -> None:
        access = self._approvals.requests.access(unit)
        row = self._ground.reader.among(unit, access, "absence", [event.record_id]).get(event.record_id)
        if row is None or row.get("delegate") is None or row.get("first_day") is None:
            return
        zone = ZoneInfo(self._ground.model.workspace.timezone)
        begins = datetime.combine(datetime.fromisoformat(row["first_day"]).date(), time(), zone).astimezone(UTC)
        payload = {"absence": event.record_id, "person": row["who"]["id"]}
        due = max(begins, unit.now)
        unit.emit(Job(name=ABSENCE, payload=payload, key=f"{ABSENCE}:{event.id}", due=due))

    def _absence(self, unit: UnitOfWork, job: Job) -> None:
        """What waits for somebody when his absence begins goes to whoever stands in, as what comes later does."""
        person = job.payload["person"]
        asking = self._approvals.submitting.standing_in(unit, person)
        if asking is not None:
            self._hand_over(unit, person, asking, say("Away.", "休假中。"))

    def _hand_over(self, unit: UnitOfWork, person: str, to: Person | None, words: Text) -> None:
        for request_id in self._requests_of(unit, person):
            request = self._approvals.requests.load(unit, request_id)
            derived = statuses(request.flow, request.state)
            held = [task for task in request.state.tasks if task.person == person]
            for task in held:
                if derived[task.number] not in ("open", "waiting") or (to is not None and task.kind == "revise"):
                    continue
                target = to or self._instead(unit, request, task)
                if target is not None and target.id != person:
                    why = words.in_(self._ground.model.workspace.language)
                    operation = Reassign(actor=None, task=task.number, to=target, comment=why)
                    request = self._approvals.by_rule(unit, request, operation)

    def _instead(self, unit: UnitOfWork, request: Request, task: Task) -> Person | None:
        asking = self._approvals.submitting.asking(unit, request, request.flow)
        found = (asking.manager(task.person), *asking.administrators())
        return next((person for person in found if person is not None and person.id != task.person), None)

    def _requests_of(self, unit: UnitOfWork, person: str) -> list[str]:
        where = f'person.id == "{person}" and status in ["open", "waiting"]'
        query = Query(entity=TASK, select=("request.id",), where=where, sort=("request.id",))
        rows = every_record(self._ground.reader, unit, self._approvals.requests.access(unit), query)
        return list(dict.fromkeys(row["request.id"] for row in rows))

    # Records and definitions that change under a request

    def _gone(self, unit: UnitOfWork, job: Job) -> None:
        """The record is in the recycle bin: there is nothing to decide on."""
        requests = self._approvals.requests
        for row in requests.running(unit, job.payload["entity"], job.payload["record"]):
            request = requests.load(unit, row["id"])
            if not request.state.ended:
                words = say("The record was deleted.", "记录已被删除。").in_(self._ground.model.workspace.language)
                self._approvals.by_rule(unit, request, Force(actor=None, outcome="cancelled", comment=words))

    def _outdated(self, unit: UnitOfWork, job: Job) -> None:
        """One job for each running request whose definition says something else today; the next portion follows."""
        definitions, number = self._approvals.definitions, int(job.payload["version"])
        query = Query(
            entity=REQUEST,
            select=("id", "approval", "definition"),
            where=_RUNNING,
            sort=("id",),
            limit=PORTION,
            after=job.payload.get("after"),
        )
        page = self._ground.reader.list(unit, self._approvals.requests.access(unit), query)
        for row in page.records:
            flow = definitions.present(row["approval"])
            if flow is None or flow.on_change.do == "finish" or definitions.digest(flow) == row["definition"]:
                continue
            payload = {"request": row["id"]}
            unit.emit(Job(name=FOLLOW, payload=payload, key=f"{FOLLOW}:{row['id']}:{number}"))
        if page.next is not None:
            unit.emit(Job(name=PUBLISHED, payload={**job.payload, "after": page.next}, key=f"{job.key}:{page.next}"))

    def _follow(self, unit: UnitOfWork, job: Job) -> None:
        """Bring one request under today's definition, as that definition says."""
        approvals = self._approvals
        try:
            request = approvals.requests.load(unit, job.payload["request"])
        except (NotFound, Conflict):
            return
        flow = approvals.definitions.present(request.flow.name)
        if request.state.ended or flow is None or flow.on_change.do == "finish":
            return
        digest = approvals.definitions.digest(flow)
        if digest == request.definition:
            return
        asking = approvals.submitting.asking(unit, request, flow)
        old, state = request.flow, request.state
        if flow.on_change.do == "restart":
            outcome = restart(old, flow, state, asking)
        else:
            outcome = move(old, flow, state, flow.on_change.map, asking)
        more: dict[str, Any] = {"definition": digest, "model_version": published_number(unit.connection)}
        approvals.following.follow(unit, replace(request, flow=flow), flow, outcome, asking, **more)


def _left(event: Event) -> bool:
    if event.kind == "record.deleted":
        return True
    changed = event.data.get("changed", {}).get("active")
    return event.kind == "record.changed" and changed is not None and changed[1] is False
