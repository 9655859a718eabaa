"""In charge of deleting and restoring: what goes along, what stands in the way, what comes back."""

import pytest

from samples.records_world import World
from tenon.errors import Conflict, Forbidden, NotFound, StaleVersion


def test_a_deleted_record_is_in_the_bin_and_nowhere_else(world: World) -> None:
    saved = world.do("ann", "delete", "deal", world.ids["deal"], version=1)
    assert saved.version == 2
    with pytest.raises(NotFound):
        world.read("deal", world.ids["deal"])
    assert world.read("deal", world.ids["deal"], deleted=True)["name"] == "Ten pumps"
    assert [row["operation"] for row in world.rows("history", record_id=world.ids["deal"])] == ["deleted"]
    assert world.rows("outbox", record_id=world.ids["deal"])[-1]["kind"] == "record.deleted"


def test_what_is_referred_to_stays_and_says_by_whom(world: World) -> None:
    with pytest.raises(Conflict) as refusal:
        world.do("boss", "delete", "account", world.ids["acme"], version=None)
    assert "Ten pumps" in str(refusal.value.message)
    assert refusal.value.extra["referring"] == [{"entity": "deal", "id": world.ids["deal"], "title": "Ten pumps"}]
    assert refusal.value.extra["others"] is False


def test_who_refers_is_named_only_to_those_who_may_read_it(world: World) -> None:
    foreign = world.create("deal", name="Secret plan", account=world.ids["acme"], owner=world.ids["ben"])
    with pytest.raises(Conflict) as refusal:
        world.do("ann", "delete", "account", world.ids["acme"], version=None)
    assert "Secret plan" not in str(refusal.value.message)
    assert foreign not in str(refusal.value.extra)
    assert "and others" in str(refusal.value.message)


def test_parts_go_along_and_come_back_together(world: World) -> None:
    early = world.create("deal_line", deal=world.ids["deal"], text="early")
    lines = [world.create("deal_line", deal=world.ids["deal"], text=text) for text in ("one", "two")]
    world.do("boss", "delete", "deal_line", early, version=None)
    world.do("boss", "delete", "deal", world.ids["deal"], version=None)
    assert world.find("deal_line") == []
    world.do("boss", "restore", "deal", world.ids["deal"])
    assert sorted(line["id"] for line in world.find("deal_line")) == lines
    assert world.read("deal_line", early, deleted=True)["text"] == "early"


def test_a_part_cannot_come_back_without_its_whole(world: World) -> None:
    line = world.create("deal_line", deal=world.ids["deal"], text="one")
    world.do("boss", "delete", "deal", world.ids["deal"], version=None)
    with pytest.raises(Conflict) as refusal:
        world.do("boss", "restore", "deal_line", line)
    assert refusal.value.extra["first"] == {"entity": "deal", "id": world.ids["deal"], "title": "Ten pumps"}


def test_look_ups_are_emptied_and_filled_again(world: World) -> None:
    world.do("boss", "change", "deal", world.ids["deal"], {"product": world.ids["pump"]}, version=None)
    kept = world.create("deal", name="Other", account=world.ids["bolt"], product=world.ids["pump"])
    world.do("boss", "delete", "product", world.ids["pump"], version=None)
    assert world.read("deal", world.ids["deal"])["product"] is None
    assert world.read("deal", kept)["product"] is None
    (emptied,) = world.rows("history", record_id=kept)
    assert emptied["changes"] == {"product": [world.ids["pump"], None]}
    other = world.create("product", name="Other pump")
    world.do("boss", "change", "deal", kept, {"product": other}, version=None)
    world.do("boss", "restore", "product", world.ids["pump"])
    assert world.read("deal", world.ids["deal"])["product"]["id"] == world.ids["pump"]
    assert world.read("deal", kept)["product"]["id"] == other


def test_restoring_reports_who_took_its_place(world: World) -> None:
    first = world.create("account", name="First", code="X")
    world.do("boss", "delete", "account", first, version=None)
    second = world.create("account", name="Second", code="X")
    with pytest.raises(Conflict) as refusal:
        world.do("boss", "restore", "account", first)
    assert refusal.value.extra["other"] == {"entity": "account", "id": second, "title": "Second"}
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("code", "duplicate")]


def test_a_record_with_history_can_be_deleted_restored_and_changed_again(world: World) -> None:
    for round_ in range(2):
        world.do("ann", "delete", "deal", world.ids["deal"], version=None)
        world.do("ann", "restore", "deal", world.ids["deal"])
        world.do("ann", "change", "deal", world.ids["deal"], {"name": f"Round {round_}"}, version=None)
    assert world.read("deal", world.ids["deal"])["version"] == 7


def test_only_what_one_may_delete_can_be_deleted_or_restored(world: World) -> None:
    with pytest.raises(NotFound):
        world.do("ben", "delete", "deal", world.ids["deal"], version=None)
    with pytest.raises(Forbidden):
        world.do("ann", "delete", "account", world.ids["bolt"], version=None)
    world.do("boss", "delete", "deal", world.ids["deal"], version=None)
    with pytest.raises(NotFound):
        world.do("ben", "restore", "deal", world.ids["deal"])
    with pytest.raises(NotFound):
        world.do("boss", "delete", "deal", world.ids["deal"], version=None)


def test_a_living_record_cannot_be_restored(world: World) -> None:
    with pytest.raises(NotFound):
        world.do("boss", "restore", "deal", world.ids["deal"])


def test_a_stale_version_stops_a_deletion(world: World) -> None:
    world.do("boss", "change", "deal", world.ids["deal"], {"name": "New"}, version=1)
    with pytest.raises(StaleVersion) as refusal:
        world.do("ann", "delete", "deal", world.ids["deal"], version=1)
    assert refusal.value.extra["current"]["name"] == "New"


def test_a_tree_is_emptied_below_a_deleted_record(world: World) -> None:
    low = world.create("account", name="Low", parent=world.ids["bolt"])
    world.do("boss", "delete", "account", world.ids["bolt"], version=None)
    assert world.read("account", low)["parent"] is None
    world.do("boss", "restore", "account", world.ids["bolt"])
    assert world.read("account", low)["parent"]["id"] == world.ids["bolt"]


def test_a_deletion_with_parts_stands_in_the_history_without_its_bookkeeping(world: World) -> None:
    world.create("deal_line", deal=world.ids["deal"], text="one")
    world.do("boss", "delete", "deal", world.ids["deal"], version=None)
    world.do("boss", "restore", "deal", world.ids["deal"])
    with world.unit() as unit:
        entries = world.reader.history(unit, world.access("boss"), "deal", world.ids["deal"])
    assert sorted((entry.operation, dict(entry.changes)) for entry in entries) == [("deleted", {}), ("restored", {})]
