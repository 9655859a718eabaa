"""In charge of decisions as people make them: what is asked of them, the fields they may fill, what it means."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Conflict, Detail, Forbidden, InvalidInput, NotFound
from tenon.model import Approval, Decide
from tenon.process.approvals.asking import Asking
from tenon.process.approvals.following import editable
from tenon.process.approvals.requests import Request
from tenon.process.approvals.standing import open_tasks
from tenon.process.approvals.submitting import wanting
from tenon.process.approvals.values import (
    START,
    AddSigners,
    Approve,
    Delegate,
    Operation,
    Person,
    Reject,
    Resubmit,
    SendBack,
    Task,
)
from tenon.process.ground import Ground
from tenon.suggestions import did_you_mean
from tenon.texts import say

Verb = Literal["approve", "reject", "return", "delegate", "add_before", "add_after", "resubmit"]
VERBS: tuple[Verb, ...] = ("approve", "reject", "return", "delegate", "add_before", "add_after", "resubmit")
_LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`to` is the step of a return (START: the submitter); `people` whom it is handed over to, or who is added.

    `values` are fields of the record; `files` ids of files kept with the record.
    """

    verb: Verb
    comment: str = ""
    reason: str | None = None
    to: str | None = None
    people: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()


class Deciding:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def operation(
        self, unit: UnitOfWork, access: Access, request: Request, number: int, decision: Decision, asking: Asking
    ) -> Operation:
        """What the decision means to the machine; raises when more is asked of it. Writes nothing."""
        actor, comment = access.actor.id, decision.comment.strip()[:_LONGEST]
        if actor is None:
            raise Forbidden(say("Only people decide.", "只有人员才能作出决定。"))
        verb = decision.verb
        if verb in ("approve", "reject"):
            self._check_asked_for(request.flow, self._task(request, number, actor), decision)
        if verb == "approve":
            return Approve(actor=actor, task=number, comment=comment)
        if verb == "reject":
            return Reject(actor=actor, task=number, comment=comment, reason=decision.reason)
        if verb == "return":
            return SendBack(actor=actor, task=number, to=decision.to or START, comment=comment)
        if verb == "resubmit":
            return Resubmit(actor=actor, task=number, comment=comment)
        people = self.people(unit, request, decision.people, asking)
        if verb == "delegate":
            if len(people) != 1:
                raise wanting("people", say("Choose one person to hand over to.", "请选择一位转交对象。"))
            return Delegate(actor=actor, task=number, to=people[0], comment=comment)
        where: Literal["before", "after"] = "before" if verb == "add_before" else "after"
        return AddSigners(actor=actor, task=number, people=people, where=where, comment=comment)

    def people(
        self, unit: UnitOfWork, request: Request, ids: Sequence[str], asking: Asking, path: str = "people"
    ) -> tuple[Person, ...]:
        """Who works here and may read the record, or whoever stands in. Raises InvalidInput."""
        if not ids:
            raise wanting(path, say("Choose somebody.", "请选择人员。"))
        for person in ids:
            actor = self._ground.actors(unit.connection, person, unit.now)
            if actor is None:
                raise _unfit(path, say("This person does not work here.", "此人不在职。"))
            if not self._reads(unit, self._ground.access(actor), request):
                message = say("{person} may not read the record.", "{person}无权查看该记录。", person=actor.name)
                raise _unfit(path, message)
        return asking.present(dict.fromkeys(ids))

    def fill(self, unit: UnitOfWork, access: Access, request: Request, task: Task, values: Mapping[str, Any]) -> None:
        """Change the fields of the record that the definition opens to whoever decides. Raises Forbidden."""
        allowed = fields_open(request.flow, task.step)
        strange = [name for name in values if name not in allowed]
        if strange:
            name = strange[0][:60]
            raise Forbidden(
                say("“{name}” is not yours to change here.", "您不能在此处修改“{name}”。", name=name),
                hint=did_you_mean(name, allowed),
                details=[Detail(path=name, code="forbidden", message=say("Not open here.", "此处不可修改。"))],
            )
        if values:
            everything = self._ground.access(self._ground.system("fields opened by an approval"))
            self._ground.writer.change(unit, everything, request.entity, request.record_id, values, version=None)

    def check_filled(self, request: Request, task: Task, record: Any) -> None:
        """Raises InvalidInput when fields to be filled while deciding are empty."""
        fields = self._ground.model.entities[request.entity].fields
        details = [
            Detail(
                path=name,
                code="required",
                message=say("“{label}” must be filled in.", "“{label}”必须填写。", label=fields[name].label),
            )
            for name in decide_of(request.flow, task.step).fields
            if name in fields and (record is None or record.get(name) in (None, "", []))
        ]
        if details:
            raise InvalidInput(details[0].message, details=details)

    def _task(self, request: Request, number: int, actor: str) -> Task | None:
        waiting = open_tasks(request.flow, request.state)
        return next((task for task in waiting if task.number == number and task.person == actor), None)

    def _check_asked_for(self, flow: Approval, task: Task | None, decision: Decision) -> None:
        """Comment, files and reason as the definition asks for them; whose task it is, the machine says."""
        if task is None:
            return
        wanted = decide_of(flow, task.step)
        needs_words = wanted.comment == "required" or (wanted.comment == "on_reject" and decision.verb == "reject")
        if needs_words and not decision.comment.strip():
            raise wanting("comment", say("Say why you decide so.", "请填写审批意见。"))
        if wanted.files == "required" and not decision.files:
            raise wanting("files", say("Add a file to your decision.", "请为您的决定附上文件。"))
        if wanted.reasons is not None and decision.verb == "reject":
            options = self._ground.model.choices[wanted.reasons].options
            known = [option.key for option in options if option.active]
            if decision.reason not in known:
                raise wanting("reason", say("Choose a reason for the refusal.", "请选择拒绝原因。"))

    def _reads(self, unit: UnitOfWork, access: Access, request: Request) -> bool:
        if not access.can(request.entity, "read"):
            return False
        try:
            self._ground.reader.one(unit, access, request.entity, request.record_id, ("id",))
        except NotFound:
            return False
        return True


