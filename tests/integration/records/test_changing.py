"""In charge of what becomes of a stored record when it is changed."""

import pytest

from samples.records_world import World, missing_id
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion


def test_a_change_touches_only_what_was_sent(world: World) -> None:
    world.clock.advance(minutes=5)
    before = world.read("account", world.ids["acme"])
    saved = world.do("ann", "change", "account", world.ids["acme"], {"name": "Acme Ltd"}, version=1)
    after = world.read("account", world.ids["acme"])
    assert (saved.version, saved.changed) == (2, True)
    assert after == {
        **before,
        "name": "Acme Ltd",
        "version": 2,
        "changed_at": "2026-03-14T09:05:00Z",
        "changed_by": {"id": world.ids["ann"], "title": "Ann"},
    }


def test_the_history_has_one_entry_with_old_and_new(world: World) -> None:
    world.do("ann", "change", "account", world.ids["acme"], {"name": "Acme Ltd", "status": "signed"}, version=1)
    (row,) = world.rows("history", record_id=world.ids["acme"])
    assert row["changes"] == {"name": ["Acme", "Acme Ltd"], "status": ["following", "signed"]}
    assert (row["version"], row["operation"], row["actor_id"], row["actor_name"]) == (
        2,
        "changed",
        world.ids["ann"],
        "Ann",
    )


def test_sensitive_values_are_masked_wherever_they_are_remembered(world: World) -> None:
    world.do("ann", "change", "account", world.ids["acme"], {"secret": "hush"}, version=1)
    (row,) = world.rows("history", record_id=world.ids["acme"])
    assert row["changes"] == {"secret": [None, "•••"]}
    assert "hush" not in str(world.rows("outbox"))


def test_a_change_of_nothing_is_none(world: World) -> None:
    before = world.everything()
    saved = world.do("ann", "change", "account", world.ids["acme"], {"name": " Acme "}, version=1)
    assert (saved.version, saved.changed) == (1, False)
    assert world.everything() == before


def test_changes_of_different_fields_are_merged(world: World) -> None:
    world.do("ann", "change", "account", world.ids["acme"], {"name": "Acme Ltd"}, version=1)
    saved = world.do("boss", "change", "account", world.ids["acme"], {"status": "signed"}, version=1)
    record = world.read("account", world.ids["acme"])
    assert (saved.version, record["name"], record["status"]) == (3, "Acme Ltd", "signed")


def test_changes_of_the_same_field_are_refused_with_both_values(world: World) -> None:
    world.do("boss", "change", "account", world.ids["acme"], {"name": "Boss & Co", "code": "A2"}, version=1)
    with pytest.raises(StaleVersion) as refusal:
        world.do("ann", "change", "account", world.ids["acme"], {"name": "Ann & Co"}, version=1)
    assert refusal.value.extra["version"] == 2
    assert refusal.value.extra["fields"] == ["name"]
    assert refusal.value.extra["current"]["name"] == "Boss & Co"
    assert "credit" not in refusal.value.extra["current"]
    assert world.read("account", world.ids["acme"])["name"] == "Boss & Co"


def test_without_history_a_stale_version_is_never_merged(world: World) -> None:
    bare = world.create("bare", name="x")
    world.do("boss", "change", "bare", bare, {"size": 1}, version=1)
    with pytest.raises(StaleVersion):
        world.do("boss", "change", "bare", bare, {"name": "y"}, version=1)


def test_a_version_from_the_future_is_stale(world: World) -> None:
    with pytest.raises(StaleVersion):
        world.do("boss", "change", "account", world.ids["acme"], {"name": "y"}, version=9)


def test_who_names_no_version_has_the_last_word(world: World) -> None:
    world.do("boss", "change", "account", world.ids["acme"], {"name": "One"}, version=1)
    world.do("boss", "change", "account", world.ids["acme"], {"name": "Two"}, version=None)
    assert world.read("account", world.ids["acme"])["name"] == "Two"


