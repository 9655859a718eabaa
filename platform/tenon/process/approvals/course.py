"""In charge of one operation in the making: tasks asked and answered, rounds entered, the request ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tenon.model import Approval
from tenon.process.approvals import refusals
from tenon.process.approvals.standing import here, open_tasks, result, round_of, skip_of, statuses, way_here
from tenon.process.approvals.values import (
    Answer,
    Closed,
    Decided,
    Effect,
    Ended,
    Ending,
    Happened,
    Inquiry,
    Kind,
    Opened,
    Operation,
    Outcome,
    Person,
    State,
    Task,
)


class Course:
    """One operation in the making."""

    def __init__(self, flow: Approval, state: State, inquiry: Inquiry, *, until_now: Approval | None = None) -> None:
        """`until_now` is the definition the request followed so far, when it was another."""
        self.flow = flow
        self.inquiry = inquiry
        self.state = state
        self.effects: list[Effect] = []
        self.open_before = {task.number for task in open_tasks(until_now or flow, state)}

    # What the operations are made of

    def tell(self, kind: str, person: str | None = None, **rest: Any) -> None:
        self.effects.append(Happened(kind=kind, person=person, **rest))

    def asked(self, number: int, actor: str | None) -> Task:
        """The open task `number`, which must be the actor's."""
        task = next((task for task in open_tasks(self.flow, self.state) if task.number == number), None)
        known = self.state.task(number)
        if known is None or (actor is not None and known.person != actor):
            raise refusals.not_asked()
        if task is None:
            raise refusals.not_open(statuses(self.flow, self.state)[number])
        return task

    def answer(self, task: Task, answer: Answer, *, automatic: bool = False) -> None:
        changed = replace(task, answer=answer, automatic=automatic)
        self.put(changed)

    def put(self, *tasks: Task) -> None:
        """New tasks, or other versions of those there are."""
        known = {task.number: task for task in self.state.tasks} | {task.number: task for task in tasks}
        self.state = replace(self.state, tasks=tuple(known.values()))

    def add(self, step: str, seat: int, place: int, person: Person, kind: Kind, by: str | None = None) -> Task:
        number = max((task.number for task in self.state.tasks), default=0) + 1
        task = Task(
            number=number,
            step=step,
            visit=self.state.visit,
            seat=seat,
            place=place,
            person=person.id,
            instead_of=person.instead_of,
            kind=kind,
            by=by,
        )
        self.put(task)
        return task

    # The way through the rounds

    def start(self) -> None:
        visit = self.state.visit + 1
        self.state = replace(self.state, status="running", epoch=visit, visit=visit)
        if not any(self.inquiry.applies(name) for name in self.flow.steps):
            self.tell("nothing_applies")
            self.end("rejected" if self.flow.otherwise == "reject" else "approved")
            return
        self.enter(0)

    def enter(self, place: int, *, may_skip: bool = True) -> None:
        """Ask the round `place`, or the next one in which somebody needs to be asked."""
        for current in range(place, len(self.flow.rounds)):
            self.state = replace(self.state, status="running", round=current, visit=self.state.visit + 1)
            for name in self.flow.rounds[current]:
                self.ask(name, may_skip=may_skip)
                if self.state.ended:
                    return
            may_skip = True
            if not self.complete():
                return
        self.end("approved")

    def ask(self, name: str, *, may_skip: bool) -> None:
        if not self.inquiry.applies(name):
            self.tell("not_applicable", step=name)
            return
        people = self.inquiry.people(name) or self.nobody(name)
        people, agreed = self.without_submitter(name, people), self.agreed_before(name) if may_skip else frozenset()
        for seat, person in enumerate(people):
            task = self.add(name, seat, 0, person, "asked")
            if person.id in agreed:
                self.answer(task, "skipped", automatic=True)
                self.tell("agreed_before", person.id, step=name)

    def nobody(self, name: str) -> tuple[Person, ...]:
        rule = skip_of(self.flow, name).nobody
        found = self.inquiry.administrators() if rule == "administrator" else ()
        if rule == "skip":
            self.tell("nobody_skipped", step=name)
        elif not found:  # nobody could ever answer
            self.tell("nobody_rejected", step=name)
            self.end("rejected", step=name)
        else:
            self.tell("nobody_administrator", step=name)
        return found

    def without_submitter(self, name: str, people: tuple[Person, ...]) -> tuple[Person, ...]:
        rule, submitter = skip_of(self.flow, name).submitter, self.state.submitter
        if rule == "ask" or submitter not in [person.id for person in people]:
            return people
        others = tuple(person for person in people if person.id != submitter)
        if rule == "skip":
            self.tell("submitter_skipped", submitter, step=name)
            return others
        above = self.inquiry.manager(submitter)
        if above is None or above.id == submitter:
            return others or self.nobody(name)
        self.tell("submitter_manager", submitter, step=name, to=above.id)
        return others if above.id in [person.id for person in others] else (*others, above)

    def agreed_before(self, name: str) -> frozenset[str]:
        """Those whose agreement in an earlier round counts for this step too."""
        rule, way = skip_of(self.flow, name).same_approver, way_here(self.flow, self.state)
        if rule == "never" or not way:
            return frozenset()
        visits = [visit for _place, visit in (way if rule == "any" else way[-1:])]
        return frozenset(task.person for task in self.state.tasks if task.visit in visits and task.answer == "approved")

    def complete(self) -> bool:
        return all(self.result(name) for name in self.flow.rounds[self.state.round])

    def result(self, name: str) -> bool | None:
        """True of a step that needs nobody."""
        tasks = here(self.state, name)
        return result(self.flow.steps[name], tasks) if tasks else True

    def settle(self, task: Task, operation: Operation, reason: str | None = None) -> None:
        """After an answer: the step may be decided, the round over."""
        verdict = self.result(task.step)
        if verdict is not None:
            self.effects.append(Decided(task.step))
        if verdict is False:
            self.refuse(task, operation, reason)
        elif self.complete():
            place = self.state.round
            self.enter(place + 1)
            if self.state.status == "approved":
                self.name_ending(task, operation)

    def refuse(self, task: Task, operation: Operation, reason: str | None) -> None:
        """A step is refused: the end, or back."""
        rule, way = self.flow.steps[task.step].on_reject, way_here(self.flow, self.state)
        if rule == "end":
            self.end("rejected", operation.actor, task.step, operation.comment)
        elif rule == "previous" and way:
            self.enter(way[-1][0], may_skip=False)
        else:
            self.revise(task.step, operation.actor)

    def revise(self, step: str, by: str | None) -> None:
        """To the submitter, who submits again or takes it back."""
        person = self.inquiry.reviser(self.state.submitter)
        if person is None:
            self.tell("nobody_rejected", step=step)
            self.end("rejected", step=step)
            return
        self.state = replace(self.state, status="revising", visit=self.state.visit + 1)
        self.add(step, 0, 0, person, "revise", by)

    def end(self, outcome: Ending, person: str | None = None, step: str = "", comment: str = "") -> None:
        self.state = replace(self.state, status=outcome)
        self.effects.append(Ended(outcome, person, step, comment))

    def name_ending(self, task: Task, operation: Operation) -> None:
        """Whose agreement was the last."""
        ended = Ended("approved", operation.actor, task.step, operation.comment)
        self.effects = [ended if isinstance(effect, Ended) else effect for effect in self.effects]

    def follow(self, steps: Mapping[str, str]) -> None:
        renamed = [replace(task, step=steps.get(task.step, task.step)) for task in self.state.tasks]
        present = [task.step for task in renamed if task.visit == self.state.visit and task.kind != "revise"]
        self.state = replace(self.state, tasks=tuple(renamed))
        if self.state.status == "revising":
            return
        known = sorted({place for name in present if (place := round_of(self.flow, name)) is not None})
        if len(known) != 1:
            self.enter(known[0] if known else self.nearest(), may_skip=False)
            return
        self.state = replace(self.state, round=known[0])
        for name in self.flow.rounds[known[0]]:
            if name not in present:
                self.ask(name, may_skip=True)
        if not self.state.ended and any(self.result(name) is False for name in self.flow.rounds[known[0]]):
            self.enter(known[0], may_skip=False)  # a vote that was open would be lost under the new rules
        elif not self.state.ended and self.complete():
            self.enter(known[0] + 1)

    def nearest(self) -> int:
        """Where a request goes on whose steps are gone: after what was agreed to, never past the last round."""
        way = way_here(self.flow, self.state)
        return min(way[-1][0] + 1 if way else 0, len(self.flow.rounds) - 1)

    def outcome(self) -> Outcome:
        """With who is asked now that was not before, and who no longer is."""
        now = {task.number for task in open_tasks(self.flow, self.state)}
        closed = [Closed(number) for number in sorted(self.open_before - now)]
        opened = [Opened(number) for number in sorted(now - self.open_before)]
        return Outcome(self.state, (*self.effects, *closed, *opened))
