"""In charge of how a request stands: which tasks are open, which step is decided, where it may go back to.

All of it is derived from who was asked and what was answered, so it cannot contradict itself: open tasks are exactly
those whose answer the definition waits for.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from math import ceil

from tenon.model import Allow, Approval, ApprovalStep, Skip
from tenon.process.approvals.values import START, Answer, State, Task, TaskStatus

_AGREED: tuple[Answer, ...] = ("approved", "skipped", "resubmitted")


def allow_of(flow: Approval, step: str) -> Allow:
    own = flow.steps[step].allow if step in flow.steps else None
    return own if own is not None else flow.allow


def skip_of(flow: Approval, step: str) -> Skip:
    own = flow.steps[step].skip
    return own if own is not None else flow.skip


def round_of(flow: Approval, step: str) -> int | None:
    return next((place for place, names in enumerate(flow.rounds) if step in names), None)


def here(state: State, step: str | None = None) -> list[Task]:
    """The tasks of the present visit, or of one of its steps, in the order of seats and places."""
    found = [task for task in state.tasks if task.visit == state.visit and (step is None or task.step == step)]
    return sorted(found, key=lambda task: (task.step, task.seat, task.place, task.number))


def places(tasks: Iterable[Task]) -> list[list[Task]]:
    """The tasks of one seat by place, in order."""
    return [list(group) for _place, group in groupby(tasks, key=lambda task: task.place)]


def seats(tasks: Iterable[Task]) -> list[list[list[Task]]]:
    return [places(group) for _seat, group in groupby(tasks, key=lambda task: task.seat)]


def said(place: list[Task]) -> Answer | None:
    """The answer at one place: the first of those who stand there, hand-overs aside."""
    return next((task.answer for task in place if task.answer not in (None, "passed")), None)


def verdict(seat: list[list[Task]]) -> bool | None:
    """Whether a seat agrees; None: not known yet."""
    answers = [said(place) for place in seat]
    if any(answer in ("rejected", "returned") for answer in answers):
        return False
    return True if all(answer in _AGREED for answer in answers) else None


def result(step: ApprovalStep, tasks: list[Task]) -> bool | None:
    """Whether a step that was asked is agreed to (True), refused (False), or not decided yet (None)."""
    votes = [verdict(seat) for seat in seats(tasks)]
    agreed, refused = votes.count(True), votes.count(False)
    if step.mode == "any":
        return True if agreed else (False if refused else None)
    if step.mode == "quorum":
        wanted = needed(step, len(votes))
        if agreed >= wanted:
            return True
        return False if len(votes) - refused < wanted else None
    return False if refused else (True if agreed == len(votes) else None)


def needed(step: ApprovalStep, asked: int) -> int:
    """How many must agree of so many asked: never more than there are."""
    if step.mode == "any":
        return min(1, asked)
    if step.mode != "quorum":
        return asked
    wanted = step.quorum if step.quorum is not None else ceil(asked * (step.quorum_percent or 100) / 100)
    return max(1, min(wanted, asked))


def open_tasks(flow: Approval, state: State) -> tuple[Task, ...]:
    """Exactly those who can decide now."""
    if state.ended:
        return ()
    if state.status == "revising":
        return tuple(task for task in here(state) if task.kind == "revise" and task.answer is None)
    return tuple(task for step, tasks in _undecided(flow, state) for task in _next(step, seats(tasks)))


def _undecided(flow: Approval, state: State) -> Iterator[tuple[ApprovalStep, list[Task]]]:
    """The steps of the present round that were asked and are not decided, with their tasks."""
    for name, group in groupby(here(state), key=lambda task: task.step):
        tasks = list(group)
        if name in flow.rounds[state.round] and result(flow.steps[name], tasks) is None:
            yield flow.steps[name], tasks


def _next(step: ApprovalStep, asked: list[list[list[Task]]]) -> list[Task]:
    """Of each seat that has not decided those at its first place without an answer; in turn: of the first seat only."""
    waiting = [seat for seat in asked if verdict(seat) is None]
    if step.mode == "in_turn":
        waiting = waiting[:1]
    first = (next(place for place in seat if said(place) is None) for seat in waiting)
    return [task for place in first for task in place if task.answer is None]


def statuses(flow: Approval, state: State) -> Mapping[int, TaskStatus]:
    """Of every task, by its number."""
    now = {task.number for task in open_tasks(flow, state)}
    running = {task.number for task in _still_to_come(flow, state)}
    return {task.number: _status(task, now, running) for task in state.tasks}


def _status(task: Task, now: set[int], to_come: set[int]) -> TaskStatus:
    if task.answer is not None:
        return task.answer
    if task.number in now:
        return "open"
    return "waiting" if task.number in to_come else "dropped"


def _still_to_come(flow: Approval, state: State) -> Iterable[Task]:
    """Those not asked yet whose turn may come: of steps and seats not decided."""
    if state.status != "running":
        return
    for _step, tasks in _undecided(flow, state):
        for seat in seats(tasks):
            if verdict(seat) is None:
                yield from (task for place in seat if said(place) is None for task in place)


def way_here(flow: Approval, state: State) -> list[tuple[int, int]]:
    """The rounds whose agreements count, with their visits: going back to a round undoes it and those after it."""
    found: list[tuple[int, int]] = []
    for visit in sorted({task.visit for task in state.tasks if state.epoch <= task.visit < state.visit}):
        rounds = [round_of(flow, t.step) for t in state.tasks if t.visit == visit and t.kind != "revise"]
        known = [place for place in rounds if place is not None]
        if known:
            found = [(place, number) for place, number in found if place < known[0]]
            found.append((known[0], visit))
    return [(place, visit) for place, visit in found if place < state.round]


def ways_back(flow: Approval, state: State, task: Task) -> tuple[str, ...]:
    """Where whoever has this task may send the request back to."""
    allowed = allow_of(flow, task.step).return_to
    asked = {task.step for task in state.tasks if task.kind != "revise"}
    behind = [name for place, _visit in way_here(flow, state) for name in flow.rounds[place] if name in asked]
    if allowed == "none":
        return ()
    if allowed == START:
        return (START,)
    if allowed == "previous":
        last = way_here(flow, state)
        return tuple(n for n in flow.rounds[last[-1][0]] if n in asked) if last else (START,)
    if allowed == "any":
        return (START, *behind)
    return tuple(name for name in behind if name in allowed)