def decide_of(flow: Approval, step: str) -> Decide:
    own = flow.steps[step].decide if step in flow.steps else None
    return own if own is not None else flow.decide


def fields_open(flow: Approval, step: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*flow.lock.approver_may_edit, *editable(flow, step))))


def read_verb(text: str) -> Verb:
    """Raises BadRequest."""
    for verb in VERBS:
        if verb == text:
            return verb
    raise BadRequest(
        say("There is no decision “{name}”.", "没有“{name}”这种决定。", name=text[:60]),
        hint=did_you_mean(text[:60], VERBS),
    )


def require_reason(comment: str) -> str:
    """Of an administrator's rescue. Raises InvalidInput."""
    if not comment.strip():
        raise wanting("comment", say("Say why you step in.", "请填写介入原因。"))
    return comment.strip()[:_LONGEST]


def require_administrator(access: Access) -> None:
    if not access.administers or access.actor.is_system:
        raise Forbidden(say("Only administrators may do this.", "只有管理员可以这样做。"))


def require_scope(access: Access) -> None:
    """A token decides only when it may change records of approvals. Raises Forbidden."""
    scopes = access.shape.scopes
    granted: Iterable[str] = () if scopes is None else scopes.get("approval_task", scopes.get("*", ()))
    if scopes is not None and "update" not in granted:
        raise Forbidden(
            say("This token does not decide approvals.", "此令牌不能处理审批。"),
            hint=say("Give it “update” on approval_task.", "请授予它对 approval_task 的“update”权限。"),
        )


def _unfit(path: str, message: Any) -> Conflict:
    return Conflict(message, details=[Detail(path=path, code="unfit", message=message)])
