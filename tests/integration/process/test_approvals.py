"""Requests from the submission to the outcome, through the service, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from samples.approval_world import PURCHASE, Shop, open_shop
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound
from tenon.process.approvals import caring


@pytest.fixture(scope="module")
def shop(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One for all tests of a database: each makes records of its own, and people whom it lets go."""
    folder = tmp_path_factory.mktemp("shop")
    clock = FixedClock(datetime(2026, 3, 16, 1, 0, tzinfo=UTC))
    opened = open_shop(folder, module_database_url, clock)
    yield opened
    opened.pond.workspace.close()


def test_a_purchase_goes_through_line_owners_manager_and_keeper(shop: Shop) -> None:
    record = shop.purchase(lines=("sue", "sol", "sue"), keeper="lena")
    request = shop.submit(record, comment="Old desks are broken")
    assert shop.asked(request) == ["sol", "sue"]
    shop.decide(request, "sue")
    assert shop.asked(request) == ["sol"]
    shop.decide(request, "sol", comment="Fine")
    assert shop.asked(request) == ["chloe"]
    shop.decide(request, "chloe")
    with pytest.raises(InvalidInput, match="Budget"):
        shop.decide(request, "lena")
    shop.decide(request, "lena", values={"budget": "4711"})
    assert shop.status(request) == "approved"
    assert shop.asked(request) == []
    assert shop.pond.read("x_purchase", record, "budget")["budget"] == "4711"
    shop.pond.workspace.background.run_due()
    assert shop.pond.read("x_purchase", record, "note")["note"] == "bought"
    kinds = [event.kind for event in shop.seen(request).events]
    assert kinds[0] == "submitted"
    assert "edited" in kinds
    assert shop.seen(request).copies == ("Boss",)


def test_who_will_be_asked_is_known_before_submitting(shop: Shop) -> None:
    record = shop.purchase(lines=("sue",), amount="5000")
    with shop.looking("sam") as (unit, access):
        forecast = shop.approvals.forecast(unit, access, "x_purchase", record, "x_purchase")
    assert forecast.refusal is None
    steps = {one.step.name: one for one in forecast.steps}
    assert steps["lines"].people == ((shop.person("sue"), None, True),)
    assert steps["manager"].why == "manager(record.owner)"
    assert steps["manager"].people == ((shop.person("chloe"), None, True),)
    assert not steps["keeper"].applies
    assert steps["chiefs"].people == ((shop.person("chloe"), None, False),)  # agreed as the manager just before
    assert shop.pond.find("approval_request", f'record_id == "{record}"') == []


def test_only_who_may_submits_and_only_once(shop: Shop) -> None:
    record = shop.purchase()
    with pytest.raises(Forbidden, match="owner"):
        shop.submit(record, "sue")
    request = shop.submit(record)
    with pytest.raises(Conflict, match="already"):
        shop.submit(record)
    shop.act(request, "sam", "recall")
    assert shop.status(request) == "recalled"
    assert shop.submit(record) != request
    with pytest.raises(Conflict, match="needs no approval"):
        shop.submit(shop.purchase(amount="0"))
    with pytest.raises(InvalidInput, match="Name"):
        shop.submit(shop.purchase(name=None))


def test_nobody_decides_who_is_not_asked(shop: Shop) -> None:
    request = shop.submit(shop.purchase())
    task = shop.task(request, "chloe")
    for stranger in ("sue", "lena"):
        with pytest.raises(NotFound):
            shop.decide(request, stranger, task=task)
    for verb in ("approve", "reject", "delegate", "return"):
        with pytest.raises(Forbidden):
            shop.decide(request, "sam", verb, task=task, people=(shop.person("sue"),))
    assert shop.asked(request) == ["chloe"]
    shop.decide(request, "chloe")
    with pytest.raises(Conflict, match="ended"):
        shop.decide(request, "chloe", "reject", task=task)
    assert shop.status(request) == "approved"


