"""In charge of requests as records: loaded and locked as a state of the machine, saved as rows of what differs.

Rows are written with the product's own rights, by the one who acts: nobody edits requests or tasks by hand.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Detail, InvalidInput, NotFound
from tenon.model import Approval
from tenon.process.approvals.definitions import Definitions
from tenon.process.approvals.standing import statuses
from tenon.process.approvals.values import Effect, Happened, State, Task
from tenon.process.ground import Ground
from tenon.process.pages import every_record
from tenon.query import Query
from tenon.schema import published_number
from tenon.texts import say

REQUEST, TASK, EVENT = "approval_request", "approval_task", "approval_event"
COPY = "copy"
"""The kind of a task that asks for nothing."""
_FIRST_COPY = 100_000
"""Copies are numbered apart from those who are asked."""
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Request:
    """`rows` are the stored tasks by number; `version` that of the record."""

    id: str
    version: int
    flow: Approval
    entity: str
    record_id: str
    state: State
    submitted_at: datetime
    comment: str = ""
    definition: str = ""
    model_version: int = 0
    intent: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[int, Row] = field(default_factory=dict)
    copies: tuple[Row, ...] = ()


class Requests:
    def __init__(self, ground: Ground, definitions: Definitions) -> None:
        self._ground = ground
        self._definitions = definitions

    def access(self, unit: UnitOfWork) -> Access:
        """The product's own, for what nobody may write himself."""
        return unit.remembered((self, "access"), lambda: self._ground.access(self._ground.system("approvals")))

    def load(self, unit: UnitOfWork, request_id: str, *, lock: bool = True) -> Request:
        """Locked until the transaction ends, so that of two decisions the second sees the first. Raises NotFound."""
        access, reader = self.access(unit), self._ground.reader
        if lock:
            columns = [reader.tables.column(REQUEST, "id")]
            if reader.lock(unit, access, REQUEST, request_id, columns, ("read",), pointers_too=False) is None:
                raise no_request()
        row = reader.one(unit, access, REQUEST, request_id, form="values")
        tasks = self._rows(unit, TASK, request_id)
        return self._request(unit, row, tasks)

    def of_row(self, unit: UnitOfWork, row: Row) -> Request:
        """As `load`, not locked, of a row that was read just now."""
        return self._request(unit, row, self._rows(unit, TASK, row["id"]))

    def request_of(self, unit: UnitOfWork, task_id: str) -> tuple[str, int]:
        """The request of a task, and the task's number in it. Raises NotFound."""
        try:
            row = self._ground.reader.one(unit, self.access(unit), TASK, task_id, ("request.id", "number"))
        except NotFound:
            raise no_request() from None
        return str(row["request.id"]), int(row["number"])

    def task(self, unit: UnitOfWork, task_id: str) -> Row | None:
        rows = self._ground.reader.list(
            unit, self.access(unit), Query(entity=TASK, where=f'id == "{task_id}"', limit=1, form="values")
        ).records
        return rows[0] if rows else None

    def asked(self, unit: UnitOfWork, person: str, entity: str, record_id: str) -> str | None:
        """The task that waits for the person about the record, the latest of several."""
        about = f'record_entity == "{entity}" and record_id == "{record_id}"'
        where = f'person.id == "{person}" and status == "open" and {about}'
        query = Query(entity=TASK, where=where, select=("id",), sort=("-asked_at",), limit=1, form="values")
        rows = self._ground.reader.list(unit, self.access(unit), query).records
        return str(rows[0]["id"]) if rows else None

    def check_files(self, unit: UnitOfWork, record: tuple[str, str], files: Sequence[str]) -> None:
        """Raises InvalidInput unless each is a file kept with the record."""
        found = self._ground.reader.among(unit, self.access(unit), "file", list(files)) if files else {}
        for each in files:
            if each not in found or (found[each]["record_entity"], found[each]["record_id"]) != record:
                message = say("This file is not kept with the record.", "此文件不属于该记录。")
                raise InvalidInput(message, details=[Detail(path="files", code="no_such_file", message=message)])

    def running(self, unit: UnitOfWork, entity: str, record_id: str) -> list[Row]:
        """Of the record, the newest first."""
        where = f'record_entity == "{entity}" and record_id == "{record_id}" and status in ["running", "revising"]'
        return self._find(unit, where)

    def of_record(self, unit: UnitOfWork, entity: str, record_id: str, limit: int = 10) -> list[Row]:
        where = f'record_entity == "{entity}" and record_id == "{record_id}"'
        return self._find(unit, where, limit)

    def events(self, unit: UnitOfWork, request_id: str) -> list[Row]:
        """In the order they happened."""
        return self._rows(unit, EVENT, request_id)

    def create(
        self, unit: UnitOfWork, flow: Approval, record: tuple[str, str], state: State, comment: str, intent: Row
    ) -> Request:
        values = {
            "approval": flow.name,
            "record_entity": record[0],
            "record_id": record[1],
            "submitter": state.submitter,
            "submitted_at": unit.now,
            "comment": comment or None,
            "model_version": published_number(unit.connection),
            "definition": self._definitions.digest(flow),
            "intent": dict(intent) or None,
            **_position(state),
        }
        saved = self._ground.writer.create(unit, self.access(unit), REQUEST, values)
        return Request(
            id=saved.id,
            version=saved.version,
            flow=flow,
            entity=record[0],
            record_id=record[1],
            state=State(submitter=state.submitter),
            submitted_at=unit.now,
            comment=comment,
            definition=values["definition"],
            model_version=values["model_version"],
            intent=intent,
        )

    def save(self, unit: UnitOfWork, request: Request, flow: Approval, state: State, **more: Any) -> None:
        """What differs from what is stored; `more` are further values of the request."""
        access, writer = self.access(unit), self._ground.writer
        values = {**_position(state), **more}
        if state.ended:
            values["ended_at"] = unit.now
        writer.change(unit, access, REQUEST, request.id, values, version=request.version)
        derived = statuses(flow, state)
        for task in state.tasks:
            row = request.rows.get(task.number)
            values = _task_values(request, task, derived[task.number])
            if row is None:
                asked = {"asked_at": unit.now} if values["status"] == "open" else {}
                writer.create(unit, access, TASK, {**values, **asked})
                continue
            values = {name: value for name, value in values.items() if _stored(row.get(name)) != value}
            if values.get("status") == "open":
                values["asked_at"] = unit.now
            if task.answer is not None and row["answered_at"] is None:
                values["answered_at"] = unit.now
            if values:
                writer.change(unit, access, TASK, row["id"], values, version=None)

    def annotate(self, unit: UnitOfWork, request_id: str, number: int, **values: Any) -> str:
        """Set values of one task beside its state; returns its id."""
        where = f'request.id == "{request_id}" and number == {number}'
        found = self._ground.reader.list(
            unit, self.access(unit), Query(entity=TASK, select=("id",), where=where, limit=1)
        )
        task_id = str(found.records[0]["id"])
        if values:
            self._ground.writer.change(unit, self.access(unit), TASK, task_id, values, version=None)
        return task_id

    def remember(self, unit: UnitOfWork, request: Request, effects: tuple[Effect, ...]) -> None:
        number = len(self.events(unit, request.id))
        for happened in (effect for effect in effects if isinstance(effect, Happened)):
            number += 1
            values = {
                "request": request.id,
                "number": number,
                "at": unit.now,
                "kind": happened.kind,
                "person": happened.person,
                "step": happened.step or None,
                "to": happened.to,
                "comment": happened.comment or None,
                "data": dict(happened.data) or None,
            }
            self._ground.writer.create(unit, self.access(unit), EVENT, values)

    def copy(self, unit: UnitOfWork, request: Request, people: tuple[str, ...], by: str | None, step: str) -> None:
        """For information: a task nobody has to answer; each person once."""
        rows = self._rows(unit, TASK, request.id)
        known = {_stored(row["person"]) for row in rows if row["kind"] == COPY}
        number = max((int(row["number"]) for row in rows if row["kind"] == COPY), default=_FIRST_COPY)
        for person in dict.fromkeys(people):
            if person in known:
                continue
            number += 1
            task = Task(number=number, step=step or "copy", visit=0, seat=0, place=0, person=person, by=by)
            values = {**_task_values(request, task, "copied"), "kind": COPY, "asked_at": unit.now}
            self._ground.writer.create(unit, self.access(unit), TASK, values)

    def _request(self, unit: UnitOfWork, row: Row, tasks: list[Row]) -> Request:
        digest, version = row["definition"] or "", row["model_version"] or 0
        asked = [task for task in tasks if task["kind"] != COPY]
        state = State(
            submitter=_stored(row["submitter"]),
            status=row["status"],
            round=row["round"],
            visit=row["visit"],
            epoch=row["epoch"],
            tasks=tuple(_task(task) for task in asked),
        )
        return Request(
            id=row["id"],
            version=row["version"],
            flow=self._definitions.followed(unit, row["approval"], digest, version),
            entity=self._ground.model.entities.present(row["record_entity"]) or row["record_entity"],
            record_id=row["record_id"],
            state=state,
            submitted_at=row["submitted_at"],
            comment=row["comment"] or "",
            definition=digest,
            model_version=version,
            intent=read_json(row["intent"]),
            rows={int(task["number"]): task for task in asked},
            copies=tuple(task for task in tasks if task["kind"] == COPY),
        )

    def _rows(self, unit: UnitOfWork, entity: str, request_id: str) -> list[Row]:
        query = Query(entity=entity, where=f'request.id == "{request_id}"', sort=("number",), form="values")
        return list(every_record(self._ground.reader, unit, self.access(unit), query))

    def _find(self, unit: UnitOfWork, where: str, limit: int = 10) -> list[Row]:
        query = Query(entity=REQUEST, where=where, sort=("-submitted_at",), limit=limit, form="values")
        return list(self._ground.reader.list(unit, self.access(unit), query).records)


