"""Random approvals, random operations: what holds after each of them, whatever was tried."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.approval_walks import (
    ADMINISTRATOR,
    PEOPLE,
    SUBMITTER,
    World,
    any_operation,
    approval,
    approvals,
    step,
    worlds,
)
from tenon.errors import Conflict, Forbidden
from tenon.model import Approval
from tenon.process.approvals.machine import begin, move, perform, restart
from tenon.process.approvals.standing import open_tasks, statuses
from tenon.process.approvals.values import (
    START,
    AddSigners,
    Approve,
    Closed,
    Delegate,
    Ended,
    Expire,
    Opened,
    Operation,
    Outcome,
    Person,
    Reject,
    Resubmit,
    SendBack,
    State,
)

SEEDS = st.integers(0, 2**32 - 1)
DECISIONS = (Approve, Reject, SendBack, Delegate, AddSigners, Resubmit)


def check(flow: Approval, before: State | None, outcome: Outcome) -> None:
    """What is true of every state, and of every step from one to the next."""
    state = outcome.state
    waiting = open_tasks(flow, state)
    assert state.ended != bool(waiting), "ended without open tasks, or somebody is asked"
    derived = statuses(flow, state)
    assert {number for number, status in derived.items() if status == "open"} == {task.number for task in waiting}
    if state.ended:
        assert "waiting" not in derived.values()
    assert sum(isinstance(effect, Ended) for effect in outcome.effects) == int(state.ended)
    earlier = {task.number for task in open_tasks(flow, before)} if before is not None else set()
    now = {task.number for task in waiting}
    assert {effect.task for effect in outcome.effects if isinstance(effect, Opened)} == now - earlier
    assert {effect.task for effect in outcome.effects if isinstance(effect, Closed)} == earlier - now
    if before is not None:
        kept = {task.number: task.answer for task in state.tasks}
        assert all(kept[task.number] == task.answer for task in before.tasks if task.answer is not None)


def check_right(flow: Approval, before: State, operation: Operation, outcome: Outcome) -> None:
    """Answers that count as somebody's own are of the person who was asked."""
    waiting = {task.number: task for task in open_tasks(flow, before)}
    if isinstance(operation, DECISIONS):
        assert operation.actor == waiting[operation.task].person
    known = {task.number: task for task in before.tasks}
    for task in outcome.state.tasks:
        new = task.answer is not None and (task.number not in known or known[task.number].answer is None)
        if new and not task.automatic and task.answer in ("approved", "rejected"):
            assert task.person == operation.actor
    if outcome.state.status == "approved" and isinstance(operation, Approve):
        assert not before.ended


def attempt(flow: Approval, state: State, operation: Operation, world: World) -> State:
    try:
        outcome = perform(flow, state, operation, world)
    except (Conflict, Forbidden) as error:
        refused = error.message
    else:
        refused = None
    if refused is not None:
        assert refused.in_("zh-CN") != refused.in_("en")
        return state
    check(flow, state, outcome)
    check_right(flow, state, operation, outcome)
    return outcome.state


def agree_to_the_end(flow: Approval, state: State, world: World) -> State:
    """Whoever is asked agrees; whoever has to revise submits again."""
    for _turn in range(200):
        waiting = open_tasks(flow, state)
        if not waiting:
            return state
        task = waiting[0]
        operation = (Resubmit if task.kind == "revise" else Approve)(actor=task.person, task=task.number)
        state = attempt(flow, state, operation, world)
    raise AssertionError("it never ends")


@settings(deadline=None, max_examples=100)
@given(approvals(), worlds(), SEEDS)
def test_a_walk_never_reaches_a_dead_end_and_always_can_end(flow: Approval, world: World, seed: int) -> None:
    random = Random(seed)
    outcome = begin(flow, SUBMITTER, world)
    check(flow, None, outcome)
    state = outcome.state
    for _turn in range(40):
        if state.ended:
            break
        state = attempt(flow, state, any_operation(random, flow, state), world)
    assert agree_to_the_end(flow, state, world).ended


@settings(deadline=None, max_examples=60)
@given(approvals(), approvals(), worlds(), SEEDS, st.booleans())
def test_a_running_request_survives_any_change_of_its_definition(
    old: Approval, new: Approval, world: World, seed: int, afresh: bool
) -> None:
    random = Random(seed)
    state = begin(old, SUBMITTER, world).state
    for _turn in range(10):
        if not state.ended:
            state = attempt(old, state, any_operation(random, old, state), world)
    if state.ended:
        return
    steps = {name: random.choice(tuple(new.steps)) for name in old.steps if random.random() < 0.5}
    outcome = restart(old, new, state, world) if afresh else move(old, new, state, steps, world)
    waiting = open_tasks(new, outcome.state)
    assert outcome.state.ended != bool(waiting)
    assert agree_to_the_end(new, outcome.state, world).ended


