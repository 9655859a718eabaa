"""In charge of stage moves: the same demands and the same answers through every door."""

from collections.abc import Callable
from typing import Any

import pytest

from samples.records_world import World
from tenon.errors import Conflict, Forbidden, InvalidInput

Move = Callable[[World, str, str], Any]


def _by_field(world: World, who: str, stage: str) -> Any:
    return world.do(who, "change", "deal", world.ids["deal"], {"stage": stage}, version=None)


def _by_move(world: World, who: str, stage: str) -> Any:
    return world.do(who, "move_stage", "deal", world.ids["deal"], stage, version=None)


@pytest.fixture(params=[_by_field, _by_move])
def move(request: pytest.FixtureRequest) -> Move:
    chosen: Move = request.param
    return chosen


def _ready(world: World) -> None:
    world.create("deal_line", deal=world.ids["deal"], quantity=1, price="9")


def test_a_move_sets_the_date_the_history_and_the_defaults_of_the_stage(world: World, move: Move) -> None:
    _ready(world)
    world.clock.advance(hours=2)
    move(world, "ann", "propose")
    record = world.read("deal", world.ids["deal"])
    assert (record["stage"], record["stage_since"]) == ("propose", "2026-03-14T11:00:00Z")
    assert float(record["probability"]) == 40
    _begin, moved = world.rows("stage_history", record_id=world.ids["deal"])
    assert (moved["from_stage"], moved["to_stage"], moved["seconds"]) == ("qualify", "propose", 7200)
    kinds = [row["kind"] for row in world.rows("outbox", record_id=world.ids["deal"])]
    assert kinds == ["record.created", "record.changed", "record.stage_changed"]


def test_a_value_of_the_same_call_wins_over_the_default_of_the_stage(world: World) -> None:
    _ready(world)
    world.do("ann", "move_stage", "deal", world.ids["deal"], "propose", values={"probability": 55}, version=1)
    assert float(world.read("deal", world.ids["deal"])["probability"]) == 55


def test_a_move_that_is_not_foreseen_says_what_is(world: World, move: Move) -> None:
    with pytest.raises(Conflict) as refusal:
        move(world, "boss", "won")
    assert "Qualify" in str(refusal.value.message)
    assert "Won" in str(refusal.value.message)
    assert refusal.value.hint is not None
    assert "方案" in refusal.value.hint.in_("zh-CN")


def test_a_move_names_the_fields_it_wants(world: World, move: Move) -> None:
    _ready(world)
    world.do("ann", "change", "deal", world.ids["deal"], {"amount": None}, version=None)
    with pytest.raises(InvalidInput) as refusal:
        move(world, "ann", "propose")
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("amount", "required")]
    assert "Amount" in str(refusal.value.message)
    assert "金额" in refusal.value.message.in_("zh-CN")


def test_a_guard_over_child_records_is_asked(world: World, move: Move) -> None:
    with pytest.raises(Conflict) as refusal:
        move(world, "ann", "propose")
    assert "count(lines) > 0" in str(refusal.value.message)
    _ready(world)
    move(world, "ann", "propose")


def test_lines_in_the_recycle_bin_do_not_count_for_a_guard(world: World, move: Move) -> None:
    line = world.create("deal_line", deal=world.ids["deal"], quantity=1, price="9")
    world.do("boss", "delete", "deal_line", line, version=None)
    with pytest.raises(Conflict):
        move(world, "ann", "propose")


def test_only_named_roles_may_move_into_a_stage(world: World, move: Move) -> None:
    _ready(world)
    move(world, "ann", "propose")
    with pytest.raises(Forbidden):
        move(world, "ann", "won")
    move(world, "boss", "won")


def test_a_stage_that_is_not_there_is_refused_with_a_suggestion(world: World, move: Move) -> None:
    with pytest.raises(InvalidInput) as refusal:
        move(world, "boss", "propos")
    (detail,) = refusal.value.details
    assert detail.path == "stage"
    assert "propose" in str(detail.hint)


def test_a_refused_move_changes_nothing(world: World, move: Move) -> None:
    before = world.everything()
    for stage in ("won", "propose", "lost", "nowhere"):
        with pytest.raises((Conflict, InvalidInput)):
            move(world, "ann", stage)
    assert world.everything() == before


def test_a_record_may_begin_in_a_later_stage_that_would_let_it_in(world: World) -> None:
    values = {"name": "Lost before it began", "account": world.ids["acme"], "loss_reason": "price"}
    saved = world.do("ann", "create", "deal", values, stage="lost")
    record = world.read("deal", saved.id)
    assert (record["stage"], float(record["probability"])) == ("lost", 0)
    for stage, error in (("won", Conflict), ("propose", InvalidInput)):
        with pytest.raises(error):
            world.do("ann", "create", "deal", values, stage=stage)


def test_what_is_read_only_in_a_stage_stays(world: World) -> None:
    _ready(world)
    world.do("boss", "change", "deal", world.ids["deal"], {"agreed": "100 pumps", "stage": "propose"}, version=None)
    world.do("boss", "move_stage", "deal", world.ids["deal"], "won", version=None)
    with pytest.raises(InvalidInput) as refusal:
        world.do("boss", "change", "deal", world.ids["deal"], {"agreed": "90 pumps"}, version=None)
    assert [(detail.path, detail.code) for detail in refusal.value.details] == [("agreed", "read_only")]
    world.do("boss", "change", "deal", world.ids["deal"], {"agreed": "100 pumps", "name": "Ten"}, version=None)


def test_the_reason_of_a_move_is_kept(world: World) -> None:
    world.do(
        "ann", "move_stage", "deal", world.ids["deal"], "lost", values={"loss_reason": "x"}, reason="gave up", version=1
    )
    assert world.rows("stage_history", record_id=world.ids["deal"])[-1]["reason"] == "gave up"
