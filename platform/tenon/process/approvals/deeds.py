"""In charge of what people, administrators and rules do to a request: one function for each operation."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tenon.process.approvals import refusals
from tenon.process.approvals.course import Course
from tenon.process.approvals.standing import allow_of, here, open_tasks, round_of, skip_of, statuses, ways_back
from tenon.process.approvals.values import (
    START,
    AddSigners,
    Approve,
    Comment,
    Copied,
    Copy,
    Delegate,
    Expire,
    Force,
    Kind,
    Operation,
    Person,
    Reassign,
    Recall,
    Reject,
    Remind,
    Reminded,
    Resubmit,
    SendBack,
    State,
    Task,
)


def carry_out(course: Course, operation: Operation) -> None:
    """Raises Conflict or Forbidden when state or definition do not allow it."""
    _OPERATIONS[type(operation)](course, operation)


def _approve(course: Course, operation: Approve) -> None:
    task = _to_decide(course, operation.task, operation.actor)
    course.answer(task, "approved", automatic=operation.actor is None)
    course.tell("approved", operation.actor, step=task.step, comment=operation.comment)
    course.settle(task, operation)


def _reject(course: Course, operation: Reject) -> None:
    task = _to_decide(course, operation.task, operation.actor)
    course.answer(task, "rejected", automatic=operation.actor is None)
    data = {"reason": operation.reason} if operation.reason else {}
    course.tell("rejected", operation.actor, step=task.step, comment=operation.comment, data=data)
    course.settle(task, operation, operation.reason)


def _to_decide(course: Course, number: int, actor: str | None) -> Task:
    task = course.asked(number, actor)
    if task.kind == "revise":
        raise refusals.to_revise()
    return task


def _send_back(course: Course, operation: SendBack) -> None:
    task = _to_decide(course, operation.task, operation.actor)
    ways = ways_back(course.flow, course.state, task)
    if operation.to not in ways:
        raise refusals.no_way_back(course.flow, operation.to, ways)
    course.answer(task, "returned")
    course.tell("returned", operation.actor, step=task.step, comment=operation.comment, data={"to": operation.to})
    place = None if operation.to == START else round_of(course.flow, operation.to)
    if place is None:
        course.revise(task.step, operation.actor)
    else:
        course.enter(place, may_skip=False)


def _delegate(course: Course, operation: Delegate) -> None:
    task = _to_decide(course, operation.task, operation.actor)
    if not allow_of(course.flow, task.step).delegate:
        raise refusals.not_allowed("delegate")
    _pass_on(course, task, operation.to, operation.actor)
    course.tell("delegated", operation.actor, step=task.step, to=operation.to.id, comment=operation.comment)


def _pass_on(course: Course, task: Task, to: Person, by: str | None) -> None:
    _may_join(course, task, to)
    course.answer(task, "passed")
    course.add(task.step, task.seat, task.place, to, "revise" if task.kind == "revise" else "passed", by)


def _may_join(course: Course, task: Task, person: Person) -> None:
    asked = {one.person for one in here(course.state, task.step) if one.answer is None}
    if person.id in asked:
        raise refusals.asked_already()
    if task.kind == "revise" or person.id != course.state.submitter:
        return
    if skip_of(course.flow, task.step).submitter != "ask":
        raise refusals.not_the_submitter()


def _add_signers(course: Course, operation: AddSigners) -> None:
    task = _to_decide(course, operation.task, operation.actor)
    if allow_of(course.flow, task.step).add_signer not in ("both", operation.where):
        raise refusals.not_allowed("add_" + operation.where)
    for person in operation.people:
        _may_join(course, task, person)
    first = task.place if operation.where == "before" else task.place + 1
    count = len(operation.people)
    seat = [one for one in here(course.state, task.step) if one.seat == task.seat]
    course.put(*(replace(one, place=one.place + count) for one in seat if one.place >= first))
    for offset, person in enumerate(operation.people):
        course.add(task.step, task.seat, first + offset, person, operation.where, operation.actor)
        kind = "added_" + operation.where
        course.tell(kind, operation.actor, step=task.step, to=person.id, comment=operation.comment)


def _resubmit(course: Course, operation: Resubmit) -> None:
    task = course.asked(operation.task, operation.actor)
    if task.kind != "revise":
        raise refusals.to_decide()
    course.answer(task, "resubmitted")
    course.tell("resubmitted", operation.actor, comment=operation.comment)
    course.start()


def _recall(course: Course, operation: Recall) -> None:
    state, rule = course.state, course.flow.allow.recall
    if operation.actor != state.submitter and not _revises(state, operation.actor):
        raise refusals.only_submitter()
    if state.status == "running" and (rule == "never" or (rule == "until_first_decision" and state.decisions)):
        raise refusals.too_late_to_recall(rule)
    course.tell("recalled", operation.actor, comment=operation.comment)
    course.end("recalled", operation.actor, comment=operation.comment)


def _revises(state: State, actor: str | None) -> bool:
    return state.status == "revising" and any(task.person == actor for task in here(state) if task.answer is None)


def _remind(course: Course, operation: Remind) -> None:
    if operation.actor is not None:
        if operation.actor != course.state.submitter:
            raise refusals.only_submitter()
        if not course.flow.allow.remind:
            raise refusals.not_allowed("remind")
    people = tuple(dict.fromkeys(task.person for task in open_tasks(course.flow, course.state)))
    course.effects.append(Reminded(people))
    course.tell("reminded", operation.actor, comment=operation.comment)


def _copy(course: Course, operation: Copy) -> None:
    _takes_part(course, operation.actor)
    course.effects.append(Copied(operation.people))
    for person in operation.people:
        course.tell("copied", operation.actor, to=person, comment=operation.comment)


def _comment(course: Course, operation: Comment) -> None:
    _takes_part(course, operation.actor)
    course.tell("commented", operation.actor, comment=operation.comment)


def _takes_part(course: Course, actor: str | None) -> None:
    if actor not in (None, course.state.submitter, *(task.person for task in course.state.tasks)):
        raise refusals.not_asked()


def _expire(course: Course, operation: Expire) -> None:
    task = _to_decide(course, operation.task, None)  # revising has no time-out
    course.tell("expired", step=task.step, to=task.person, data={"do": operation.do})
    _EXPIRIES[operation.do](course, task, operation)


def _late_remind(course: Course, task: Task, operation: Expire) -> None:
    course.effects.append(Reminded((task.person,)))


def _late_escalate(course: Course, task: Task, operation: Expire) -> None:
    asked = {one.person for one in here(course.state, task.step) if one.answer is None}
    for person in operation.to:
        if person.id not in asked:
            course.add(task.step, task.seat, task.place, person, "escalated")
            course.tell("escalated", step=task.step, to=person.id)


def _late_delegate(course: Course, task: Task, operation: Expire) -> None:
    asked = {one.person for one in here(course.state, task.step) if one.answer is None}
    found = [person for person in operation.to if person.id not in asked]
    for person in found:
        course.add(task.step, task.seat, task.place, person, "passed")
        course.tell("delegated", step=task.step, to=person.id)
    if found:
        course.answer(task, "passed", automatic=True)


def _late_approve(course: Course, task: Task, operation: Expire) -> None:
    _approve(course, Approve(actor=None, task=task.number))


def _late_reject(course: Course, task: Task, operation: Expire) -> None:
    _reject(course, Reject(actor=None, task=task.number))


def _late_skip(course: Course, task: Task, operation: Expire) -> None:
    for one in here(course.state, task.step):
        if one.answer is None:
            course.answer(one, "skipped", automatic=True)
    course.settle(task, operation)


def _reassign(course: Course, operation: Reassign) -> None:
    task = course.state.task(operation.task)
    if task is None or statuses(course.flow, course.state)[task.number] not in ("open", "waiting"):
        raise refusals.not_open("dropped")
    if task.person == operation.to.id:
        raise refusals.asked_already()
    standing = [one for one in here(course.state, task.step) if one.place == task.place and one.seat == task.seat]
    course.answer(task, "passed", automatic=True)
    if all(one.answer is not None or one.person != operation.to.id for one in standing):
        kind: Kind = "revise" if task.kind == "revise" else "passed"
        course.add(task.step, task.seat, task.place, operation.to, kind, operation.actor)
    comment = operation.comment
    course.tell("reassigned", operation.actor, step=task.step, to=operation.to.id, comment=comment)


def _force(course: Course, operation: Force) -> None:
    course.tell("forced", operation.actor, comment=operation.comment, data={"outcome": operation.outcome})
    course.end(operation.outcome, operation.actor, comment=operation.comment)


_EXPIRIES: Mapping[str, Callable[[Course, Task, Expire], None]] = {
    "remind": _late_remind,
    "escalate": _late_escalate,
    "delegate": _late_delegate,
    "approve": _late_approve,
    "reject": _late_reject,
    "skip": _late_skip,
}
_OPERATIONS: Mapping[type[Operation], Callable[[Course, Any], None]] = {
    Approve: _approve,
    Reject: _reject,
    SendBack: _send_back,
    Delegate: _delegate,
    AddSigners: _add_signers,
    Resubmit: _resubmit,
    Recall: _recall,
    Remind: _remind,
    Copy: _copy,
    Comment: _comment,
    Expire: _expire,
    Reassign: _reassign,
    Force: _force,
}
