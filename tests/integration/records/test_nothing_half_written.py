"""In charge of faults: whichever statement of a write fails, the database is as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from samples.records_world import World
from tenon.database import Connection, StatementCount
from tenon.errors import Conflict

WRITES: dict[str, Callable[[World], Any]] = {
    "create": lambda world: world.create("deal", name="x", account=world.ids["acme"], amount=1),
    "change": lambda world: world.do(
        "boss", "change", "deal", world.ids["deal"], {"name": "y", "amount": 2}, version=1
    ),
    "move": lambda world: world.do("boss", "move_stage", "deal", world.ids["deal"], "propose", version=1),
    "delete": lambda world: world.do("boss", "delete", "deal", world.ids["deal"], version=1),
    "link": lambda world: world.do(
        "boss", "link", "account", world.ids["acme"], "contacts", world.ids["kim"], {"role": "x"}
    ),
    "many": lambda world: world.do(
        "boss", "create_many", "deal", [{"name": str(n), "account": world.ids["acme"]} for n in range(3)]
    ),
}


class Broken(Exception):
    """The fault that is put in."""


class BreakingCount(StatementCount):
    """Raises at the statement with this number, before it is sent."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.seen = 0
        self.texts = _Breaking(self)


class _Breaking(list[str]):
    def __init__(self, counter: BreakingCount) -> None:
        super().__init__()
        self.counter = counter

    def append(self, text: str) -> None:
        self.counter.seen += 1
        if self.counter.seen == self.counter.at:
            raise Broken(text)


@contextmanager
def breaking(world: World, at: int) -> Iterator[BreakingCount]:
    counter = BreakingCount(at)
    world.database.watchers.append(counter)
    try:
        yield counter
    finally:
        world.database.watchers.remove(counter)


@pytest.mark.parametrize("verb", WRITES)
def test_whichever_statement_fails_nothing_is_written(world: World, verb: str) -> None:
    world.create("deal_line", deal=world.ids["deal"], quantity=2, price=3)
    world.ids["kim"] = world.create("contact", name="Kim")
    before = world.everything()
    at = 0
    while True:
        at += 1
        with breaking(world, at) as counter:
            try:
                WRITES[verb](world)
            except Broken:
                pass
            else:
                break
        assert world.everything() == before, f"after statement {at} failed"
        assert counter.seen == at
    assert at > 2
    assert world.everything() != before


def test_a_failure_inside_the_database_is_no_different(world: World) -> None:
    """The history cannot be written; the record must not be either."""
    before = world.everything()
    with world.database.writing() as connection:
        _forbid_history(connection)
    with pytest.raises(Conflict):
        world.do("boss", "change", "deal", world.ids["deal"], {"name": "y"}, version=1)
    assert world.everything() == before


def _forbid_history(connection: Connection) -> None:
    if connection.dialect == "sqlite":
        trigger = "CREATE TRIGGER no_history BEFORE INSERT ON tenon_history BEGIN SELECT RAISE(ABORT, 'no'); END"
        connection.sqlalchemy.exec_driver_sql(trigger)
        return
    connection.sqlalchemy.exec_driver_sql("ALTER TABLE tenon_history ADD CONSTRAINT none CHECK (false) NOT VALID")
