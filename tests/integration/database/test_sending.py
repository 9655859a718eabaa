"""What a connection to PostgreSQL promises although its statements go past the driver's cursor."""

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from tenon.database import Connection, Database, Limits, prepare, sending
from tenon.errors import Conflict, Unavailable

METADATA = sa.MetaData()
THING = sa.Table(
    "sent_thing",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("price", sa.Numeric),
    sa.Column("name", sa.Text),
)
COLUMNS = {column: sa.bindparam(f"in_{column.name}", type_=column.type) for column in THING.columns}
INSERT = prepare(sa.insert(THING).values(COLUMNS), "postgresql")
FIND = prepare(sa.select(THING).where(THING.c.id == sa.bindparam("key")), "postgresql")
LOCKED = prepare(sa.select(THING.c.name).where(THING.c.id == sa.bindparam("key")).with_for_update(), "postgresql")
ISOLATED = prepare(sa.select(sa.literal_column("pg_current_xact_id_if_assigned() IS NULL")), "postgresql")
SLEEP = prepare(sa.select(sa.func.pg_sleep(sa.literal_column("0.3"))), "postgresql")


@pytest.fixture
def database(fresh_postgres_url: str) -> Iterator[Database]:
    opened = Database.open(fresh_postgres_url, Limits(connections=4, wait=5, lock=5))
    with opened.writing() as connection:
        METADATA.create_all(connection.sqlalchemy)
    yield opened
    opened.close()


def _thing(key: int, price: Any = None, name: str | None = None) -> dict[str, Any]:
    return {"in_id": key, "in_price": price, "in_name": name}


def _keys(database: Database) -> list[int]:
    with database.reading() as connection:
        return [key for (key,) in connection.execute(sa.select(THING.c.id).order_by(THING.c.id))]


def test_values_of_any_size_and_none_find_their_statement_each_time(database: Database) -> None:
    given = [(1, None), (2, Decimal("1.5")), (3, 7), (70_000, Decimal(10) ** 30), (2**40, None), (2**40 + 1, 5)]
    for _ in range(2):
        with database.writing() as connection:
            connection.execute(sa.delete(THING))
            for key, price in given:
                connection.write(INSERT, _thing(key, price))
            assert [connection.run(FIND, {"key": key})[0][1] for key, _price in given] == [price for _k, price in given]


def test_what_fails_on_the_journey_of_begin_is_undone_and_the_connection_goes_on(database: Database) -> None:
    for key in (1, 2, 3):
        with database.writing() as connection:
            connection.write(INSERT, _thing(key))
    for _ in range(3):
        with pytest.raises(Conflict), database.writing() as connection:
            connection.write(INSERT, _thing(1))
        with database.writing() as connection:
            assert connection.run(FIND, {"key": 1}) == [(1, None, None)]
    assert _keys(database) == [1, 2, 3]


def test_a_transaction_holds_whatever_its_first_statement_is(database: Database) -> None:
    """Prepared, by SQLAlchemy, within a savepoint, many at once: all begin the transaction."""
    first_words = [
        lambda connection: connection.write(INSERT, _thing(1)),
        lambda connection: connection.execute(sa.insert(THING).values(id=1)),
        lambda connection: connection.sqlalchemy.execute(sa.insert(THING).values(id=1)),
        lambda connection: connection.many(INSERT, [_thing(1), _thing(2)]),
    ]
    for say_first in [*first_words, *first_words]:
        for within in (nullcontext, Connection.savepoint):
            with pytest.raises(LookupError):
                _give_up_after(database, within, say_first)
    assert _keys(database) == []


def _give_up_after(database: Database, within: Callable[..., Any], say_first: Callable[[Connection], Any]) -> None:
    with database.writing() as connection:
        with within(connection):
            say_first(connection)
        raise LookupError


def test_a_transaction_in_which_nothing_happened_leaves_nothing_behind(database: Database) -> None:
    with database.writing():
        pass
    with pytest.raises(LookupError), database.writing():
        raise LookupError
    with database.reading() as connection:
        assert not connection.in_driver_transaction()
        assert connection.run(ISOLATED) == [(True,)]


def test_statements_beyond_the_number_kept_still_run(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_KEPT", 3)
    queries = [prepare(sa.select(sa.literal_column(f"{number} + 0")), "postgresql") for number in range(10)]
    with database.reading() as connection:
        for _ in range(4):
            assert [connection.run(query)[0][0] for query in queries for _twice in range(2)] == [
                number for number in range(10) for _twice in range(2)
            ]


@pytest.mark.parametrize("times", [1, 3])
def test_other_threads_go_on_while_one_waits_for_the_database(database: Database, times: int) -> None:
    """Also for a lock that one of them holds, and when BEGIN travels with the statement that waits."""
    with database.writing() as connection:
        connection.write(INSERT, _thing(1, name="old"))
    for _ in range(times):
        with database.writing() as connection:
            connection.run(LOCKED, {"key": 1})
    found: list[Any] = []

    def follow() -> None:
        with database.writing() as other:
            found.append(other.run(LOCKED, {"key": 1}))

    with database.writing() as connection:
        connection.run(LOCKED, {"key": 1})
        thread = threading.Thread(target=follow)
        thread.start()
        for _ in range(3):
            connection.run(SLEEP)
        connection.execute(sa.update(THING).values(name="new"))
        assert found == []
    thread.join(timeout=5)
    assert found == [[("new",)]]


def test_a_server_that_hung_up_is_told_as_such_and_the_next_one_gets_another_connection(database: Database) -> None:
    with database.writing() as connection:
        connection.write(INSERT, _thing(1))
    with pytest.raises(Unavailable):
        _hang_up_and_ask(database)
    assert _keys(database) == [1]


def _hang_up_and_ask(database: Database) -> None:
    pid = prepare(sa.select(sa.func.pg_backend_pid()), "postgresql")
    with database.writing() as connection:
        for _ in range(3):
            (own,) = connection.run(pid)
        with database.engine.connect() as other:
            other.execute(sa.select(sa.func.pg_terminate_backend(own[0])))
        connection.run(FIND, {"key": 1})