def test_a_record_in_approval_is_locked_but_for_what_the_definition_opens(shop: Shop) -> None:
    record = shop.purchase()
    request = shop.submit(record)
    with pytest.raises(Conflict) as refused:
        shop.pond.change("x_purchase", record, "sam", amount="1")
    assert "Sam" in refused.value.message.in_("en")
    assert "Chloe" in refused.value.message.in_("zh-CN")
    assert [detail.path for detail in refused.value.details] == ["amount"]
    shop.pond.change("x_purchase", record, "sam", note="still open")
    with pytest.raises(Conflict), shop.acting("sam") as (unit, access):
        shop.pond.workspace.writer.delete(unit, access, "x_purchase", record, version=None)
    shop.decide(request, "chloe", "return", to="start", comment="Too dear")
    shop.pond.change("x_purchase", record, "sam", amount="400")
    shop.decide(request, "sam", "resubmit")
    with pytest.raises(Conflict):
        shop.pond.change("x_purchase", record, "sam", amount="1")
    shop.decide(request, "chloe", "reject", comment="No")
    shop.pond.change("x_purchase", record, "sam", amount="1")


def test_the_lines_of_a_record_are_locked_with_it(shop: Shop) -> None:
    record = shop.purchase(lines=("sue",))
    (line,) = shop.pond.find("x_purchase_line", f'purchase.id == "{record}"')
    request = shop.submit(record)
    with pytest.raises(Conflict, match="part of a locked record"):
        shop.pond.change("x_purchase_line", line["id"], "sam", item="gold desk")
    with pytest.raises(Conflict):
        shop.pond.create("x_purchase_line", "sam", purchase=record, item="another")
    with shop.acting("sam") as (unit, access), pytest.raises(Conflict):
        shop.pond.workspace.writer.delete(unit, access, "x_purchase_line", line["id"], version=None)
    shop.pond.create("x_purchase_call", "sam", purchase=record, said="A call about it is no part of it")
    shop.act(request, "sam", "recall")
    shop.pond.change("x_purchase_line", line["id"], "sam", item="gold desk")


def test_handing_over_adding_signers_copying_and_commenting(shop: Shop) -> None:
    request = shop.submit(shop.purchase())
    shop.decide(request, "chloe", "delegate", people=(shop.person("sue"),), comment="You know better")
    assert shop.asked(request) == ["sue"]
    shop.decide(request, "sue", "add_before", people=(shop.person("sol"),))
    assert shop.asked(request) == ["sol"]
    shop.act(request, "sam", "remind")
    shop.act(request, "sol", "comment", comment="Looking at it")
    shop.act(request, "sue", "copy", people=(shop.person("lena"),))
    shop.decide(request, "sol")
    shop.decide(request, "sue")
    assert shop.status(request) == "approved"
    assert "Lena" in shop.seen(request).copies
    told = shop.pond.find("notification", f'person.id == "{shop.person("sol")}"')
    assert any("Reminder" in (row["title"] + (row["body"] or "")) for row in told)


def test_nobody_sees_a_request_he_has_no_part_in_and_no_record_of(shop: Shop) -> None:
    request = shop.submit(shop.purchase())
    assert shop.seen(request, "sue").id == request  # sue reads every purchase
    with pytest.raises(NotFound):
        shop.act(request, "sue", "comment", comment="I see")


def test_an_administrator_steps_in_with_a_reason(shop: Shop) -> None:
    request = shop.submit(shop.purchase())
    with pytest.raises(Forbidden), shop.acting("sue") as (unit, access):
        shop.approvals.force(unit, access, request, "approved", "please")
    with pytest.raises(InvalidInput), shop.acting("boss") as (unit, access):
        shop.approvals.force(unit, access, request, "approved", " ")
    task = shop.task(request, "chloe")
    with shop.acting("boss") as (unit, access):
        shop.approvals.reassign(unit, access, task, shop.person("sol"), "Chloe is ill")
    assert shop.asked(request) == ["sol"]
    with shop.acting("boss") as (unit, access):
        shop.approvals.force(unit, access, request, "rejected", "Budget is frozen")
    assert shop.status(request) == "rejected"
    assert [event.comment for event in shop.seen(request).events][-1] == "Budget is frozen"


def test_the_tasks_of_a_leaver_go_to_the_manager(shop: Shop) -> None:
    shop.hire("gone", manager="sol")
    request = shop.submit(shop.purchase(lines=("gone",)))
    shop.pond.change("user", shop.person("gone"), active=False)
    shop.pond.workspace.background.run_due()
    assert shop.asked(request) == ["sol"]
    assert shop.asked(shop.submit(shop.purchase(lines=("gone",)))) == ["boss"]  # nobody is found, so an administrator


