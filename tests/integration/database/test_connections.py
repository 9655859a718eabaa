"""What a connection promises on both databases: values, failures with a meaning, transactions that hold."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tenon.database import Database, IntegrityFailure, Limits, count_statements, prepare
from tenon.errors import BadRequest, InvalidInput, Unavailable
from tenon.fields import storage
from tenon.ids import new_id

METADATA = sa.MetaData()
THING = sa.Table(
    "thing",
    METADATA,
    sa.Column("id", storage.Identifier, primary_key=True),
    sa.Column("name", storage.ShortText, nullable=False),
    sa.Column("price", storage.Exact(2)),
    sa.Column("made_at", storage.Instant),
    sa.Column("words", storage.Words),
    sa.Column("good", storage.Boolean),
    sa.Column("parent", storage.Identifier, sa.ForeignKey("thing.id")),
    sa.Column("50% off (all)", storage.ShortText),
)
sa.Index("thing_name", THING.c.name, unique=True)
MADE = datetime(2026, 3, 14, 9, 0, 0, 250000, tzinfo=UTC)
INSERT = sa.insert(THING).values(id=sa.bindparam("new_id"), name=sa.bindparam("new_name"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database.open(database_url, Limits(connections=4, wait=0.2, lock=0.3))
    with opened.writing() as connection:
        METADATA.create_all(connection.sqlalchemy)
    yield opened
    opened.close()


def add(database: Database, name: str) -> str:
    identity = new_id()
    with database.writing() as connection:
        connection.write(prepare(INSERT, database.dialect), {"new_id": identity, "new_name": name})
    return identity


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return [name for (name,) in connection.execute(sa.select(THING.c.name).order_by(THING.c.name))]


def test_a_prepared_statement_takes_and_gives_values_of_every_stored_type(database: Database) -> None:
    row = (new_id(), "北京 50%", Decimal("1.20"), MADE, ["a", "b"], True, None, "%s %(x)s")
    columns = {column: sa.bindparam(f"in_{position}") for position, column in enumerate(THING.columns)}
    insert = prepare(sa.insert(THING).values(columns), database.dialect)
    with database.writing() as connection:
        connection.run(insert, {f"in_{position}": value for position, value in enumerate(row)})
    by_name = prepare(
        sa.select(THING).where(THING.c.name == sa.bindparam("name"), THING.c["50% off (all)"] != "%"), database.dialect
    )
    with database.reading() as connection:
        assert connection.run(by_name, {"name": "北京 50%"}) == [row]
        assert connection.run(by_name, {"name": "北京 50%"}) == [row]
        assert connection.execute(sa.select(THING)) == [row]


def test_a_list_may_be_given_at_run_time(database: Database) -> None:
    first, second = add(database, "a"), add(database, "b")
    among = prepare(
        sa.select(THING.c.name).where(THING.c.id.in_(sa.bindparam("ids", expanding=True))), database.dialect
    )
    with database.reading() as connection:
        assert len(connection.run(among, {"ids": [first, second]})) == 2
        assert connection.run(among, {"ids": [second]}) == [("b",)]
        assert connection.run(among, {"ids": []}) == []


def test_a_missing_parameter_is_named(database: Database) -> None:
    with database.writing() as connection, pytest.raises(TypeError, match="'new_name'"):
        connection.run(prepare(INSERT, database.dialect), {"new_id": new_id()})


def test_many_rows_go_in_at_once(database: Database) -> None:
    with database.writing() as connection, count_statements(database) as counter:
        assert connection.many(INSERT, [{"new_id": new_id(), "new_name": f"n{n}"} for n in range(50)]) == 50
        assert connection.many(INSERT, []) == 0
    assert counter.count == 1
    assert len(names(database)) == 50


def test_what_raises_is_rolled_back(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.write(INSERT, {"new_id": new_id(), "new_name": "gone"})
            raise ValueError("on the way")

    with pytest.raises(ValueError, match="on the way"):
        fail()
    assert names(database) == []


def test_tables_made_in_a_transaction_are_rolled_back_with_it(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(sa.text("CREATE TABLE passing (id integer)"))
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        fail()
    with database.reading() as connection:
        assert not sa.inspect(connection.sqlalchemy).has_table("passing")


def test_others_see_a_change_only_after_the_commit(database: Database) -> None:
    seen: list[list[str]] = []
    with database.writing() as connection:
        connection.write(INSERT, {"new_id": new_id(), "new_name": "new"})
        other = threading.Thread(target=lambda: seen.append(names(database)))
        other.start()
        other.join()
    assert seen == [[]]
    assert names(database) == ["new"]


def test_a_value_taken_twice_names_what_is_unique(database: Database) -> None:
    add(database, "same")
    with pytest.raises(IntegrityFailure) as failure:
        add(database, "same")
    assert failure.value.kind == "unique"
    assert failure.value.constraint == "thing_name" or failure.value.columns == ("name",)
    assert "INSERT" not in str(failure.value)


def test_a_reference_to_nothing_is_an_integrity_failure(database: Database) -> None:
    with pytest.raises(IntegrityFailure) as failure, database.writing() as connection:
        connection.write(
            sa.insert(THING).values(id=new_id(), name="orphan", parent=new_id())  # same for a clause as for a text
        )
    assert failure.value.kind == "reference"


def test_a_missing_value_names_its_column(database: Database) -> None:
    with pytest.raises(IntegrityFailure) as failure, database.writing() as connection:
        connection.write(sa.insert(THING).values(id=new_id(), name=None))
    assert (failure.value.kind, failure.value.columns) == ("missing", ("name",))


def test_a_text_no_database_can_hold_is_invalid_input(database: Database) -> None:
    with pytest.raises(InvalidInput):
        add(database, "half a \ud800 pair")


def test_a_savepoint_undoes_its_part_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.write(INSERT, {"new_id": new_id(), "new_name": "kept"})
        two = [{"new_id": new_id(), "new_name": name} for name in ("lost", "kept")]
        with pytest.raises(IntegrityFailure), connection.savepoint():
            connection.many(INSERT, two)
        with connection.savepoint():
            connection.write(INSERT, {"new_id": new_id(), "new_name": "too"})
    assert names(database) == ["kept", "too"]


def test_a_swallowed_failure_dooms_the_transaction(database: Database) -> None:
    add(database, "same")

    def swallow() -> None:
        with database.writing() as connection:
            connection.write(INSERT, {"new_id": new_id(), "new_name": "other"})
            with pytest.raises(IntegrityFailure):
                connection.write(INSERT, {"new_id": new_id(), "new_name": "same"})

    with pytest.raises(RuntimeError, match="savepoint"):
        swallow()
    assert names(database) == ["same"]


def test_a_reading_connection_does_not_write(database: Database) -> None:
    with database.reading() as connection:
        with pytest.raises(RuntimeError, match="writing"):
            connection.write(INSERT, {"new_id": new_id(), "new_name": "x"})
        with pytest.raises(RuntimeError, match="writing"):
            connection.run(prepare(INSERT, database.dialect), {"new_id": new_id(), "new_name": "x"})
    assert names(database) == []


def test_whoever_writes_opens_nothing_else(database: Database) -> None:
    with database.writing():
        with pytest.raises(RuntimeError, match="already"), database.writing():
            pass
        with pytest.raises(RuntimeError, match="already"), database.reading():
            pass


def test_two_writers_of_one_record_end_in_an_answer_not_in_waiting(database: Database) -> None:
    identity = add(database, "one")
    change = sa.update(THING).where(THING.c.id == identity).values(price=Decimal(1))
    refused: list[Exception] = []

    def write() -> None:
        try:
            with database.writing() as connection:
                connection.write(change)
        except Unavailable as refusal:
            refused.append(refusal)

    with database.writing() as connection:
        connection.write(change)
        other = threading.Thread(target=write)
        other.start()
        other.join()
    assert len(refused) == 1
    assert "busy" in str(refused[0])


def test_when_every_connection_is_taken_the_next_is_refused_and_later_served(database: Database) -> None:
    with ExitStack() as all_taken:
        for _connection in range(4):
            all_taken.enter_context(database.reading())
        with pytest.raises(Unavailable), database.reading():
            pass
    assert names(database) == []


def test_connections_are_kept_and_used_again(database: Database) -> None:
    with database.reading() as first:
        pass
    with database.writing() as second:
        pass
    assert first is second


def test_callbacks_run_after_the_commit_and_one_that_fails_harms_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[list[str]] = []

    def fail() -> None:
        raise ValueError("a callback")

    with database.writing() as connection:
        connection.after_commit(fail)
        connection.after_commit(lambda: seen.append(names(database)))
        connection.write(INSERT, {"new_id": new_id(), "new_name": "new"})
    assert seen == [["new"]]
    assert "callback" in caplog.text


def test_callbacks_of_a_change_that_was_undone_are_never_called(database: Database) -> None:
    called: list[int] = []

    def fail() -> None:
        with database.writing() as connection:
            connection.after_commit(lambda: called.append(1))
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        fail()
    assert called == []


def test_statements_are_counted_on_every_way_to_the_database(database: Database) -> None:
    with count_statements(database) as counter:
        add(database, "one")
        names(database)
    assert counter.count == 2
    names(database)
    assert counter.count == 2


def test_many_threads_share_few_connections(database_url: str) -> None:
    database = Database.open(database_url, Limits(connections=2, wait=20, lock=20))
    with database.writing() as connection:
        METADATA.create_all(connection.sqlalchemy)
    threads = [threading.Thread(target=add, args=(database, f"n{n}")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(database)) == 12
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense", "oracle+what://x"])
def test_an_address_we_cannot_use_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        Database.open(url)
    assert "sqlite:///" in str(refusal.value.hint)


def test_a_database_that_is_down_is_unavailable_and_its_address_is_not_told() -> None:
    database = Database.open("postgresql+psycopg://someone:secret@127.0.0.1:1/nowhere")
    with pytest.raises(Unavailable) as refusal, database.reading():
        pass
    assert "secret" not in f"{refusal.value.message} {refusal.value.hint}"
    database.close()


def test_a_server_that_hung_up_on_idle_connections_is_met_with_new_ones(fresh_postgres_url: str) -> None:
    database, other = Database.open(fresh_postgres_url), Database.open(fresh_postgres_url)
    me = sa.text("SELECT pg_backend_pid()")
    with database.reading() as connection:
        ((before,),) = connection.execute(me)
    with other.reading() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": before})
    with database.reading() as connection:
        ((after,),) = connection.execute(me)
    assert after != before
    database.close()
    other.close()


def test_a_deadlock_is_a_conflict_for_one_and_nothing_for_the_other(fresh_postgres_url: str) -> None:
    database = Database.open(fresh_postgres_url)
    with database.writing() as connection:
        METADATA.create_all(connection.sqlalchemy)
    ids = [add(database, "a"), add(database, "b")]
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def change(first: str, second: str) -> None:
        update = sa.update(THING).where(THING.c.id == sa.bindparam("which")).values(price=Decimal(1))
        try:
            with database.writing() as connection:
                connection.write(update, {"which": first})
                both.wait()
                connection.write(update, {"which": second})
            outcomes.append("done")
        except Exception as error:
            outcomes.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=change, args=order) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    database.close()


def test_sessions_are_in_utc_wherever_the_server_is(fresh_postgres_url: str) -> None:
    database = Database.open(fresh_postgres_url)
    with database.reading() as connection:
        assert connection.execute(sa.text("SHOW timezone")) == [("UTC",)]
    database.close()


def test_a_child_process_opens_connections_of_its_own(database: Database) -> None:
    add(database, "parent")
    child = os.fork()
    if child == 0:
        try:
            add(database, "child")
            os._exit(0 if names(database) == ["child", "parent"] else 2)
        except BaseException:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert names(database) == ["child", "parent"]
