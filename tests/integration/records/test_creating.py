"""In charge of what becomes of a new record."""

from decimal import Decimal

import pytest

from samples.records_world import START, World, missing_id
from tenon.errors import BadRequest, Conflict, InvalidInput, UnknownName


def test_a_new_record_has_system_values_defaults_and_its_owner(world: World) -> None:
    saved = world.do("ann", "create", "account", {"name": " Delta "})
    record = world.read("account", saved.id)
    assert saved.version == 1
    assert record["name"] == "Delta"
    assert record["status"] == "following"
    assert record["version"] == 1
    assert record["owner"]["id"] == record["created_by"]["id"] == record["changed_by"]["id"] == world.ids["ann"]
    assert record["created_at"] == record["changed_at"] == "2026-03-14T09:00:00Z"


def test_a_new_record_begins_in_the_first_stage_with_its_defaults(world: World) -> None:
    record = world.read("deal", world.ids["deal"])
    assert record["stage"] == "qualify"
    assert record["stage_since"] == "2026-03-14T09:00:00Z"
    assert record["probability"] == "10.00" or Decimal(record["probability"]) == 10
    assert Decimal(record["weighted"]["amount"]) == 100
    assert record["approved_on"] == "2026-03-14"
    (row,) = world.rows("stage_history", record_id=world.ids["deal"])
    assert (row["from_stage"], row["to_stage"], row["seconds"]) == (None, "qualify", None)


def test_numbers_run_on_without_gaps(world: World) -> None:
    with pytest.raises(InvalidInput):
        world.create("deal", name="no customer")
    more = world.create("deal", name="Second", account=world.ids["acme"])
    numbers = [
        world.read("deal", record_id)["number"] for record_id in (world.ids["deal"], world.ids["hidden_deal"], more)
    ]
    assert numbers == ["D-2026-0001", "D-2026-0002", "D-2026-0003"]


def test_all_complaints_come_together_each_at_its_field(world: World) -> None:
    with pytest.raises(InvalidInput) as refusal:
        world.do("boss", "create", "deal", {"amount": "lots", "close_date": "31.31.2026", "nmae": "x"})
    found = {detail.path: detail.code for detail in refusal.value.details}
    assert set(found) == {"name", "account", "amount", "close_date", "nmae"}
    assert found["name"] == found["account"] == "required"
    assert found["nmae"] == "unknown_name"
    hints = {detail.path: str(detail.hint) for detail in refusal.value.details}
    assert "name" in hints["nmae"]


def test_what_the_engine_keeps_cannot_be_sent(world: World) -> None:
    for name in ("id", "version", "created_at", "changed_by", "stage_since", "number", "weighted", "approved_on"):
        with pytest.raises(InvalidInput) as refusal:
            world.do("boss", "create", "deal", {"name": "x", "account": world.ids["acme"], name: "1"})
        assert [(detail.path, detail.code) for detail in refusal.value.details] == [(name, "read_only")]


def test_a_rule_through_a_look_up_is_kept(world: World) -> None:
    strict = world.create("account", name="Strict", most_discount="5")
    with pytest.raises(InvalidInput) as refusal:
        world.create("deal", name="x", account=strict, discount="6")
    assert refusal.value.message.in_("zh-CN") == "折扣超出该客户的上限。"
    assert [detail.path for detail in refusal.value.details] == ["discount"]
    world.create("deal", name="x", account=strict, discount="5")


def test_only_what_may_be_chosen_can_be_chosen(world: World) -> None:
    with pytest.raises(InvalidInput) as refusal:
        world.create("deal", name="x", account=world.ids["acme"], product=world.ids["relic"])
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("product", "not_selectable")]


def test_a_look_up_must_lead_to_a_living_record(world: World) -> None:
    gone = world.create("account", name="Gone")
    world.do("boss", "delete", "account", gone, version=None)
    for target in (gone, missing_id(), world.ids["pump"]):
        with pytest.raises(InvalidInput) as refusal:
            world.create("deal", name="x", account=target)
        assert [detail.code for detail in refusal.value.details] == ["no_such_record"]


def test_a_duplicate_is_named(world: World) -> None:
    with pytest.raises(Conflict) as refusal:
        world.create("account", name="Other", code="A1")
    assert refusal.value.extra["other"] == {"entity": "account", "id": world.ids["acme"], "title": "Acme"}
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("code", "duplicate")]


def test_a_deleted_record_does_not_block_its_unique_value(world: World) -> None:
    first = world.create("account", name="First", code="X")
    world.do("boss", "delete", "account", first, version=None)
    assert world.create("account", name="Second", code="X") != first


def test_the_event_is_in_the_outbox_with_the_record(world: World) -> None:
    record = world.create("account", "ann", name="Delta", secret="tell nobody")
    (event,) = world.rows("outbox", record_id=record)
    assert (event["kind"], event["entity"], event["status"], event["at"]) == (
        "record.created",
        "account",
        "waiting",
        START,
    )
    assert event["payload"]["data"]["changed"]["name"] == [None, "Delta"]
    assert event["payload"]["actor"] == world.ids["ann"]
    assert "tell nobody" not in str(event)


def test_a_record_is_an_object(world: World) -> None:
    for values in (None, [], "name", 7, {1: "x"}):
        with pytest.raises(BadRequest):
            world.do("boss", "create", "account", values)


def test_an_entity_that_is_not_there_is_said_to_be_unknown(world: World) -> None:
    with pytest.raises(UnknownName) as refusal:
        world.create("acount", name="x")
    assert "account" in str(refusal.value.hint)
