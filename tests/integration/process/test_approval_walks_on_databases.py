"""Random operations through the service, on both databases; and two who decide at the same instant."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from samples.approval_world import Shop, open_shop
from services.databases import NUMBERS
from services.postgres import fresh_database
from services.run import Run
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound
from tenon.process.approvals import Decision

RANDOM_STEPS = """
label: Walk
entity: x_purchase
submit: {by: anyone}
steps:
  first:  {label: First, who: [keeper, manager(record.owner)], mode: all, on_reject: start}
  second: {label: Second, who: role("x_buyer"), mode: quorum(2), on_reject: previous}
  beside: {label: Beside, who: role("x_chief"), beside: second, mode: in_turn}
  last:   {label: Last, who: role("administrator"), skip: {same_approver: any, submitter: manager}}
allow: {recall: any_time}
"""
PEOPLE = ("boss", "chloe", "sam", "sue", "sol", "lena")
REFUSALS = (Conflict, Forbidden, InvalidInput, NotFound)
VERBS = (*(4 * ("approve",)), "reject", "return", "delegate", "add_before", "add_after", "resubmit")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, test_run: Run) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("walks")
    clock = FixedClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC))
    files = {"approvals/x_walk.yaml": RANDOM_STEPS}
    if request.param == "sqlite":
        opened = open_shop(folder, f"sqlite:///{folder / 'walks.sqlite'}", clock, files)
        yield opened
        opened.pond.workspace.close()
        return
    name = f"{test_run.folder.name}_{test_run.worker}_{next(NUMBERS)}"
    server = request.getfixturevalue("postgres_server")
    with fresh_database(server, name) as url:
        opened = open_shop(folder, url, clock, files)
        yield opened
        opened.pond.workspace.close()


def one_move(shop: Shop, random: Random, request: str) -> None:
    """Of somebody, on some task of the request, sensible or not."""
    tasks = shop.pond.find("approval_task", f'request.id == "{request}" and kind != "copy"')
    waiting = [task for task in tasks if task["status"] == "open"]
    task = random.choice(waiting if waiting and random.random() < 0.85 else tasks)
    names = {identity: name for name, identity in shop.pond.ids.items()}
    who = names[task["person"]["id"]] if random.random() < 0.85 else random.choice(PEOPLE)
    verb: Any = random.choice(VERBS)
    decision = Decision(
        verb=verb, to=random.choice((None, "first", "second")), people=(shop.person(random.choice(PEOPLE)),)
    )
    with shop.acting(who) as (unit, access):
        shop.approvals.decide(unit, access, task["id"], decision)


def finish(shop: Shop, request: str) -> None:
    """Whoever is asked agrees, until nobody is."""
    for _turn in range(60):
        rows = shop.pond.find("approval_task", f'request.id == "{request}" and status == "open"')
        if not rows:
            return
        names = {identity: name for name, identity in shop.pond.ids.items()}
        verb: Any = "resubmit" if rows[0]["kind"] == "revise" else "approve"
        shop.decide(request, names[rows[0]["person"]["id"]], verb, task=rows[0]["id"])
    raise AssertionError("it never ends")


@pytest.mark.parametrize("seed", range(4))
def test_rows_say_what_the_machine_says_and_every_request_ends(shop: Shop, seed: int) -> None:
    random = Random(seed)
    record = shop.purchase(name=f"Walk {seed}", keeper="lena")
    request = shop.submit(record, approval="x_walk")
    for _turn in range(12):
        if shop.status(request) not in ("running", "revising"):
            break
        with suppress(*REFUSALS):
            one_move(shop, random, request)
        asked = shop.asked(request)  # compares rows and machine
        assert bool(asked) == (shop.status(request) in ("running", "revising"))
    finish(shop, request)
    assert shop.status(request) in ("approved", "rejected")
    endings = [event for event in shop.outbox(record) if event in ("approval.approved", "approval.rejected")]
    assert len(endings) == 1
    shop.pond.change("x_purchase", record, amount="1")  # no lock is left behind


def test_of_two_who_decide_at_once_the_second_is_refused(shop: Shop) -> None:
    request = shop.submit(shop.purchase(name="At once"))
    task = shop.task(request, "chloe")
    start, outcomes = threading.Barrier(2), []

    def decide(verb: Any) -> None:
        start.wait()
        try:
            shop.decide(request, "chloe", verb, task=task)
            outcomes.append(verb)
        except REFUSALS:
            outcomes.append("refused")

    threads = [threading.Thread(target=decide, args=(verb,)) for verb in ("approve", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 1
    decided = next(verb for verb in outcomes if verb != "refused")
    assert shop.status(request) == {"approve": "approved", "reject": "rejected"}[decided]
