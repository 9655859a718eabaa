"""A unit of work carries who, when and where, and tells others after the commit."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tenon.actors import Actor
from tenon.database import Cause, Database, UnitOfWork, prepare


def test_today_is_the_date_where_the_actor_is(sqlite_url: str) -> None:
    evening = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)
    database = Database.open(sqlite_url)
    with database.reading() as connection:
        assert UnitOfWork(Actor(id=None, name="a", timezone="Asia/Shanghai"), connection, evening).today == date(
            2026, 3, 15
        )
        assert UnitOfWork(Actor(id=None, name="a", timezone="UTC"), connection, evening).today == date(2026, 3, 14)
    database.close()


def test_events_stay_in_order_and_callbacks_wait_for_the_commit(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    told: list[str] = []
    with database.writing() as connection:
        unit = UnitOfWork(Actor.system("test"), connection, datetime(2026, 3, 14, tzinfo=UTC), Cause("e1", 2))
        unit.emit("first")
        unit.emit("second")
        unit.after_commit(lambda: told.append("done"))
        assert (unit.events, told) == (["first", "second"], [])
    assert told == ["done"]
    database.close()


def test_a_reading_unit_has_no_commit_to_wait_for(sqlite_url: str) -> None:
    database = Database.open(sqlite_url)
    with database.reading() as connection:
        unit = UnitOfWork(Actor.system("test"), connection, datetime(2026, 3, 14, tzinfo=UTC))
        with pytest.raises(RuntimeError, match="writing"):
            unit.after_commit(list)
    database.close()


def test_the_same_statement_text_gives_rows_or_none_as_the_database_decides(database_url: str) -> None:
    database = Database.open(database_url)
    counter = (
        sa.text("INSERT INTO c VALUES (:n) RETURNING n")
        .bindparams(sa.bindparam("n"))
        .columns(sa.column("n", sa.Integer))
    )
    with database.writing() as connection:
        connection.run(prepare(sa.text("CREATE TABLE c (n integer)"), database.dialect))
        assert connection.run(prepare(counter, database.dialect), {"n": 5}) == [(5,)]
        for _again in range(4):
            assert connection.run(prepare(sa.text("SELECT n, '%' FROM c"), database.dialect)) == [(5, "%")]
    database.close()