def test_whoever_stands_in_is_asked_instead(shop: Shop) -> None:
    shop.hire("away", manager="boss")
    waiting = shop.submit(shop.purchase(lines=("away",)))
    day = shop.pond.clock.now().date().isoformat()
    shop.pond.create("absence", who=shop.person("away"), first_day=day, delegate=shop.person("lena"))
    later = shop.submit(shop.purchase(lines=("away",)))
    assert shop.asked(later) == ["lena"]
    shop.pond.workspace.background.run_due()
    assert shop.asked(waiting) == ["lena"]
    shop.decide(later, "lena")
    assert shop.asked(later) == ["chloe"]


def test_time_reminds_escalates_and_lets_go_when_decided(shop: Shop) -> None:
    decided = shop.submit(shop.purchase())
    late = shop.submit(shop.purchase())
    shop.decide(decided, "chloe")
    shop.pond.clock.advance(days=2, minutes=1)
    shop.pond.workspace.background.run_due()
    assert shop.asked(late) == ["boss", "chloe"]
    assert "expired" not in [event.kind for event in shop.seen(decided).events]
    shop.decide(late, "boss")
    assert shop.status(late) == "approved"


def test_a_stage_that_was_approved_is_entered(shop: Shop) -> None:
    record = shop.purchase()
    request = shop.submit(record, intent={"stage": "ordered"})
    shop.decide(request, "chloe")
    assert shop.pond.read("x_purchase", record, "stage")["stage"] == "ordered"


def test_what_cannot_follow_is_written_down_and_the_approval_stands(shop: Shop) -> None:
    record = shop.purchase()
    request = shop.submit(record, intent={"stage": "nowhere"})
    shop.decide(request, "chloe")
    assert shop.status(request) == "approved"
    assert "not_done" in [event.kind for event in shop.seen(request).events]


def test_the_inbox_tells_what_waits_what_was_submitted_copied_and_done(shop: Shop) -> None:
    request = shop.submit(shop.purchase(name="Chairs"))
    boxes = {}
    shop.decide(request, "chloe")
    other = shop.submit(shop.purchase(name="Lamps"))
    for who, box in (("chloe", "todo"), ("chloe", "done"), ("sam", "submitted"), ("boss", "copied")):
        with shop.looking(who) as (unit, access):
            found = shop.approvals.seeing.inbox(unit, access, box)
            boxes[box] = [(entry.request_id, entry.title, entry.submitter) for entry in found.entries]
    assert (other, "Lamps", "Sam") in boxes["todo"]
    assert request not in [entry[0] for entry in boxes["todo"]]
    assert (request, "Chairs", "Sam") in boxes["done"]
    assert (request, "Chairs", "Sam") in boxes["copied"]
    assert {request, other} <= {entry[0] for entry in boxes["submitted"]}
    with shop.looking("chloe") as (unit, access):
        assert shop.approvals.seeing.count_open(unit, access) == len(boxes["todo"])


def test_a_new_definition_lets_running_requests_finish_move_or_begin_again(shop: Shop) -> None:
    rules = {"x_finishing": "finish", "x_restarting": "restart", "x_moving": "{move: {lines: x_lines}}"}
    shop.republish({f"approvals/{name}.yaml": PURCHASE for name in rules})
    requests = {name: shop.submit(shop.purchase(lines=("sue",)), approval=name) for name in rules}
    new = PURCHASE.replace("manager(record.owner)", 'role("administrator")').replace("lines:  ", "x_lines:")
    shop.republish({f"approvals/{name}.yaml": f"{new}on_change: {rule}\n" for name, rule in rules.items()})
    shop.pond.workspace.background.run_due()
    for name, request in requests.items():
        assert shop.asked(request) == ["sue"]
        shop.decide(request, "sue")
        following = "chloe" if name == "x_finishing" else "boss"
        assert shop.asked(request) == [following]
        shop.decide(request, following)
        assert shop.status(request) == "approved"
    kinds = {name: [event.kind for event in shop.seen(request).events] for name, request in requests.items()}
    assert "restarted" in kinds["x_restarting"]
    assert "moved" in kinds["x_moving"]


