"""In charge of submitting a record: whether it may be, who will be asked and why, and the request that comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import Conflict, Detail, Forbidden, InvalidInput, TenonError
from tenon.expressions import Expression
from tenon.model import Approval, ApprovalStep
from tenon.process.absences import Absences
from tenon.process.approvals.asking import Asking, scene_of, standing_in
from tenon.process.approvals.definitions import Definitions
from tenon.process.approvals.following import Following
from tenon.process.approvals.machine import begin, perform
from tenon.process.approvals.requests import Request, Requests
from tenon.process.approvals.standing import open_tasks
from tenon.process.approvals.values import Approve, Happened, Person, State
from tenon.process.ground import Ground
from tenon.texts import Text, say

_MOST_TURNS = 500


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """One step as it would go. `people`: (user, instead of whom, whether asked); `why` in the definition's words."""

    step: ApprovalStep
    round: int
    applies: bool
    people: tuple[tuple[str, str | None, bool], ...]
    why: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Forecast:
    approval: Approval
    steps: tuple[Foreseen, ...]
    refusal: TenonError | None = None
    """Why it may not be submitted now; None: it may."""


class Submitting:
    def __init__(
        self, ground: Ground, definitions: Definitions, requests: Requests, following: Following, absences: Absences
    ) -> None:
        self._ground = ground
        self._definitions = definitions
        self._requests = requests
        self._following = following
        self._absences = absences

    def submit(
        self,
        unit: UnitOfWork,
        access: Access,
        record: tuple[str, str],
        approval: str,
        comment: str,
        files: Sequence[str],
        intent: Mapping[str, Any],
    ) -> str:
        """The id of the request, which may have ended already when nobody needs to be asked."""
        flow = self._of_entity(approval, record[0])
        self._hold(unit, record)
        self._require(unit, access, flow, record, comment)
        return self._begin(unit, flow, record, access.actor.id, comment, files, intent)

    def submit_for(self, unit: UnitOfWork, approval: str, record: tuple[str, str], submitter: str | None) -> str:
        """By an automation, in somebody's name. Raises Conflict where one runs already."""
        flow = self._of_entity(approval, record[0])
        self._hold(unit, record)
        self._refuse_second(unit, flow, record)
        return self._begin(unit, flow, record, submitter, "", (), {})

    def forecast(self, unit: UnitOfWork, access: Access, record: tuple[str, str], approval: str) -> Forecast:
        """Who would be asked if everybody agreed; nothing is written."""
        flow = self._of_entity(approval, record[0])
        refusal: TenonError | None = None
        try:
            self._require(unit, access, flow, record, None)
        except (Conflict, Forbidden, InvalidInput) as error:
            refusal = error
        return Forecast(approval=flow, steps=self._foreseen(unit, flow, record, access.actor.id), refusal=refusal)

    def possible(
        self, unit: UnitOfWork, access: Access, record: tuple[str, str]
    ) -> list[tuple[Approval, TenonError | None]]:
        """The approvals of the entity, each with what stands against submitting the record now."""
        found: list[tuple[Approval, TenonError | None]] = []
        for flow in self._ground.model.approvals.values():
            if flow.entity != record[0]:
                continue
            try:
                self._require(unit, access, flow, record, None)
                found.append((flow, None))
            except (Conflict, Forbidden, InvalidInput) as refusal:
                found.append((flow, refusal))
        return found

    def asking(self, unit: UnitOfWork, request: Request, flow: Approval) -> Asking:
        record, state = (request.entity, request.record_id), request.state
        scene = scene_of(self._ground, unit, record, state, request.submitted_at, request.comment)
        return Asking(self._ground, self._absences, unit, flow, scene)

    def standing_in(self, unit: UnitOfWork, person: str) -> Person | None:
        """Who stands in for somebody now; None for nobody."""
        return standing_in(self._ground, self._absences, unit, person)

    def resubmittable(self, unit: UnitOfWork, request: Request) -> None:
        """Raises InvalidInput when what must be filled is not."""
        self._require_fields(unit, request.flow, (request.entity, request.record_id))

    def _begin(
        self,
        unit: UnitOfWork,
        flow: Approval,
        record: tuple[str, str],
        submitter: str | None,
        comment: str,
        files: Sequence[str],
        intent: Mapping[str, Any],
    ) -> str:
        fresh = State(submitter=submitter)
        asking = self._asking(unit, flow, record, fresh, comment)
        outcome = begin(flow, submitter, asking)
        request = self._requests.create(unit, flow, record, outcome.state, comment, intent)
        if files or comment:
            data = {"files": list(files)} if files else {}
            first = Happened(kind="submitted", person=submitter, comment=comment, data=data)
            outcome = type(outcome)(outcome.state, (first, *outcome.effects[1:]))
        self._following.began(unit, request)
        self._following.follow(unit, request, flow, outcome, asking)
        return request.id

    def _asking(self, unit: UnitOfWork, flow: Approval, record: tuple[str, str], state: State, comment: str) -> Asking:
        scene = scene_of(self._ground, unit, record, state, unit.now, comment)
        return Asking(self._ground, self._absences, unit, flow, scene)

    def _of_entity(self, approval: str, entity: str) -> Approval:
        flow = self._definitions.today(approval)
        if flow.entity != entity:
            raise Conflict(
                say(
                    "“{approval}” is not about records of this kind.",
                    "“{approval}”不适用于此类记录。",
                    approval=flow.label,
                )
            )
        return flow

    def _hold(self, unit: UnitOfWork, record: tuple[str, str]) -> None:
        """Two who submit the same record at once come one after the other."""
        reader, access = self._ground.reader, self._requests.access(unit)
        columns = [reader.tables.column(record[0], "id")]
        reader.lock(unit, access, *record, columns, ("read",), pointers_too=False)

    # Whether it may be submitted

    def _require(
        self, unit: UnitOfWork, access: Access, flow: Approval, record: tuple[str, str], comment: str | None
    ) -> None:
        """`comment` None: not written yet. Raises NotFound, Forbidden, Conflict, InvalidInput."""
        rights = self._ground.reader.may(unit, access, *record)
        self._refuse_second(unit, flow, record)
        scene = scene_of(self._ground, unit, record, State(submitter=access.actor.id), unit.now, comment or "")
        by = flow.submit.by
        if by == "anyone" and not rights.allows("update"):
            raise Forbidden(
                say("Only who may change the record may submit it.", "只有可以修改此记录的人才能提交审批。")
            )
        if by == "owner" and (access.actor.id is None or self._owner(scene.record) != access.actor.id):
            raise Forbidden(say("Only the owner of the record may submit it.", "只有记录的负责人才能提交审批。"))
        if isinstance(by, Expression) and not scene.holds(by):
            raise Forbidden(say("You may not submit this record.", "您不能提交此记录。"))
        if flow.submit.roles and access.actor.roles.isdisjoint(flow.submit.roles):
            raise Forbidden(say("Your roles do not let you submit this.", "您的角色不允许提交此审批。"))
        if not scene.holds(flow.submit.when):
            message = say(
                "This record needs no approval “{approval}”.", "此记录无需“{approval}”审批。", approval=flow.label
            )
            raise Conflict(flow.submit.message or message)
        self._require_fields(unit, flow, record)
        if flow.submit.comment == "required" and comment is not None and not comment.strip():
            raise wanting("comment", say("Say why you submit this.", "请填写提交说明。"))

    def _owner(self, record: Any) -> str | None:
        owner = None if record is None else record.get("owner")
        return getattr(owner, "id", owner)

    def _require_fields(self, unit: UnitOfWork, flow: Approval, record: tuple[str, str]) -> None:
        facts = self._ground.evaluation.scene(unit, *record).record
        fields = self._ground.model.entities[record[0]].fields
        details = [
            Detail(
                path=name,
                code="required",
                message=say("“{label}” must be filled in.", "“{label}”必须填写。", label=fields[name].label),
            )
            for name in flow.submit.require
            if name in fields and (facts is None or facts.get(name) in (None, "", []))
        ]
        if details:
            raise InvalidInput(details[0].message, details=details)

    def _refuse_second(self, unit: UnitOfWork, flow: Approval, record: tuple[str, str]) -> None:
        for row in self._requests.running(unit, *record):
            if row["approval"] in (flow.name, *flow.was):
                raise Conflict(
                    say(
                        "This record is in approval “{approval}” already.",
                        "此记录已在“{approval}”审批中。",
                        approval=flow.label,
                    ),
                    extra={"request": row["id"]},
                )

    # What is to be expected

    def _foreseen(
        self, unit: UnitOfWork, flow: Approval, record: tuple[str, str], submitter: str | None
    ) -> tuple[Foreseen, ...]:
        state = State(submitter=submitter)
        asking = self._asking(unit, flow, record, state, "")
        outcome = begin(flow, submitter, asking)
        notes = [effect for effect in outcome.effects if isinstance(effect, Happened)]
        for _turn in range(_MOST_TURNS):
            waiting = open_tasks(flow, outcome.state)
            if not waiting or waiting[0].kind == "revise":
                break
            task = waiting[0]
            outcome = perform(flow, outcome.state, Approve(actor=task.person, task=task.number), asking)
            notes += [effect for effect in outcome.effects if isinstance(effect, Happened)]
        return tuple(
            Foreseen(
                step=step,
                round=next(place for place, names in enumerate(flow.rounds) if name in names),
                applies=asking.applies(name),
                people=tuple(
                    (task.person, task.instead_of, not task.automatic)
                    for task in outcome.state.tasks
                    if task.step == name
                ),
                why=", ".join(expression.text for expression in step.who),
                notes=tuple(note.kind for note in notes if note.step == name and note.kind != "approved"),
            )
            for name, step in flow.steps.items()
        )


def wanting(path: str, message: Text) -> InvalidInput:
    return InvalidInput(message, details=[Detail(path=path, code="required", message=message)])