@settings(deadline=None, max_examples=30)
@given(approvals(), worlds())
def test_an_ended_request_refuses_everything(flow: Approval, world: World) -> None:
    state = agree_to_the_end(flow, begin(flow, SUBMITTER, world).state, world)
    random = Random(1)
    for _turn in range(30):
        try:
            perform(flow, state, any_operation(random, flow, state), world)
        except (Conflict, Forbidden):
            continue
        raise AssertionError("an operation on an ended request went through")


def test_returned_a_second_time_to_the_same_step_its_approver_is_asked_again() -> None:
    flow, world = approval([step("s0"), step("s1")]), World(found={"s0": ("ada",), "s1": ("cem",)}, applying={})
    state = begin(flow, SUBMITTER, world).state
    for _turn in range(3):
        (task,) = open_tasks(flow, state)
        assert task.person == "ada"
        state = attempt(flow, state, Approve(actor="ada", task=task.number), world)
        (task,) = open_tasks(flow, state)
        state = attempt(flow, state, SendBack(actor="cem", task=task.number, to="s0"), world)
    assert [task.person for task in open_tasks(flow, state)] == ["ada"]


def test_two_of_three_must_agree_and_two_refusals_end_it() -> None:
    flow = approval([step("s0", mode="quorum", quorum=2)])
    world = World(found={"s0": ("ada", "cem", "dan")}, applying={})
    start = begin(flow, SUBMITTER, world).state
    agreed = attempt(flow, start, Approve(actor="ada", task=1), world)
    assert {task.person for task in open_tasks(flow, agreed)} == {"cem", "dan"}
    refused_once = attempt(flow, agreed, Reject(actor="cem", task=2), world)
    assert refused_once.status == "running"
    assert attempt(flow, refused_once, Approve(actor="dan", task=3), world).status == "approved"
    assert attempt(flow, refused_once, Reject(actor="dan", task=3), world).status == "rejected"


def test_in_turn_asks_one_after_the_other() -> None:
    flow = approval([step("s0", mode="in_turn")])
    world = World(found={"s0": ("cem", "ada")}, applying={})
    state = begin(flow, SUBMITTER, world).state
    assert statuses(flow, state) == {1: "open", 2: "waiting"}
    state = attempt(flow, state, Approve(actor="cem", task=1), world)
    assert statuses(flow, state) == {1: "approved", 2: "open"}
    assert attempt(flow, state, Approve(actor="ada", task=2), world).status == "approved"


def test_a_signer_added_before_is_asked_first_and_one_added_after_last() -> None:
    flow = approval([step("s0")])
    world = World(found={"s0": ("ada",)}, applying={})
    state = begin(flow, SUBMITTER, world).state
    state = attempt(flow, state, AddSigners(actor="ada", task=1, people=(Person("cem"),), where="before"), world)
    assert [task.person for task in open_tasks(flow, state)] == ["cem"]
    state = attempt(flow, state, Approve(actor="cem", task=2), world)
    state = attempt(flow, state, AddSigners(actor="ada", task=1, people=(Person("dan"),), where="after"), world)
    assert [task.person for task in open_tasks(flow, state)] == ["ada"]
    state = attempt(flow, state, Approve(actor="ada", task=1), world)
    assert [task.person for task in open_tasks(flow, state)] == ["dan"]
    assert attempt(flow, state, Approve(actor="dan", task=3), world).status == "approved"


def test_whoever_is_asked_too_when_time_runs_out_decides_in_place_of_the_other() -> None:
    flow = approval([step("s0", mode="all")])
    world = World(found={"s0": ("ada",)}, applying={})
    state = begin(flow, SUBMITTER, world).state
    state = attempt(flow, state, Expire(actor=None, task=1, do="escalate", to=(Person("eva"),)), world)
    assert {task.person for task in open_tasks(flow, state)} == {"ada", "eva"}
    done = attempt(flow, state, Approve(actor="eva", task=2), world)
    assert done.status == "approved"
    assert statuses(flow, done) == {1: "dropped", 2: "approved"}


@pytest.mark.parametrize("do", ["remind", "escalate", "delegate", "approve", "reject", "skip"])
def test_time_never_runs_out_for_whoever_revises(do: Any) -> None:
    flow, world = approval([step("s0")]), World(found={"s0": ("ada",)}, applying={})
    state = begin(flow, SUBMITTER, world).state
    revising = attempt(flow, state, SendBack(actor="ada", task=1, to=START), world)
    (task,) = open_tasks(flow, revising)
    with pytest.raises(Conflict):
        perform(flow, revising, Expire(actor=None, task=task.number, do=do, to=(Person("eva"),)), world)


def test_the_people_of_the_walks_are_no_administrators() -> None:
    assert ADMINISTRATOR not in PEOPLE
