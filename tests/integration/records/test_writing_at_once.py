"""In charge of people who write at the same time: no change is lost, no number given twice, no record dangles."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from samples.records_world import World
from tenon.errors import Forbidden, InvalidInput, StaleVersion, TenonError

PEOPLE = 6


def _at_once(*calls: Callable[[], object]) -> list[object]:
    """Results, or the errors instead."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait()
        try:
            return call()
        except TenonError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_numbers_are_given_once_and_without_gaps_though_some_writers_fail(world: World) -> None:
    def write(number: int) -> None:
        values = {"name": f"Deal {number}", "account": world.ids["acme"], "discount": 1}
        for _round in range(4):
            world.do("boss", "create", "deal", values)
            try:
                world.do("boss", "create", "deal", {**values, "close_date": "2020-01-01"})
            except InvalidInput:
                continue

    _at_once(*[lambda number=number: write(number) for number in range(PEOPLE)])
    numbers = sorted(deal["number"] for deal in world.find("deal"))
    assert numbers == [f"D-2026-{number:04}" for number in range(1, 2 + 4 * PEOPLE + 1)]


def test_of_changes_of_one_field_from_one_version_one_wins(world: World) -> None:
    def write(number: int) -> object:
        return world.do("boss", "change", "account", world.ids["acme"], {"name": f"Name {number}"}, version=1)

    results = _at_once(*[lambda number=number: write(number) for number in range(PEOPLE)])
    assert len([result for result in results if isinstance(result, StaleVersion)]) == PEOPLE - 1
    assert world.read("account", world.ids["acme"])["version"] == 2


def test_changes_of_different_fields_from_one_version_are_all_kept(world: World) -> None:
    changes = [{"name": "New"}, {"code": "N"}, {"status": "signed"}, {"most_discount": "3"}, {"notes": "n"}]
    results = _at_once(
        *[
            lambda values=values: world.do("boss", "change", "account", world.ids["acme"], values, version=1)
            for values in changes
        ]
    )
    assert not [result for result in results if isinstance(result, TenonError)]
    record = world.read("account", world.ids["acme"])
    assert (record["name"], record["code"], record["status"], record["notes"]) == ("New", "N", "signed", "n")
    assert record["version"] == 1 + len(changes)


def test_nothing_points_at_what_is_deleted_in_the_same_moment(world: World) -> None:
    for round_ in range(4):
        account = world.create("account", name=f"Short-lived {round_}")
        deleted, created = _at_once(
            lambda account=account: world.do("boss", "delete", "account", account, version=None),
            lambda account=account: world.create("deal", name="x", account=account),
        )
        assert isinstance(deleted, TenonError) != isinstance(created, TenonError)


def test_a_unique_value_is_given_once(world: World) -> None:
    results = _at_once(*[lambda: world.create("account", name="x", code="SAME") for _person in range(PEOPLE)])
    refused = [result for result in results if isinstance(result, TenonError)]
    assert len(refused) == PEOPLE - 1
    assert {refusal.code for refusal in refused} == {"conflict"}
    assert all([detail.path for detail in refusal.details] == ["code"] for refusal in refused)


def test_two_moves_in_a_tree_never_make_a_ring(world: World) -> None:
    for round_ in range(3):
        one, two = (world.create("account", name=f"{side} {round_}") for side in ("left", "right"))
        _at_once(
            lambda one=one, two=two: world.do("boss", "change", "account", one, {"parent": two}, version=None),
            lambda one=one, two=two: world.do("boss", "change", "account", two, {"parent": one}, version=None),
        )
        parents = [world.read("account", record)["parent"] for record in (one, two)]
        assert [parent is None for parent in parents].count(True) == 1


def test_who_waited_for_a_record_is_judged_by_the_record_as_it_is_then(world: World) -> None:
    """Ann may change what is hers; while she waits, it is handed to Ben."""
    refused: list[object] = []

    def change() -> None:
        acme = world.ids["acme"]
        refused.extend(_at_once(lambda: world.do("ann", "change", "account", acme, {"name": "Mine"}, version=None)))

    with world.unit("boss") as unit:
        handed = {"owner": world.ids["ben"]}
        world.writer.change(unit, world.access("boss"), "account", world.ids["acme"], handed, version=None)
        waiting = threading.Thread(target=change)
        waiting.start()
        _until_somebody_waits(world)
    waiting.join(timeout=10)
    assert [type(error) for error in refused] == [Forbidden]
    assert world.read("account", world.ids["acme"])["name"] == "Acme"


def _until_somebody_waits(world: World) -> None:
    """For a lock of PostgreSQL; SQLite's writers wait for the whole database, and there is nothing to see."""
    if world.database.dialect != "postgresql":
        return
    waits = sa.text("SELECT count(*), pg_sleep(0.01) FROM pg_locks WHERE NOT granted")
    with world.database.engine.connect() as connection:
        while not connection.execute(waits).scalar():
            continue