def test_a_required_value_cannot_be_taken_away(world: World) -> None:
    with pytest.raises(InvalidInput) as refusal:
        world.do("boss", "change", "account", world.ids["acme"], {"name": "  ", "owner": None}, version=1)
    assert {detail.path: detail.code for detail in refusal.value.details} == {"name": "required", "owner": "required"}


def test_a_rule_that_is_broken_already_does_not_hold_up_other_changes(world: World) -> None:
    world.do("boss", "change", "deal", world.ids["deal"], {"close_date": "2026-03-20"}, version=None)
    world.clock.advance(days=30)
    world.do("boss", "change", "deal", world.ids["deal"], {"name": "Late"}, version=None)
    with pytest.raises(InvalidInput):
        world.do("boss", "change", "deal", world.ids["deal"], {"close_date": "2026-03-21"}, version=None)


def test_today_is_the_date_where_the_actor_is(world: World) -> None:
    world.clock.advance(hours=8)  # 17:00 in London is already tomorrow, 01:00, in Shanghai
    with pytest.raises(InvalidInput):
        world.do("ann", "change", "deal", world.ids["deal"], {"close_date": "2026-03-14"}, version=None)
    world.do("ann", "change", "deal", world.ids["deal"], {"close_date": "2026-03-15"}, version=None)


def test_a_record_cannot_be_put_below_itself(world: World) -> None:
    middle = world.create("account", name="Middle", parent=world.ids["acme"])
    low = world.create("account", name="Low", parent=middle)
    for parent in (world.ids["acme"], middle, low):
        with pytest.raises(InvalidInput) as refusal:
            world.do("boss", "change", "account", world.ids["acme"], {"parent": parent}, version=None)
        assert [(detail.path, detail.code) for detail in refusal.value.details] == [("parent", "cycle")]


def test_a_duplicate_is_refused_in_a_change_too(world: World) -> None:
    with pytest.raises(Conflict):
        world.do("boss", "change", "account", world.ids["acme"], {"code": "B1"}, version=None)
    world.do("boss", "change", "account", world.ids["acme"], {"code": "A1"}, version=None)


def test_an_owner_may_hand_over_what_is_his(world: World) -> None:
    world.do("ann", "change", "account", world.ids["acme"], {"owner": world.ids["ben"], "name": "To Ben"}, version=None)
    with pytest.raises(Forbidden):
        world.do("ann", "change", "account", world.ids["acme"], {"name": "Mine again"}, version=None)


def test_a_record_cannot_be_moved_out_of_ones_region(world: World) -> None:
    world.do("rita", "change", "account", world.ids["acme"], {"region": world.ids["east"]}, version=None)
    with pytest.raises(Forbidden):
        world.do("rita", "change", "account", world.ids["acme"], {"region": world.ids["north"]}, version=None)


def test_what_is_not_there_cannot_be_changed(world: World) -> None:
    gone = world.create("account", name="Gone")
    world.do("boss", "delete", "account", gone, version=None)
    for record in (gone, missing_id(), "nonsense", "", "' OR 1=1"):
        with pytest.raises(NotFound):
            world.do("boss", "change", "account", record, {"name": "x"}, version=None)


def test_a_formula_and_a_roll_up_are_right_after_the_change(world: World) -> None:
    world.do("boss", "change", "deal", world.ids["deal"], {"amount": "5000", "probability": 50}, version=None)
    world.create("deal_line", deal=world.ids["deal"], product=world.ids["pump"], quantity=3, price="7.5")
    deal, account = world.read("deal", world.ids["deal"]), world.read("account", world.ids["acme"])
    assert deal["weighted"]["amount"] == "2500.00"
    assert deal["lines_total"] in ("22.50", {"amount": "22.50", "currency": "CNY"})
    assert account["deals_total"] in ("5000.00", {"amount": "5000.00", "currency": "CNY"})
