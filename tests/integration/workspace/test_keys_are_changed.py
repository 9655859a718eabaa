"""The keys of encrypted fields are changed while people work: in batches that go on where they stopped."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from factories.folder_bench import FolderBench
from tenon.actors import Actor
from tenon.clock import FixedClock
from tenon.errors import Conflict
from tenon.schema.resealing import reseal, sealed_with
from tenon.workspace import Workspace
from tenon.workspace.keys import Keys, key_ring, ring_of

BANK = "label: Bank\nfields: {name: {type: text}, pin: {type: encrypted}, former: {type: encrypted}}\n"
LATER = "label: Bank\nfields: {name: {type: text}, pin: {type: encrypted}}\n"
SYSTEM = Actor.system("test")


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def bench(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[FolderBench]:
    bench = FolderBench(tmp_path / "small", database_url, clock)
    bench.publish({"entities/x_bank.yaml": BANK})
    yield bench
    bench.close()


def enter(workspace: Workspace, number: int) -> str:
    values = {"name": str(number), "pin": f"pin {number}", "former": f"old {number}"}
    with workspace.unit(SYSTEM) as unit:
        return workspace.writer.create(unit, workspace.access(SYSTEM), "x_bank", values).id


def pin(workspace: Workspace, record: str, field: str = "pin") -> str | None:
    with workspace.reading(SYSTEM) as unit:
        return workspace.reader.reveal(unit, workspace.access(SYSTEM), "x_bank", record, field)


def under(bench: FolderBench, key: str) -> int:
    with bench.database.reading() as connection:
        return sealed_with(connection, f"1:{key}:")


def dies(_done: int) -> None:
    raise Killed


def test_a_change_that_dies_in_the_middle_goes_on_and_everything_is_readable_all_the_time(bench: FolderBench) -> None:
    path = ring_of(bench.folder)
    with bench.open() as workspace:
        records = [enter(workspace, number) for number in range(5)]
        Keys.read(path).with_new().write(path)
        with suppress(Killed):
            reseal(bench.database, key_ring(path), dies, batch=2)
        assert (under(bench, "k1"), under(bench, "k2")) == (8, 2)
        records.append(enter(workspace, 5))  # by a program that runs since before: it follows
        assert under(bench, "k2") == 4
        assert [pin(workspace, record) for record in records] == [f"pin {number}" for number in range(6)]
        assert reseal(bench.database, key_ring(path), batch=2) == (8, 0)
        assert (under(bench, "k1"), under(bench, "k2")) == (0, 12)
        keys = Keys.read(path)
        keys.without("k1").write(path)
        assert [pin(workspace, record, "former") for record in records] == [f"old {number}" for number in range(6)]
        assert reseal(bench.database, key_ring(path)) == (0, 0)
        Keys(current="k1", keys={"k1": keys.keys["k1"]}).write(path)  # what no key opens stays as it is
        assert (reseal(bench.database, key_ring(path)), under(bench, "k2")) == ((0, 12), 12)
        with pytest.raises(Conflict):
            keys.without(keys.current)


def test_values_nobody_sees_at_present_are_sealed_anew_too(bench: FolderBench) -> None:
    path = ring_of(bench.folder)
    with bench.open() as workspace:
        record = enter(workspace, 1)
    bench.publish({"entities/x_bank.yaml": LATER})
    Keys.read(path).with_new().write(path)
    assert reseal(bench.database, key_ring(path)).done == 2
    Keys.read(path).without("k1").write(path)
    bench.publish({"entities/x_bank.yaml": BANK})
    with bench.open() as workspace:
        assert pin(workspace, record, "former") == "old 1"