def read_json(value: Any) -> Mapping[str, Any]:
    """What a JSON field holds, which as a value is its text."""
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value or {}
    return found


def no_request() -> NotFound:
    return NotFound(say("There is no such approval for you.", "没有您可查看的这项审批。"))


def _position(state: State) -> dict[str, Any]:
    return {"status": state.status, "round": state.round, "visit": max(state.visit, 0), "epoch": max(state.epoch, 0)}


def _task(row: Row) -> Task:
    """Whether it is answered is what its status says; whether it waits is not asked of the row."""
    unanswered = ("waiting", "open", "dropped")
    return Task(
        number=int(row["number"]),
        step=row["step"],
        visit=int(row["visit"]),
        seat=int(row["seat"]),
        place=int(row["place"]),
        person=_stored(row["person"]) or "",
        kind=row["kind"],
        instead_of=_stored(row["instead_of"]),
        by=_stored(row["by"]),
        answer=None if row["status"] in unanswered else row["status"],
        automatic=row["reason"] == "automatic",
    )


def _task_values(request: Request, task: Task, status: str) -> dict[str, Any]:
    values = {
        "request": request.id,
        "approval": request.flow.name,
        "record_entity": request.entity,
        "record_id": request.record_id,
        "number": task.number,
        "step": task.step,
        "person": task.person or None,
        "kind": task.kind,
        "status": status,
        "visit": task.visit,
        "seat": task.seat,
        "place": task.place,
        "instead_of": task.instead_of,
        "by": task.by,
    }
    return {**values, "reason": "automatic"} if task.automatic else values


def _stored(value: Any) -> Any:
    """Of a look-up its id."""
    return getattr(value, "id", value)
