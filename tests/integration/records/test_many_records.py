"""In charge of writing many records at once: the same rules, few statements, one outcome for each row."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from samples.records_world import World
from tenon.database import count_statements
from tenon.errors import Conflict, Forbidden, InvalidInput
from tenon.records import ImportOptions, PastStage


def test_good_rows_are_stored_and_bad_rows_say_why(world: World) -> None:
    rows = [
        {"name": "One", "code": "N1"},
        {"code": "N2"},
        {"name": "Three", "code": "A1"},
        {"name": "Four", "code": "N1"},
        "not a record",
        {"name": "Six", "owner": world.ids["nobody"], "parent": world.ids["acme"]},
    ]
    outcomes = world.do("boss", "create_many", "account", rows)
    assert [outcome.row for outcome in outcomes] == [0, 1, 2, 3, 4, 5]
    assert [outcome.saved is not None for outcome in outcomes] == [True, False, False, False, False, True]
    assert isinstance(outcomes[1].error, InvalidInput)
    assert isinstance(outcomes[2].error, Conflict)
    assert outcomes[2].error.extra["other"]["title"] == "Acme"
    assert "Row 1" in str(outcomes[3].error)
    assert {account["name"] for account in world.find("account")} >= {"One", "Six"}


def test_many_records_cost_as_many_statements_as_a_few(world: World) -> None:
    def statements(count: int) -> int:
        rows = [
            {"name": f"Deal {count} {number}", "account": world.ids["acme" if number % 2 else "bolt"], "amount": number}
            for number in range(count)
        ]
        with world.unit() as unit, count_statements(world.database) as counter:
            outcomes = world.writer.create_many(unit, world.access("boss"), "deal", rows)
        assert all(outcome.saved is not None for outcome in outcomes)
        return counter.count

    few, many = statements(3), statements(300)
    assert few == many <= 7


def test_every_stored_row_has_its_number_history_and_event(world: World) -> None:
    rows = [{"name": f"Deal {number}", "account": world.ids["acme"]} for number in range(3)]
    outcomes = world.do("boss", "create_many", "deal", rows)
    ids = [outcome.saved.id for outcome in outcomes]
    assert [world.read("deal", one)["number"] for one in ids] == ["D-2026-0003", "D-2026-0004", "D-2026-0005"]
    for one in ids:
        assert [row["kind"] for row in world.rows("outbox", record_id=one)] == ["record.created"]
        assert [row["to_stage"] for row in world.rows("stage_history", record_id=one)] == ["qualify"]


def test_rights_hold_for_each_row(world: World) -> None:
    rows = [
        {"name": "Mine", "account": world.ids["acme"]},
        {"name": "His", "account": world.ids["acme"], "owner": world.ids["ben"]},
        {"name": "Hidden", "account": world.ids["hidden"]},
        {"name": "Discount", "account": world.ids["acme"], "discount": 3},
    ]
    mine, his, hidden, discount = world.do("ann", "create_many", "deal", rows)
    assert mine.saved is not None
    assert isinstance(his.error, Forbidden)
    assert isinstance(hidden.error, InvalidInput)
    assert isinstance(discount.error, InvalidInput | Forbidden)


def test_an_import_brings_stages_and_dates_along(world: World) -> None:
    def at(day: int) -> datetime:
        return datetime(2025, 1, day, tzinfo=UTC)

    rows = [
        {"name": "Old win", "account": world.ids["acme"], "created_at": "2025-01-01T00:00:00Z", "number": "OLD-7"},
        {"name": "Old loss", "account": world.ids["acme"], "stage": "lost", "stage_since": "2025-02-01T00:00:00Z"},
    ]
    past = (PastStage("qualify", at(1)), PastStage("propose", at(3)), PastStage("won", at(10)))
    outcomes = world.do("boss", "create_many", "deal", rows, as_import=ImportOptions(stages={0: past}))
    win, loss = (world.read("deal", outcome.saved.id) for outcome in outcomes)
    assert (win["stage"], win["stage_since"], win["created_at"]) == (
        "won",
        "2025-01-10T00:00:00Z",
        "2025-01-01T00:00:00Z",
    )
    assert win["number"] == "OLD-7"
    assert Decimal(win["probability"]) == 100
    assert (loss["stage"], loss["stage_since"]) == ("lost", "2025-02-01T00:00:00Z")
    history = world.rows("stage_history", record_id=win["id"])
    assert [(row["from_stage"], row["to_stage"], row["seconds"]) for row in history] == [
        (None, "qualify", None),
        ("qualify", "propose", 172800),
        ("propose", "won", 604800),
    ]


def test_only_administrators_and_the_system_may_import_the_past(world: World) -> None:
    rows = [{"name": "x", "account": world.ids["acme"], "stage": "won"}]
    with pytest.raises(Forbidden):
        world.do("ann", "create_many", "deal", rows, as_import=ImportOptions())
    assert world.do("system", "create_many", "deal", rows, as_import=ImportOptions())[0].saved is None  # nobody owns it
    owned = [{**rows[0], "owner": world.ids["ann"]}]
    assert world.do("system", "create_many", "deal", owned, as_import=ImportOptions())[0].saved is not None


def test_an_unknown_stage_in_the_past_is_refused(world: World) -> None:
    rows = [{"name": "x", "account": world.ids["acme"]}]
    past = (PastStage("qualified", datetime(2025, 1, 1, tzinfo=UTC)),)
    (outcome,) = world.do("boss", "create_many", "deal", rows, as_import=ImportOptions(stages={0: past}))
    assert isinstance(outcome.error, InvalidInput)
    assert [detail.path for detail in outcome.error.details] == ["stage"]
