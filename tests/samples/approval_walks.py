"""In charge of random approvals, and of random walks through them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st

from tenon.model import Allow, Approval, ApprovalStep, Names, Skip, Timeout
from tenon.process.approvals.standing import open_tasks, ways_back
from tenon.process.approvals.values import (
    AddSigners,
    Approve,
    Comment,
    Copy,
    Delegate,
    Expire,
    Force,
    Operation,
    Person,
    Reassign,
    Recall,
    Reject,
    Remind,
    Resubmit,
    SendBack,
    State,
)
from tenon.texts import Text

PEOPLE = ("ada", "bob", "cem", "dan", "eva")
ADMINISTRATOR = "root"
SUBMITTER = "bob"


@dataclass
class World:
    """Who is found for which step, as drawn; no answer depends on anything else."""

    found: dict[str, tuple[str, ...]]
    applying: dict[str, bool]
    managers: dict[str, str] = field(default_factory=dict)

    def applies(self, step: str) -> bool:
        return self.applying.get(step, True)

    def people(self, step: str) -> tuple[Person, ...]:
        return tuple(Person(name) for name in self.found.get(step, ()))

    def manager(self, person: str | None) -> Person | None:
        above = self.managers.get(person or "")
        return Person(above) if above is not None else None

    def administrators(self) -> tuple[Person, ...]:
        return (Person(ADMINISTRATOR),)

    def reviser(self, submitter: str | None) -> Person | None:
        return Person(submitter or ADMINISTRATOR)


def step(name: str, **rest: Any) -> ApprovalStep:
    return ApprovalStep(name=name, label=Text.of(name), who=(), **rest)


def approval(steps: Sequence[ApprovalStep], **rest: Any) -> Approval:
    rounds: dict[str, list[str]] = {}
    for each in steps:
        rounds.setdefault(each.beside or each.name, []).append(each.name)
    return Approval(
        name="walk",
        label=Text.of("Walk"),
        entity="order",
        steps=Names({each.name: each for each in steps}, kind="step"),
        rounds=tuple(tuple(names) for names in rounds.values()),
        **rest,
    )


_SKIPS = st.builds(
    Skip,
    same_approver=st.sampled_from(["never", "adjacent", "any"]),
    submitter=st.sampled_from(["ask", "skip", "manager"]),
    nobody=st.sampled_from(["administrator", "skip", "reject"]),
)
_ALLOWS = st.builds(
    Allow,
    delegate=st.booleans(),
    add_signer=st.sampled_from(["none", "before", "after", "both"]),
    return_to=st.sampled_from(["none", "start", "previous", "any", ("s0", "s1")]),
    recall=st.sampled_from(["never", "until_first_decision", "any_time"]),
    remind=st.booleans(),
)


@st.composite
def approvals(draw: st.DrawFn) -> Approval:
    count = draw(st.integers(1, 5))
    steps: list[ApprovalStep] = []
    for place in range(count):
        leaders = [each.name for each in steps if each.beside is None]
        mode = draw(st.sampled_from(["any", "all", "in_turn", "quorum"]))
        number = draw(st.none() | st.integers(1, 3)) if mode == "quorum" else None
        steps.append(
            step(
                f"s{place}",
                mode=mode,
                quorum=number,
                quorum_percent=draw(st.integers(1, 100)) if mode == "quorum" and number is None else None,
                beside=draw(st.none() | st.sampled_from(leaders)) if leaders else None,
                on_reject=draw(st.sampled_from(["end", "previous", "start"])),
                skip=draw(st.none() | _SKIPS),
                allow=draw(st.none() | _ALLOWS),
                timeout=draw(st.none() | st.just(Timeout(after=3600, do="escalate"))),
            )
        )
    otherwise = draw(st.sampled_from([None, "approve", "reject"]))
    return approval(steps, skip=draw(_SKIPS), allow=draw(_ALLOWS), otherwise=otherwise)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    names = [f"s{place}" for place in range(5)]
    people = st.lists(st.sampled_from(PEOPLE), max_size=4, unique=True).map(tuple)
    return World(
        found={name: draw(people) for name in names},
        applying={name: draw(st.sampled_from([True, True, True, False])) for name in names},
        managers=draw(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=3)),
    )


def any_operation(random: Random, flow: Approval, state: State) -> Operation:
    """Sensible or not: of somebody, on some task."""
    actor = random.choice((*PEOPLE, ADMINISTRATOR))
    number = random.randint(1, max(len(state.tasks), 1))
    waiting = open_tasks(flow, state)
    if waiting and random.random() < 0.8:
        task = random.choice(waiting)
        actor, number = task.person, task.number
    return random.choice(_MAKERS)(random, flow, state, actor, number)


def _send_back(random: Random, flow: Approval, state: State, actor: str, number: int) -> Operation:
    task = state.task(number)
    ways = ways_back(flow, state, task) if task is not None and random.random() < 0.8 else ()
    return SendBack(actor=actor, task=number, to=random.choice(ways or ("start", *flow.steps)))


_Maker = Callable[[Random, Approval, State, str, int], Operation]
_MAKERS: tuple[_Maker, ...] = (
    *(4 * (lambda r, f, s, actor, number: Approve(actor=actor, task=number),)),
    lambda r, f, s, actor, number: Reject(actor=actor, task=number),
    *(2 * (_send_back,)),
    lambda r, f, s, actor, number: Delegate(actor=actor, task=number, to=Person(r.choice(PEOPLE))),
    lambda r, f, s, actor, number: AddSigners(
        actor=actor,
        task=number,
        people=tuple(Person(name) for name in r.sample(PEOPLE, r.randint(1, 2))),
        where=r.choice(("before", "after")),
    ),
    *(2 * (lambda r, f, s, actor, number: Resubmit(actor=actor, task=number),)),
    lambda r, f, s, actor, number: Recall(actor=r.choice((actor, SUBMITTER))),
    lambda r, f, s, actor, number: Remind(actor=r.choice((actor, SUBMITTER))),
    lambda r, f, s, actor, number: Copy(actor=actor, people=(r.choice(PEOPLE),)),
    lambda r, f, s, actor, number: Comment(actor=actor, comment="?"),
    lambda r, f, s, actor, number: Expire(
        actor=None,
        task=number,
        do=r.choice(("remind", "escalate", "delegate", "approve", "reject", "skip")),
        to=(Person(r.choice(PEOPLE)),),
    ),
    lambda r, f, s, actor, number: Reassign(actor=ADMINISTRATOR, task=number, to=Person(r.choice(PEOPLE))),
    lambda r, f, s, actor, number: (
        Force(
            actor=ADMINISTRATOR,
            outcome=r.choice(("approved", "rejected", "cancelled")) if r.random() < 0.1 else "cancelled",
        )
        if r.random() < 0.1
        else Comment(actor=actor, comment="!")
    ),
)
