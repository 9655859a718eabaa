"""In charge of how many statements a write may take; the number must not grow with the data."""

from collections.abc import Callable

from samples.records_world import World
from tenon.database import count_statements


def _count(world: World, who: str, call: Callable[..., object]) -> int:
    with count_statements(world.database) as counter:
        call()
    assert counter.count == len(counter.texts)
    return counter.count


def test_a_plain_record_takes_two_statements_to_create_and_four_to_change(world: World) -> None:
    """On PostgreSQL record, history and event are one statement."""
    together = world.database.dialect == "postgresql"
    made: list[str] = []
    assert _count(world, "boss", lambda: made.append(world.create("contact", name="Kim"))) == (1 if together else 2)
    change = lambda: world.do("boss", "change", "contact", made[0], {"name": "Kim Lee"}, version=1)  # noqa: E731
    assert _count(world, "boss", change) == (2 if together else 4)


def test_a_record_with_everything_stays_within_four_beside_its_look_ups(world: World) -> None:
    """Whatever condition the rights are: the statement that locks the record judges it."""
    values = {"name": "x", "account": world.ids["acme"], "amount": 5, "product": world.ids["pump"]}
    look_ups = 2
    assert _count(world, "ann", lambda: world.do("ann", "create", "deal", values)) <= 4 + look_ups
    change = {"name": "y", "amount": 6, "close_date": "2026-05-01"}
    together = world.database.dialect == "postgresql"
    assert _count(world, "ann", lambda: world.do("ann", "change", "deal", world.ids["deal"], change, version=1)) == (
        2 if together else 4
    )


def test_a_guard_over_many_lines_costs_what_one_over_a_few_costs(world: World) -> None:
    def moved(lines: int) -> int:
        deal = world.create("deal", name="x", account=world.ids["acme"], amount=1)
        rows = [{"deal": deal, "product": world.ids["pump"], "text": str(number)} for number in range(lines)]
        world.do("boss", "create_many", "deal_line", rows)
        return _count(world, "boss", lambda: world.do("boss", "move_stage", "deal", deal, "propose", version=None))

    assert moved(1) == moved(60) <= 6


def test_deleting_with_many_parts_costs_what_deleting_with_few_costs(world: World) -> None:
    def deleted(lines: int) -> int:
        deal = world.create("deal", name="x", account=world.ids["acme"], amount=1)
        world.do("boss", "create_many", "deal_line", [{"deal": deal, "text": str(number)} for number in range(lines)])
        count = _count(world, "boss", lambda: world.do("boss", "delete", "deal", deal, version=None))
        assert _count(world, "boss", lambda: world.do("boss", "restore", "deal", deal)) <= 11
        return count

    assert deleted(1) == deleted(60) <= 6
