"""Submitting, deciding and looking over the API: as described, once only, and only by who is asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from flask import Flask

from samples.api_calls import Caller, application, token
from samples.approval_world import Shop, open_shop
from tenon.clock import FixedClock


@dataclass
class Office:
    shop: Shop
    app: Flask
    callers: dict[tuple[str, ...], Caller] = field(default_factory=dict)

    def caller(self, who: str, *verbs: str) -> Caller:
        key = (who, *verbs)
        if key not in self.callers:
            scopes = {"*": frozenset(verbs)} if verbs else None
            self.callers[key] = Caller(self.app, token(self.shop.pond.workspace, self.shop.person(who), scopes))
        return self.callers[key]

    def bring(self, request: str, state: str) -> None:
        """From running into another state."""
        shop = self.shop
        if state == "revising":
            shop.decide(request, "chloe", "return", to="start")
        elif state in ("approved", "rejected"):
            shop.decide(request, "chloe", state[:-1] if state == "approved" else "reject")
        elif state == "recalled":
            shop.act(request, "sam", "recall")
        elif state == "cancelled":
            with shop.acting("boss") as (unit, access):
                shop.approvals.force(unit, access, request, "cancelled", "test")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    clock = FixedClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC))
    shop = open_shop(folder, f"sqlite:///{folder / 'office.sqlite'}", clock)
    workspace = shop.pond.workspace
    yield Office(shop, application(workspace))
    workspace.close()


def test_from_forecast_to_outcome(office: Office) -> None:
    record = office.shop.purchase(lines=("sue",), keeper="lena")
    sam = office.caller("sam")
    foreseen = sam.get(f"x_purchase/{record}/approvals/forecast", approval="x_purchase").body
    assert foreseen["possible"]
    assert [step["name"] for step in foreseen["steps"] if step["applies"]] == ["lines", "manager", "keeper"]
    made = sam.post(f"x_purchase/{record}/approvals", {"approval": "x_purchase", "comment": "Please"})
    assert made.status == 201
    assert made.body["status"] == "running"
    for who in ("sue", "chloe"):
        caller = office.caller(who)
        waiting = caller.get("approvals/tasks").body["tasks"]
        task = next(one for one in waiting if one["request"] == made.body["id"])
        assert task["title"] == "Desks"
        assert caller.post(f"approvals/tasks/{task['task']}/approve", {"comment": "Yes"}).status == 200
    lena = office.caller("lena")
    (mine,) = lena.get(f"approvals/requests/{made.body['id']}").body["mine"]
    assert "approve" in mine["decisions"]
    assert mine["fields"] == ["budget"]
    refused = lena.post(f"approvals/tasks/{mine['task']}/approve", {"values": {"amount": "1"}})
    assert refused.status == 403
    done = lena.post(f"approvals/tasks/{mine['task']}/approve", {"values": {"budget": "4711"}})
    assert done.body["status"] == "approved"
    (request,) = sam.get(f"x_purchase/{record}/approvals").body["requests"]
    assert [event["kind"] for event in request["events"]][-1] == "approved" or request["events"]
    assert sam.get("approvals/tasks", box="submitted").body["tasks"][0]["status"] == "approved"


def test_the_same_call_twice_decides_once(office: Office) -> None:
    record = office.shop.purchase(lines=("sue", "sol"))
    sam, sue = office.caller("sam"), office.caller("sue")
    body = {"approval": "x_purchase"}
    first = sam.post(f"x_purchase/{record}/approvals", body, headers={"Idempotency-Key": "submit-1"})
    again = sam.post(f"x_purchase/{record}/approvals", body, headers={"Idempotency-Key": "submit-1"})
    assert again.body["id"] == first.body["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert sam.post(f"x_purchase/{record}/approvals", body).status == 409
    task = office.shop.task(first.body["id"], "sue")
    for _time in range(2):
        answer = sue.post(f"approvals/tasks/{task}/approve", {}, headers={"Idempotency-Key": "approve-1"})
        assert answer.status == 200
    assert sue.post(f"approvals/tasks/{task}/approve", {}).status == 409
    assert office.shop.asked(first.body["id"]) == ["sol"]


def test_who_is_not_asked_is_refused_in_the_same_words_as_one_who_does_not_exist(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase())
    task = office.shop.task(request, "chloe")
    sue, sam = office.caller("sue"), office.caller("sam")
    assert sue.post(f"approvals/tasks/{task}/approve", {}).status == 404
    assert sam.post(f"approvals/tasks/{task}/approve", {}).status == 403
    assert sue.post(f"approvals/requests/{request}/force", {"outcome": "approved", "comment": "x"}).status == 403
    assert office.caller("chloe", "read").post(f"approvals/tasks/{task}/approve", {}).status == 403
    assert office.shop.asked(request) == ["chloe"]


def test_a_locked_field_is_refused_with_who_and_why(office: Office) -> None:
    record = office.shop.purchase()
    office.shop.submit(record)
    refused = office.caller("sam").call("PATCH", f"x_purchase/{record}", {"amount": "1"}, headers={"If-Match": "*"})
    assert refused.status == 409
    assert "Chloe" in refused.body["detail"]
    assert refused.body["errors"][0]["path"] == "amount"


def test_an_administrator_hands_on_and_ends_with_a_reason(office: Office) -> None:
    request = office.shop.submit(office.shop.purchase())
    boss = office.caller("boss")
    task = office.shop.task(request, "chloe")
    assert boss.post(f"approvals/tasks/{task}/reassign", {"people": [office.shop.person("sol")]}).status == 422
    moved = boss.post(f"approvals/tasks/{task}/reassign", {"people": [office.shop.person("sol")], "comment": "Ill"})
    assert moved.status == 200
    assert office.shop.asked(request) == ["sol"]
    ended = boss.post(f"approvals/requests/{request}/force", {"outcome": "cancelled", "comment": "Not needed"})
    assert ended.body["status"] == "cancelled"


@pytest.mark.parametrize("verb", ["approve", "reject", "return", "delegate", "add_before", "add_after", "resubmit"])
@pytest.mark.parametrize("state", ["running", "revising", "approved", "rejected", "recalled", "cancelled"])
def test_each_verb_in_each_state_is_allowed_or_clearly_refused(office: Office, verb: str, state: str) -> None:
    request = office.shop.submit(office.shop.purchase())
    task, person = office.shop.task(request, "chloe"), "chloe"
    office.bring(request, state)
    if state == "revising":
        task, person = office.shop.task(request, "sam"), "sam"
    answer = office.caller(person).post(f"approvals/tasks/{task}/{verb}", {"people": [office.shop.person("sol")]})
    possible = {"running": verb != "resubmit", "revising": verb == "resubmit"}.get(state, False)
    assert (answer.status == 200) == possible, answer.body
    if not possible:
        assert answer.status == 409
        assert len(answer.body["detail"]) > 10