HUNDRED = """
label: {en: Hundred, zh-CN: 一百}
entity: x_purchase
submit: {by: owner}
steps:
  manager: {label: Manager, who: manager(record.owner)}
  keeper:  {label: Keeper, who: keeper}
on_approve: {done: {set: {note: "'as it began'"}}}
"""
OTHERS = {
    "edited": HUNDRED.replace("manager(record.owner)", 'role("administrator")').replace("as it began", "otherwise"),
    "deleted": HUNDRED.replace("  manager: {label: Manager, who: manager(record.owner)}\n", ""),
    "reordered": """
label: {en: Hundred, zh-CN: 一百}
entity: x_purchase
submit: {by: owner}
steps:
  keeper:  {label: Keeper, who: 'role("administrator")'}
  manager: {label: Manager, who: keeper}
""",
}


def test_a_hundred_running_requests_finish_as_they_began_whatever_becomes_of_the_steps(shop: Shop) -> None:
    """P70: edited, deleted, reordered, one after another, with requests at every step; new ones follow the last."""
    flow = "approvals/x_hundred.yaml"
    shop.republish({flow: HUNDRED})
    purchases = shop.purchases(100, keeper="lena")
    with shop.acting("sam") as (unit, access):
        requests = [shop.approvals.submit(unit, access, "x_purchase", one, "x_hundred") for one in purchases]
    portions = {"edited": requests[:30], "deleted": requests[30:60], "reordered": requests[60:]}
    for kind, text in OTHERS.items():
        shop.decide_all("chloe", portions[kind][::2])  # half of them stand at the second step by now
        shop.republish({flow: text})
        shop.pond.workspace.background.run_due()
    waiting = {name: set(requests) for name in ("chloe", "lena")}
    waiting["chloe"] -= {one for portion in portions.values() for one in portion[::2]}
    waiting["lena"] -= waiting["chloe"]
    assert {name: shop.waiting(name) & set(requests) for name in ("chloe", "lena", "boss")} == {
        **waiting,
        "boss": set(),
    }
    shop.decide_all("chloe", waiting["chloe"])
    shop.decide_all("lena", requests)
    shop.pond.workspace.background.run_due()
    assert {row["status"] for row in shop.pond.find("approval_request", 'approval == "x_hundred"')} == {"approved"}
    assert {row["note"] for row in shop.pond.find("x_purchase", 'starts_with(name, "Desk ")')} == {"as it began"}
    assert shop.asked(shop.submit(shop.purchase(keeper="lena"), approval="x_hundred")) == ["boss"]


def test_many_running_requests_follow_a_new_definition_portion_by_portion(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved at once after the version is published, also when they are more than one transaction takes."""
    monkeypatch.setattr(caring, "PORTION", 3)
    flow = "approvals/x_many.yaml"
    shop.republish({flow: HUNDRED})
    requests = [shop.submit(shop.purchase(keeper="lena"), approval="x_many") for _number in range(8)]
    moved = HUNDRED.replace("manager:", "chief:").replace("manager(record.owner)", 'role("administrator")')
    shop.republish({flow: f"{moved}on_change: {{move: {{manager: chief}}}}\n"})
    shop.pond.workspace.background.run_due()
    assert all("moved" in [event.kind for event in shop.seen(request).events] for request in requests)
    again = moved.replace("who: keeper", 'who: role("x_chief")')
    shop.republish({flow: f"{again}on_change: restart\n"})
    shop.pond.workspace.background.run_due()
    assert [shop.asked(request) for request in requests] == [["boss"]] * 8
    shop.republish({flow: f"{moved}on_change: restart\n"})  # as it was before: followed once more
    shop.pond.workspace.background.run_due()
    kinds = [[event.kind for event in shop.seen(request).events].count("restarted") for request in requests]
    assert kinds == [2] * 8


def test_a_request_that_is_deleted_locks_nothing(shop: Shop) -> None:
    record = shop.purchase()
    request = shop.submit(record)
    with shop.acting("system") as (unit, access):
        shop.pond.workspace.writer.delete(unit, access, "approval_request", request, version=None)
    shop.pond.workspace.background.run_due()
    shop.pond.change("x_purchase", record, "sam", amount="1")
