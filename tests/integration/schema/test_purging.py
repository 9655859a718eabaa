"""Only a purge drops anything: after the retention, what was listed, and the list of versions tells."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from factories.model_factory import entity, field, lookup, make_model
from factories.schema_bench import Bench
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.database import UnitOfWork
from tenon.errors import Conflict
from tenon.schema import published_number, versions
from tenon.schema.purging import Retired, purge, retired

FULL = make_model(
    entity("account", field("name")), entity("deal", field("name"), field("note"), lookup("account", "account"))
)
LESS = make_model(entity("deal", field("name")))


@pytest.fixture
def bench(database_url: str, clock: FixedClock) -> Iterator[Bench]:
    made = Bench(database_url, clock)
    made.publish(FULL)
    account = made.insert("account", name="Acme")
    made.insert("deal", name="Bridge", note="über", account=account)
    made.publish(LESS)
    yield made
    made.database.close()


def due(bench: Bench, days: int, keep: int = 90) -> list[Retired]:
    with bench.database.reading() as connection:
        return retired(connection, bench.clock.now() + timedelta(days=days), timedelta(days=keep))


def drop(bench: Bench, items: list[Retired]) -> int:
    with bench.database.writing() as connection:
        return purge(UnitOfWork(Actor.system("test"), connection, bench.clock.now()), items)


def tables(bench: Bench) -> dict[str, set[str]]:
    with bench.database.reading() as connection:
        inspector = sa.inspect(connection.sqlalchemy)
        return {name: {c["name"] for c in inspector.get_columns(name)} for name in inspector.get_table_names()}


def test_what_is_due_is_listed_with_its_rows_and_bytes(bench: Bench) -> None:
    assert due(bench, 89) == []
    found = {item.path: (item.rows, item.version) for item in due(bench, 91)}
    assert found == {"deal.note": (1, 2), "deal.account": (1, 2), "account": (1, 2)}
    assert next(item.size for item in due(bench, 91) if item.path == "deal.note") == 5


def test_a_column_is_dropped_and_the_versions_tell(bench: Bench) -> None:
    note = [item for item in due(bench, 91) if item.path == "deal.note"]
    assert drop(bench, note) == 3
    assert "note" not in tables(bench)["t_deal"]
    with bench.database.reading() as connection:
        assert published_number(connection) == 3
        newest = versions(connection)[0]
    assert newest.reason == "purge: deal.note@2 (1 rows, 5 bytes)"
    assert newest.digest == LESS.digest
    assert bench.problems() == []
    bench.publish(FULL)
    assert bench.values("deal", "note") == [None]


def test_a_table_goes_with_everything_and_the_rest_works_on(bench: Bench) -> None:
    drop(bench, due(bench, 91))
    assert bench.values("deal", "name") == ["Bridge"]
    bench.insert("deal", name="Tunnel")
    assert due(bench, 91) == []
    assert bench.problems() == []
    if bench.database.dialect == "postgresql":
        assert "t_account" not in tables(bench)
    bench.publish(FULL)
    assert bench.values("account", "name") == []
    bench.insert("deal", name="Third", account=bench.insert("account", name="New"))
    assert bench.problems() == []


def test_what_came_back_meanwhile_is_not_dropped(bench: Bench) -> None:
    found = due(bench, 91)
    bench.publish(FULL)
    before = tables(bench)
    with pytest.raises(Conflict):
        drop(bench, found)
    assert tables(bench) == before


def test_the_old_column_of_a_changed_type_may_be_purged(bench: Bench) -> None:
    bench.publish(make_model(entity("deal", field("name", "integer"))), {"deal.name": "empty"})
    old = [item for item in due(bench, 91) if item.path == "deal.name"]
    drop(bench, old)
    assert bench.problems() == []
